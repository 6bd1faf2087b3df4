import Tracing

/// What looks at something without moving along the session.
extension State {
    mutating func escape() -> [Effect] {
        if !view.pattern.isEmpty {
            view.pattern = ""
        } else if view.playback.isRunning {
            view.playback.isRunning = false
        } else if cursor.span != nil {
            cursor.span = nil
        } else if view.isZoomed {
            view.isZoomed = false
        } else if view.showsHex {
            view.showsHex = false
        } else if session.waiting != nil {
            return [.cancel]
        }
        return []
    }

    /// Up and down: steps, lines or the lesson's text, by the pane that has the keys.
    mutating func move(_ by: Int, in world: Surroundings) {
        switch view.pane {
        case .steps:
            view.playback.isRunning = false
            let target = (stopIndex ?? -1) + (by > 0 ? 1 : -1)
            guard target < stops.count,
                target < 0 || stops[target].lines.lowerBound < cursor.reached || session.source == .replay
            else { return }
            goToStop(max(-1, target))
        case .wire:
            guard cursor.reached > 0 else { return }
            view.playback.isRunning = false
            cursor.stand(on: min(max(0, (cursor.line ?? -1) + by), cursor.reached - 1), chosen: true)
        case .lesson:
            let layout = Layout(of: self)
            guard let rect = layout.lesson else { return }
            let text = LessonPane.text(self, columns: rect.columns - 4, in: world)
            cursor.lessonScroll = min(max(0, cursor.lessonScroll + by), max(0, text.count - (rect.rows - 2)))
        }
    }

    mutating func moveSpan(_ by: Int) {
        guard let count = currentLine?.spans.count, count > 0 else { return }
        cursor.lessonScroll = 0
        guard let span = cursor.span else {
            cursor.span = by > 0 ? 0 : count - 1
            return
        }
        let next = span + by
        // Beyond either end the line as a whole is meant again.
        cursor.span = (0..<count).contains(next) ? next : nil
    }

    mutating func click(_ column: Int, _ row: Int) {
        let layout = Layout(of: self)
        for (pane, rect) in [(View.Pane.steps, layout.steps), (.wire, layout.wire), (.lesson, layout.lesson)] {
            if rect?.contains(column: column, row: row) == true { view.pane = pane }
        }
    }

    /// Whether there is a mail to show.
    var hasMessage: Bool { !session.trace.delivered.isEmpty || !session.trace.mails.isEmpty }

    /// The wire as text, for the clipboard.
    var sessionText: String {
        session.trace.lines.prefix(cursor.reached).map { line in
            let who = line.isWire ? line.speaker == .client ? "C: " : "S: " : "   "
            return who + line.shownText
        }.joined(separator: "\n") + "\n"
    }

    // MARK: What lies on top

    /// Lays something over the panes, or says why there is nothing to lay there.
    mutating func openOverlay(_ input: Input) {
        switch input {
        case .findingsPressed:
            if findingCount == 0 {
                view.notice = "no findings so far: nothing departs from the RFCs"
            } else {
                view.overlay = .findings(selected: 0)
            }
        case .messagePressed:
            if hasMessage { view.overlay = .message(scroll: 0) } else { view.notice = "no message has been sent yet" }
        case .timeLinePressed: view.overlay = .timeLine(scroll: 0)
        case .matrixPressed:
            let isEmpty = ConnectionMatrix(session.trace).rows.isEmpty
            if isEmpty {
                view.notice = "no connection has been tried yet"
            } else {
                view.overlay = .matrix(scroll: 0)
            }
        case .conversationsPressed: listConversations()
        case .helpPressed: view.overlay = .help(scroll: 0)
        default: break
        }
    }

    /// What an input means to the overlay; nil when it closes the overlay and goes on below.
    mutating func overlaid(_ input: Input, in world: Surroundings) -> [Effect]? {
        let page = max(3, view.rows - 6)
        switch input {
        case .escapePressed, .quitPressed: view.overlay = nil
        case .upPressed: scroll(-1, in: world)
        case .downPressed: scroll(1, in: world)
        case .pageUpPressed: scroll(-page, in: world)
        case .pageDownPressed, .spacePressed: scroll(page, in: world)
        case .firstPressed: scroll(-1_000_000, in: world)
        case .lastPressed: scroll(1_000_000, in: world)
        case .enterPressed:
            if case .conversations(let selected) = view.overlay { return chooseConversation(selected) }
            openFinding()
        case .helpPressed where view.overlay.isHelp, .findingsPressed where view.overlay.isFindings,
            .messagePressed where view.overlay.isMessage,
            .timeLinePressed where view.overlay.isTimeLine, .matrixPressed where view.overlay.isMatrix,
            .conversationsPressed where view.overlay.isConversations:
            view.overlay = nil
        case .helpPressed, .findingsPressed, .messagePressed, .timeLinePressed, .matrixPressed, .conversationsPressed:
            view.overlay = nil
            return nil
        case .nextPressed, .previousPressed, .nextStepPressed, .previousStepPressed, .goPressed, .searchPressed:
            view.overlay = nil
            return nil
        case .copyLinePressed, .copySessionPressed, .copyAsPressed, .savePressed, .pastePressed, .mousePressed,
            .blankPressed:
            return nil
        default: break
        }
        return []
    }

    private mutating func scroll(_ by: Int, in world: Surroundings) {
        let room = Layout(of: self).overlay.rows - 2
        switch view.overlay {
        case .help(let scroll):
            view.overlay = .help(scroll: moved(scroll, by, HelpOverlay.page(self, in: world).last(room: room)))
        case .message(let scroll):
            view.overlay = .message(scroll: moved(scroll, by, MessageOverlay.page(self, in: world).last(room: room)))
        case .matrix(let scroll):
            view.overlay = .matrix(scroll: moved(scroll, by, MatrixOverlay.page(self, in: world).last(room: room)))
        case .timeLine(let scroll):
            view.overlay = .timeLine(
                scroll: moved(scroll, by, TimeLineOverlay.last(self, in: Layout(of: self).overlay))
            )
        case .findings(let selected): view.overlay = .findings(selected: moved(selected, by, findingCount - 1))
        case .conversations(let selected): selectConversation(selected, by)
        case nil: break
        }
    }

    private func moved(_ at: Int, _ by: Int, _ last: Int) -> Int { min(max(0, at + by), max(0, last)) }

    /// Enter in the findings goes to the line that has it.
    private mutating func openFinding() {
        guard case .findings(let selected) = view.overlay, findings.indices.contains(selected) else {
            view.overlay = nil
            return
        }
        let (line, finding) = findings[selected]
        view.overlay = nil
        cursor.stand(on: line, chosen: true)
        cursor.span =
            finding.range.isEmpty
            ? nil : session.trace.lines[line].spans.firstIndex { $0.range.overlaps(finding.range) }
        view.pane = .wire
    }
}

extension View.Overlay? {
    var isConversations: Bool { if case .conversations = self { true } else { false } }
    var isHelp: Bool { if case .help = self { true } else { false } }
    var isFindings: Bool { if case .findings = self { true } else { false } }
    var isMessage: Bool { if case .message = self { true } else { false } }
    var isMatrix: Bool { if case .matrix = self { true } else { false } }
    var isTimeLine: Bool { if case .timeLine = self { true } else { false } }
}
