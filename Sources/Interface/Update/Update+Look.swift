import Tracing

extension State {
    /// What looks at something without moving along the session.
    mutating func look(_ input: Input, in world: Surroundings) -> [Effect] {
        switch input {
        case .nextPanePressed: turnPane(1)
        case .previousPanePressed: turnPane(-1)
        case .zoomPressed: isZoomed.toggle()
        case .upPressed: move(-1, in: world)
        case .downPressed: move(1, in: world)
        case .pageUpPressed: move(-pageRows, in: world)
        case .pageDownPressed: move(pageRows, in: world)
        case .rightPressed: moveSpan(1)
        case .leftPressed: moveSpan(-1)
        case .searchPressed: ask(.search)
        case .nextMatchPressed: goToMatch(after: line ?? -1, forward: true)
        case .previousMatchPressed: goToMatch(after: line ?? 0, forward: false)
        case .hexPressed: showsHex.toggle()
        case .lineEndsPressed: showsLineEnds.toggle()
        case .findingsPressed:
            if findingCount == 0 {
                notice = "no findings so far: nothing departs from the RFCs"
            } else {
                overlay = .findings(selected: 0)
            }
        case .messagePressed:
            if hasMessage { overlay = .message(scroll: 0) } else { notice = "no message has been sent yet" }
        case .timeLinePressed: overlay = .timeLine(scroll: 0)
        case .matrixPressed:
            let isEmpty = ConnectionMatrix(trace).rows.isEmpty
            if isEmpty { notice = "no connection has been tried yet" } else { overlay = .matrix(scroll: 0) }
        case .conversationsPressed: listConversations()
        case .helpPressed: overlay = .help(scroll: 0)
        case .blankPressed: isBlank = true
        case .copyLinePressed: return currentLine.map { [.copy($0.shownText)] } ?? []
        case .copySessionPressed: return [.copy(sessionText)]
        case .copyAsPressed: ask(.copyAs, about: "swaks")
        case .savePressed: ask(.save)
        case .pastePressed: askForPaste()
        case .mousePressed: return [.toggleMouse]
        case .clicked(let column, let row): click(column, row)
        case .escapePressed: return escape()
        case .quitPressed: return [.exit]
        default: break
        }
        return []
    }

    private mutating func escape() -> [Effect] {
        if !pattern.isEmpty {
            pattern = ""
        } else if isPlaying {
            isPlaying = false
        } else if span != nil {
            span = nil
        } else if isZoomed {
            isZoomed = false
        } else if showsHex {
            showsHex = false
        } else if waiting != nil {
            return [.cancel]
        }
        return []
    }

    private mutating func turnPane(_ by: Int) {
        let count = Pane.allCases.count
        pane = Pane(rawValue: (pane.rawValue + by + count) % count) ?? .wire
    }

    private var pageRows: Int { max(3, rows / 2 - 2) }

    /// Up and down: steps, lines or the lesson's text, by the pane that has the keys.
    private mutating func move(_ by: Int, in world: Surroundings) {
        switch pane {
        case .steps:
            isPlaying = false
            let target = (stopIndex ?? -1) + (by > 0 ? 1 : -1)
            guard target < stops.count, target < 0 || stops[target].lines.lowerBound < reached || source == .replay
            else { return }
            goToStop(max(-1, target))
        case .wire:
            guard reached > 0 else { return }
            isPlaying = false
            chooseLine(min(max(0, (line ?? -1) + by), reached - 1))
        case .lesson:
            let layout = Layout(of: self)
            guard let rect = layout.lesson else { return }
            let text = LessonPane.text(self, columns: rect.columns - 4, in: world)
            lessonScroll = min(max(0, lessonScroll + by), max(0, text.count - (rect.rows - 2)))
        }
    }

    private mutating func moveSpan(_ by: Int) {
        guard let count = currentLine?.spans.count, count > 0 else { return }
        lessonScroll = 0
        guard let span else {
            self.span = by > 0 ? 0 : count - 1
            return
        }
        let next = span + by
        // Beyond either end the line as a whole is meant again.
        self.span = (0..<count).contains(next) ? next : nil
    }

