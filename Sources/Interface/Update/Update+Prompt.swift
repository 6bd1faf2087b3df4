import SMTP
import Tracing

/// Questions at the bottom line, and lines that a person types for the wire.
extension State {
    /// Opens the line about to go for editing. A lookup, a connection and mail data are no lines.
    mutating func editPressed() {
        guard let pending, isAtFront else {
            notice =
                source.isLive || source.isWatched
                ? "there is no line about to go" : "only in a live session is there a line to edit"
            return
        }
        guard !pending.octets.isEmpty, pending.step != .content, !pending.octets.dropLast(2).contains(10) else {
            notice = "this is no line that could be edited"
            return
        }
        ask(.edit, about: WireText.shown(edited ?? Array(pending.octets.dropLast(2))))
    }

    /// Opens a question at the bottom with a text to start from.
    mutating func ask(_ prompt: Prompt, about text: String = "") {
        (self.prompt, typed, caret, recalled) = (prompt, text, text.count, nil)
    }

    private mutating func takeEdit() {
        guard let pending else { return }
        remember(typed)
        let line = Array(typed.utf8)
        edited = line == Array(pending.octets.dropLast(2)) ? nil : line
    }

    private mutating func remember(_ line: String) {
        history.removeAll { $0 == line }
        history.append(line)
        if history.count > 100 { history.removeFirst() }
    }

    /// Brings an earlier line back to the prompt, or a later one; behind the last there is an empty one.
    private mutating func recall(_ by: Int) {
        guard prompt == .raw || prompt == .edit, !history.isEmpty else { return }
        let index = min(max(0, (recalled ?? history.count) + by), history.count)
        recalled = index
        typed = index < history.count ? history[index] : ""
        caret = typed.count
    }

    /// What the answer to the question about the delivery asks for.
    private mutating func answerConsent() -> [Effect] {
        guard let consent = pending?.consent else { return [] }
        let answer = typed.trimmingPrefix("<").lowercased()
        if answer.isEmpty {
            pending = nil
            return [.release]
        }
        guard answer == consent.lowercased() || answer == "\(consent.lowercased())>" else {
            notice = "that is not \(consent): nothing was sent; Enter asks again"
            return []
        }
        pending = nil
        return [.allowDelivery]
    }

    // MARK: Prompts

    /// While a question stands at the bottom, keys are its answer.
    mutating func answer(_ input: Input) -> [Effect] {
        switch input {
        case .typed(let character) where prompt == .paste: takePaste(String(character))
        case .pasted(let text) where prompt == .paste: takePaste(text)
        case .erased where prompt == .paste, .erasedAll where prompt == .paste: leavePrompt()
        case .erasedWord where prompt == .paste, .erasedRest where prompt == .paste: break
        case .typed(let character): insert(String(character))
        // Lines of a paste stay one answer: nothing of it goes before the person has seen it whole.
        case .pasted(let text) where prompt == .raw:
            let octets = Array(text.utf8)
            insert(octets.contains(10) || octets.contains(13) ? TypedOctets.write(octets.endedByCRLF) : text)
        case .pasted(let text): insert(text.filter { !$0.isNewline })
        case .upPressed: recall(-1)
        case .downPressed: recall(1)
        case .erased where typed.isEmpty: leavePrompt()
        case .erased: erase(max(0, caret - 1)..<caret)
        case .erasedForward: erase(caret..<min(typed.count, caret + 1))
        case .erasedWord: erase(startOfWord..<caret)
        case .erasedRest: erase(caret..<typed.count)
        case .erasedAll: erase(0..<typed.count)
        case .leftPressed: caret = max(0, caret - 1)
        case .rightPressed: caret = min(typed.count, caret + 1)
        case .firstPressed: caret = 0
        case .lastPressed: caret = typed.count
        case .escapePressed: leavePrompt()
        case .enterPressed: return finishPrompt()
        default: break
        }
        return []
    }

    /// Closes the question without an answer.
    private mutating func leavePrompt() {
        if prompt == .replace { keepTaken() }
        (prompt, typed, pasted) = (nil, "", "")
    }

    /// Says that the file which has the name stays.
    private mutating func keepTaken() {
        notice = "not saved: \(WireText.shown(taken.utf8)) is as it was"
        taken = ""
    }

    /// Takes out characters of the answer; the caret stands where they were.
    private mutating func erase(_ range: Range<Int>) {
        let start = typed.index(typed.startIndex, offsetBy: range.lowerBound)
        typed.removeSubrange(start..<typed.index(start, offsetBy: range.count))
        caret = range.lowerBound
    }

    /// Where the word before the caret begins, as `^W` of a terminal has it: behind the last space before a word.
    private var startOfWord: Int {
        let before = typed.prefix(caret)
        guard let end = before.lastIndex(where: { $0 != " " }) else { return 0 }
        guard let space = before[...end].lastIndex(of: " ") else { return 0 }
        return typed.distance(from: typed.startIndex, to: space) + 1
    }

    /// Puts text at the caret, so far as there is room.
    private mutating func insert(_ text: String) {
        let text = text.prefix(max(0, Self.longestAnswer - typed.count))
        typed.insert(contentsOf: text, at: typed.index(typed.startIndex, offsetBy: min(caret, typed.count)))
        caret = min(typed.count, caret + text.count)
    }

    /// The longest answer to a question, in characters.
    private static let longestAnswer = 1000

    private mutating func finishPrompt() -> [Effect] {
        defer { (prompt, typed) = (nil, "") }
        switch prompt {
        case .step:
            if let number = Int(typed) {
                goToStep(number)
            } else if !typed.isEmpty {
                notice = "a step is a number from 1 to 14"
            }
        case .search:
            pattern = typed
            guard !pattern.isEmpty else { return [] }
            if matches.isEmpty {
                notice = "nothing shown so far holds “\(pattern)”"
                pattern = ""
            } else {
                goToMatch(after: (line ?? -1) - 1, forward: true)
            }
        case .save: return typed.isEmpty ? [] : [.save(path: typed, replacing: false)]
        case .replace:
            guard ["y", "yes"].contains(typed.lowercased()) else {
                keepTaken()
                return []
            }
            defer { taken = "" }
            return [.save(path: taken, replacing: true)]
        case .paste:
            defer { pasted = "" }
            return pasted.isEmpty ? [] : [.openPasted(pasted)]
        case .edit: takeEdit()
        case .raw:
            guard !typed.isEmpty else { return [] }
            remember(typed)
            goToStop(stops.count - 1)
            return [.sendByHand(TypedOctets.read(typed))]
        case .consent: return answerConsent()
        case .copyAs:
            guard let form = CopyAs(typing: typed) else {
                notice = typed.isEmpty ? "" : "'\(typed)' is none of \(CopyAs.names)"
                return []
            }
            return [.copy(form.text(of: trace))]
        case nil: break
        }
        return []
    }
}

extension [UInt8] {
    /// With the line ends of a terminal's paste as SMTP has them.
    fileprivate var endedByCRLF: [UInt8] { DotStuffing.lines(of: self).flatMap { $0 + [13, 10] } }
}
