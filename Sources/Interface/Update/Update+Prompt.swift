import SMTP
import Tracing

/// Questions at the bottom line, and lines that a person types for the wire.
extension State {
    /// Opens the line about to go for editing. A lookup, a connection and mail data are no lines.
    mutating func editPressed() {
        guard let pending = session.pending, isAtFront else {
            view.notice =
                session.source.isLive || session.source.isWatched
                ? "there is no line about to go" : "only in a live session is there a line to edit"
            return
        }
        guard !pending.octets.isEmpty, pending.step != .content, !pending.line.contains(10) else {
            view.notice = "this is no line that could be edited"
            return
        }
        prompt.ask(.edit, about: WireText.shown(pending.edited ?? pending.line))
    }

    mutating func rawPressed() {
        guard session.isLiveAndOpen else {
            view.notice =
                session.source.isLive ? "the session is over" : "only a live session has a server to send to"
            return
        }
        prompt.ask(.raw)
    }

    /// While a question stands at the bottom, keys are its answer; whatever is no part of an answer means nothing.
    mutating func answer(_ input: Input) -> [Effect] {
        if case .paste(let text) = prompt.question { return answerPaste(input, after: text) }
        switch input {
        case _ where prompt.question == .filter && isListing: return answerFilter(input)
        case _ where prompt.question == .filter: answerConversationFilter(input)
        // Lines of a paste stay one answer: nothing of it goes before the person has seen it whole.
        case .pasted(let text) where prompt.question == .raw:
            let octets = Array(text.utf8)
            prompt.insert(octets.contains(10) || octets.contains(13) ? TypedOctets.write(octets.endedByCRLF) : text)
        case .upPressed: prompt.recall(-1)
        case .downPressed: prompt.recall(1)
        case .erased where prompt.typed.isEmpty: leavePrompt()
        case .escapePressed: leavePrompt()
        case .enterPressed: return finishPrompt()
        default: edit(input)
        }
        return []
    }

    /// Edits the answer as a line of a terminal is edited.
    mutating func edit(_ input: Input) {
        switch input {
        case .typed(let character): prompt.insert(String(character))
        case .pasted(let text): prompt.insert(text.filter { !$0.isNewline })
        case .erased: prompt.erase(max(0, prompt.caret - 1)..<prompt.caret)
        case .erasedForward: prompt.erase(prompt.caret..<min(prompt.typed.count, prompt.caret + 1))
        case .erasedWord: prompt.erase(prompt.startOfWord..<prompt.caret)
        case .erasedRest: prompt.erase(prompt.caret..<prompt.typed.count)
        case .erasedAll: prompt.erase(0..<prompt.typed.count)
        case .leftPressed: prompt.moveCaret(to: prompt.caret - 1)
        case .rightPressed: prompt.moveCaret(to: prompt.caret + 1)
        case .firstPressed: prompt.moveCaret(to: 0)
        case .lastPressed: prompt.moveCaret(to: prompt.typed.count)
        default: break
        }
    }

    /// Closes the question without an answer.
    mutating func leavePrompt() {
        if case .replace(let path) = prompt.question { keep(path) }
        prompt.close()
    }

    /// Says that the file which has the name stays.
    private mutating func keep(_ path: String) {
        view.notice = "not saved: \(WireText.shown(path.utf8)) is as it was"
    }

    /// Enter: the question goes, and the answer is taken.
    mutating func finishPrompt() -> [Effect] {
        guard let question = prompt.question else { return [] }
        let typed = prompt.typed
        prompt.close()
        switch question {
        case .step: goToStep(typed: typed)
        case .search: search(typed)
        case .save: return typed.isEmpty ? [] : [.save(path: typed, replacing: false)]
        case .replace(let path):
            guard ["y", "yes"].contains(typed.lowercased()) else {
                keep(path)
                return []
            }
            return [.save(path: path, replacing: true)]
        // A filter is not asked for its answer: it works while it is typed.
        case .filter: break
        case .paste(let text): return text.isEmpty ? [] : [.openPasted(text)]
        case .edit: takeEdit(typed)
        case .raw:
            guard !typed.isEmpty else { return [] }
            prompt.remember(typed)
            goToStop(stops.count - 1)
            return [.sendByHand(TypedOctets.read(typed))]
        case .consent: return answerConsent(typed)
        case .copyAs:
            guard let form = CopyAs(typing: typed) else {
                view.notice = typed.isEmpty ? "" : "'\(typed)' is none of \(CopyAs.names)"
                return []
            }
            return [.copyUnseen(form.text(of: session.trace))]
        }
        return []
    }

    private mutating func goToStep(typed: String) {
        if let number = Int(typed) {
            goToStep(number)
        } else if !typed.isEmpty {
            view.notice = "a step is a number from 1 to 14"
        }
    }

    private mutating func search(_ pattern: String) {
        view.pattern = pattern
        guard !pattern.isEmpty else { return }
        guard matches.isEmpty else { return goToMatch(after: (cursor.line ?? -1) - 1, forward: true) }
        view.notice = "nothing shown so far holds “\(pattern)”"
        view.pattern = ""
    }

    private mutating func takeEdit(_ typed: String) {
        guard let pending = session.pending else { return }
        prompt.remember(typed)
        let line = Array(typed.utf8)
        session.pending?.edited = line == pending.line ? nil : line
    }

    /// What the answer to the question about the delivery asks for.
    private mutating func answerConsent(_ typed: String) -> [Effect] {
        guard let consent = session.pending?.consent else { return [] }
        let answer = typed.trimmingPrefix("<").lowercased()
        guard !answer.isEmpty else {
            session.pending = nil
            return [.release]
        }
        guard answer == consent.lowercased() || answer == "\(consent.lowercased())>" else {
            view.notice = "that is not \(consent): nothing was sent; Enter asks again"
            return []
        }
        session.pending = nil
        return [.allowDelivery]
    }
}

extension [UInt8] {
    /// With the line ends of a terminal's paste as SMTP has them.
    fileprivate var endedByCRLF: [UInt8] { DotStuffing.lines(of: self).flatMap { $0 + [13, 10] } }
}
