import Screen

/// Where the panes are. Depends on the size of the screen and on which pane is zoomed, never on what they show, so that
/// nothing jumps while stepping.
///
/// ```
/// title                        title                        title
/// ┌steps┐┌─ wire ───────┐      ┌steps─┐┌─ wire ─┐┌lesson┐   [tabs]
/// │     ││              │      │      ││        ││      │   ┌ one pane ┐
/// │     │├─ lesson ─────┤      │      ││        ││      │   │          │
/// └─────┘└──────────────┘      └──────┘└────────┘└──────┘   └──────────┘
/// keys                         keys                         keys
/// ```
struct Layout: Equatable {
    enum Shape { case tooSmall, onePane, twoColumns, threeColumns }

    let shape: Shape
    let title: Rect
    /// The row of tabs when there is one pane at a time.
    var tabs: Rect?
    var steps: Rect?
    var wire: Rect?
    var lesson: Rect?
    /// The lesson in one or two lines below the wire, when the wire is alone on a small screen.
    var summary: Rect?
    let keys: Rect
    /// Where overlays lie.
    let overlay: Rect

    /// The smallest screen on which there is anything to see.
    static let smallest = (columns: 40, rows: 12)

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
        if state.view.columns < 72 || state.view.rows < 20 || state.view.isZoomed {
            shape = .onePane
            let (tabs, pane) = body.split(top: 1)
            self.tabs = tabs
            switch state.view.pane {
            case .steps: steps = pane
            case .wire:
                wire = pane
                if !state.view.isZoomed, pane.rows >= 9 { (wire, summary) = pane.split(bottom: 2) as (Rect, Rect) }
            case .lesson: lesson = pane
            }
            return
        }
        if state.view.columns >= 116 {
            shape = .threeColumns
            let (left, rest) = body.split(left: min(52, max(38, state.view.columns * 3 / 10)))
            let lessonColumns = min(76, max(36, rest.columns * 45 / 100))
            let (middle, right) = rest.split(right: lessonColumns)
            (steps, wire, lesson) = (left, middle, right)
        } else {
            shape = .twoColumns
            let (left, rest) = body.split(left: 26)
            let (upper, lower) = rest.split(top: max(10, rest.rows * 48 / 100))
            (steps, wire, lesson) = (left, upper, lower)
        }
    }
}