    private mutating func click(_ column: Int, _ row: Int) {
        let layout = Layout(of: self)
        for (pane, rect) in [(Pane.steps, layout.steps), (.wire, layout.wire), (.lesson, layout.lesson)] {
            if rect?.contains(column: column, row: row) == true { self.pane = pane }
        }
    }

    /// Whether there is a mail to show.
    var hasMessage: Bool { !trace.delivered.isEmpty || !trace.mails.isEmpty }

    /// The wire as text, for the clipboard.
    private var sessionText: String {
        trace.lines.prefix(reached).map { line in
            let who = line.isWire ? line.speaker == .client ? "C: " : "S: " : "   "
            return who + line.shownText
        }.joined(separator: "\n") + "\n"
    }

    // MARK: What lies on top

    /// What an input means to the overlay; nil when it closes the overlay and goes on below.
    mutating func overlaid(_ input: Input, in world: Surroundings) -> [Effect]? {
        let page = max(3, rows - 6)
        switch input {
        case .escapePressed, .quitPressed: overlay = nil
        case .upPressed: scroll(-1, in: world)
        case .downPressed: scroll(1, in: world)
        case .pageUpPressed: scroll(-page, in: world)
        case .pageDownPressed, .spacePressed: scroll(page, in: world)
        case .firstPressed: scroll(-1_000_000, in: world)
        case .lastPressed: scroll(1_000_000, in: world)
        case .enterPressed:
            if case .conversations(let selected) = overlay { return chooseConversation(selected) }
            openFinding()
        case .helpPressed where overlay.isHelp, .findingsPressed where overlay.isFindings,
            .messagePressed where overlay.isMessage,
            .timeLinePressed where overlay.isTimeLine, .matrixPressed where overlay.isMatrix,
            .conversationsPressed where overlay.isConversations:
            overlay = nil
        case .helpPressed, .findingsPressed, .messagePressed, .timeLinePressed, .matrixPressed, .conversationsPressed:
            overlay = nil
            return nil
        case .nextPressed, .previousPressed, .nextStepPressed, .previousStepPressed, .goPressed, .searchPressed:
            overlay = nil
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
        switch overlay {
        case .help(let scroll):
            overlay = .help(scroll: moved(scroll, by, HelpOverlay.page(self, in: world).last(room: room)))
        case .message(let scroll):
            overlay = .message(scroll: moved(scroll, by, MessageOverlay.page(self, in: world).last(room: room)))
        case .matrix(let scroll):
            overlay = .matrix(scroll: moved(scroll, by, MatrixOverlay.page(self, in: world).last(room: room)))
        case .timeLine(let scroll):
            overlay = .timeLine(scroll: moved(scroll, by, TimeLineOverlay.last(self, in: Layout(of: self).overlay)))
        case .findings(let selected): overlay = .findings(selected: moved(selected, by, findingCount - 1))
        case .conversations(let selected): selectConversation(selected, by)
        case nil: break
        }
    }

    private func moved(_ at: Int, _ by: Int, _ last: Int) -> Int { min(max(0, at + by), max(0, last)) }

    /// Enter in the findings goes to the line that has it.
    private mutating func openFinding() {
        guard case .findings(let selected) = overlay, findings.indices.contains(selected) else {
            overlay = nil
            return
        }
        let (line, finding) = findings[selected]
        overlay = nil
        chooseLine(line)
        span = finding.range.isEmpty ? nil : trace.lines[line].spans.firstIndex { $0.range.overlaps(finding.range) }
        pane = .wire
    }
}

extension State.Overlay? {
    var isConversations: Bool { if case .conversations = self { true } else { false } }
    var isHelp: Bool { if case .help = self { true } else { false } }
    var isFindings: Bool { if case .findings = self { true } else { false } }
    var isMessage: Bool { if case .message = self { true } else { false } }
    var isMatrix: Bool { if case .matrix = self { true } else { false } }
    var isTimeLine: Bool { if case .timeLine = self { true } else { false } }
}
