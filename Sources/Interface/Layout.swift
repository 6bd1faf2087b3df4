import Screen

/// Where the panes are. Depends on the size of the screen and on which pane is zoomed, never on what they show, so that
/// nothing jumps while stepping.
///
/// ```
/// title                   title                         title
/// steps │ wire            steps │ wire  │ lesson        [tabs]
///       ├ lesson ───            │       ├ lesson ──     one pane
///       │ text                  │       │ text
/// ──────┴───────────      ──────┴───────┴──────────
/// keys                    keys                          keys
/// ```
///
/// One rule parts the panes. The wire is never narrower in a wider window: it gets all columns up to 76, and keeps them.
struct Layout: Equatable {
    enum Shape { case tooSmall, onePane, twoColumns, threeColumns }

    let shape: Shape
    let title: Rect
    /// The row of tabs when there is one pane at a time.
    var tabs: Rect?
    var steps: Rect?
    var wire: Rect?
    /// The lesson; its first row is the rule with its title.
    var lesson: Rect?
    /// The lesson in one or two lines below the wire, when the wire is alone on a small screen; its first row is a rule.
    var summary: Rect?
    /// The rules that go down between the panes, left to right.
    var parting: [Rect] = []
    /// The rule below the panes.
    var bottom: Rect?
    let keys: Rect
    /// Where overlays lie.
    let overlay: Rect

    /// Whether the ladder stands in the place of the list of steps.
    var hasLadder: Bool { tabs == nil && title.columns >= Self.ladder }

    /// The smallest screen on which there is anything to see.
    static let smallest = (columns: 40, rows: 12)
    /// From so many columns on the ladder stands in the place of the list of steps.
    static let ladder = 132
    /// From so many columns on the lesson stands beside the wire: there the wire has room for a line of mail, the lesson for the
    /// widest drawing, and the ladder for an arrow with a word.
    static let threeColumns = 160

    init(of state: State) {
        let screen = Rect(column: 0, row: 0, columns: state.view.columns, rows: state.view.rows)
        let (title, below) = screen.split(top: 1)
        let (body, keys) = below.split(bottom: 1)
        self.title = title
        self.keys = keys
        overlay = body
        guard state.view.columns >= Self.smallest.columns, state.view.rows >= Self.smallest.rows else {
            shape = .tooSmall
            return
        }
        guard state.view.columns >= 72, state.view.rows >= 20, !state.view.isZoomed else {
            shape = .onePane
            divide(body, state)
            return
        }
        let (panes, bottom) = body.split(bottom: 1)
        self.bottom = bottom
        shape = state.view.columns >= Self.threeColumns ? .threeColumns : .twoColumns
        if shape == .threeColumns { divideByThree(panes) } else { divideByTwo(panes) }
    }

    /// One pane, and a row of tabs that names the others.
    private mutating func divide(_ body: Rect, _ state: State) {
        let (tabs, pane) = body.split(top: 1)
        self.tabs = tabs
        switch state.view.pane {
        case .steps: steps = pane
        case .wire:
            wire = pane
            if !state.view.isZoomed, pane.rows >= 9 { (wire, summary) = pane.split(bottom: 3) as (Rect, Rect) }
        case .lesson: lesson = pane
        }
    }

    /// The lesson under the wire: a card and the rule above it at least, more where there are rows.
    private mutating func divideByTwo(_ panes: Rect) {
        let steps = max(Self.leastSteps, panes.columns - Self.wholeWire - 1)
        let (left, rest) = part(panes, steps)
        let lesson = min(max(Self.card + 1, panes.rows * 2 / 5), panes.rows - 6)
        (self.steps, wire) = (left, rest.split(bottom: lesson).rest)
        self.lesson = rest.split(bottom: lesson).bottom
    }

    /// The lesson beside the wire, which has its 76 columns from the start. With more columns the ladder gets words for its arrows
    /// first, then the lesson longer lines; of what is left after that the wire gets one half, its neighbours a quarter each.
    private mutating func divideByThree(_ panes: Rect) {
        let roomy = Self.roomySteps + Self.wholeWire + Self.roomyLesson + 2
        let spare = max(0, panes.columns - roomy)
        let missing = max(0, roomy - panes.columns)
        let fewer = missing * (Self.roomySteps - Self.narrowSteps) / (roomy - Self.threeColumns)
        // Of two neighbours one gets a column at a time, so that none ever gives one back.
        let (left, rest) = part(panes, Self.roomySteps - fewer + spare / 4)
        let (middle, right) = part(rest, Self.wholeWire + spare - spare / 4 - (spare + 2) / 4)
        (steps, wire, lesson) = (left, middle, right)
    }

    /// What is left of a rule, and what is right of it.
    private mutating func part(_ rect: Rect, _ columns: Int) -> (Rect, Rect) {
        let (left, rest) = rect.split(left: columns)
        let (rule, right) = rest.split(left: 1)
        parting.append(rule)
        return (left, right)
    }

    private static let leastSteps = 22
    /// A line of mail of 66 octets stands whole in it, with its direction and its time.
    private static let wholeWire = 76
    /// The ladder between four parties where it is narrowest, and where its arrows have room for an address.
    private static let (narrowSteps, roomySteps) = (30, 44)
    /// A line of a dialogue with its parameters, and a blank on either side. A drawing needs 52.
    private static let roomyLesson = 58
    /// The rows of a card of a lesson, and a blank above it.
    private static let card = 11
}

/// The rules between the panes. They are quiet; those around the steps and around the lesson are heavy while these have the keys.
func drawRules(_ layout: Layout, _ pane: View.Pane, on canvas: inout Canvas, _ glyphs: Glyphs) {
    if let bottom = layout.bottom { canvas.rule(bottom, glyphs: glyphs) }
    for rule in layout.parting {
        for row in 0..<rule.rows {
            let isHeavy = layout.isBeside(pane, rule, row: rule.row + row)
            let sign = glyphs.frame(focused: isHeavy)
            let isBranch = layout.lesson.map { $0.row == rule.row + row && $0.column == rule.right } ?? false
            let role: Role = isHeavy ? .frameFocused : .frame
            canvas.write(String(isBranch ? sign.branch : sign.vertical), role, row: row, in: rule)
        }
        let foot = Rect(column: rule.column, row: rule.bottom, columns: 1, rows: 1)
        canvas.write(String(glyphs.light.foot), .frame, in: foot)
    }
}

extension Layout {
    /// Whether a rule that goes down stands beside the pane in a row. The wire is where the keys are at first: it needs no mark.
    fileprivate func isBeside(_ pane: View.Pane, _ rule: Rect, row: Int) -> Bool {
        switch pane {
        case .steps: steps?.right == rule.column
        case .wire: false
        case .lesson: lesson.map { $0.column == rule.right && ($0.row..<$0.bottom).contains(row) } ?? false
        }
    }
}
