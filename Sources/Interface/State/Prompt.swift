/// The question at the bottom line and the answer as it is typed; keys are text until Enter or Esc.
public struct Prompt: Equatable, Sendable {
    public enum Question: Equatable, Sendable {
        case step, search, save, edit
        /// Which sessions of a list are to be seen.
        case filter
        /// Whether the file that has the name already shall be replaced.
        case replace(path: String)
        /// Any octets, for the wire.
        case raw
        /// Whether the mail shall be delivered: the address is typed.
        case consent
        /// In which program's words the session is to be copied.
        case copyAs
        /// The text of a session, in as many pastes as it takes: what came so far.
        case paste(String)
    }

    /// What is asked; nil while nothing is.
    var question: Question?
    var typed = ""
    /// Where in `typed` the next character goes, counted in characters.
    var caret = 0
    /// Lines typed by hand or edited, the last at the end, and which of them stands here.
    var history: [String] = []
    var recalled: Int?

    /// The longest answer in characters.
    static let maxAnswer = 1000
    /// How many lines are remembered.
    static let maxHistory = 100

    /// Asks a question, with a text to start from.
    mutating func ask(_ question: Question, about text: String = "") {
        (self.question, typed, caret, recalled) = (question, text, text.count, nil)
    }

    /// Takes the question away; what was typed for the wire stays remembered.
    mutating func close() { self = Prompt(history: history) }

    // MARK: The answer is edited as a line of a terminal is

    /// Puts text at the caret, so far as there is room.
    mutating func insert(_ text: String) {
        let text = text.prefix(max(0, Self.maxAnswer - typed.count))
        typed.insert(contentsOf: text, at: typed.index(typed.startIndex, offsetBy: min(caret, typed.count)))
        caret = min(typed.count, caret + text.count)
    }

    /// Takes out characters of the answer; the caret stands where they were.
    mutating func erase(_ range: Range<Int>) {
        let start = typed.index(typed.startIndex, offsetBy: range.lowerBound)
        typed.removeSubrange(start..<typed.index(start, offsetBy: range.count))
        caret = range.lowerBound
    }

    /// Moves the caret; it stays within the answer.
    mutating func moveCaret(to place: Int) { caret = min(max(0, place), typed.count) }

    /// Where the word before the caret begins, as `^W` of a terminal has it: behind the last space before a word.
    var startOfWord: Int {
        let before = typed.prefix(caret)
        guard let end = before.lastIndex(where: { $0 != " " }) else { return 0 }
        guard let space = before[...end].lastIndex(of: " ") else { return 0 }
        return typed.distance(from: typed.startIndex, to: space) + 1
    }

    // MARK: Earlier lines

    mutating func remember(_ line: String) {
        history.removeAll { $0 == line }
        history.append(line)
        if history.count > Self.maxHistory { history.removeFirst() }
    }

    /// Brings an earlier line back, or a later one; behind the last there is an empty one.
    mutating func recall(_ by: Int) {
        guard question == .raw || question == .edit, !history.isEmpty else { return }
        let index = min(max(0, (recalled ?? history.count) + by), history.count)
        recalled = index
        typed = index < history.count ? history[index] : ""
        caret = typed.count
    }
}

extension Prompt.Question {
    /// As it stands at the bottom.
    var words: String {
        switch self {
        case .step: "Go to step: "
        case .search: "Search: "
        case .filter: "Filter: "
        case .save: "Save as: "
        case .replace: "Replace it? y: "
        case .edit: "Line: "
        case .raw: "Send: "
        case .consent: "Deliver? Address: "
        case .copyAs: "Copy as \(CopyAs.names): "
        case .paste: "Paste or type it: "
        }
    }
}
