import Tracing

extension Explanation {
    /// One object on a line, with its line feed.
    public var json: String {
        let lessons = lessons.map { jsonText($0.path) }.joined(separator: ",")
        let fields = [
            "\"kind\":\"\(kind.rawValue)\"", "\"by\":\(Self.text(by))", "\"step\":\(Self.number(step?.number))",
            "\"command\":\(Self.text(command))", "\"recipient\":\(Self.text(recipient))",
            "\"code\":\(Self.number(code.map(Int.init)))", "\"status\":\(Self.text(status))",
            "\"text\":\(jsonText(text))",
            "\"outcome\":\(Self.text(outcome?.rawValue))", "\"lessons\":[\(lessons)]",
        ]
        return "{\(fields.joined(separator: ","))}\n"
    }

    private static func text(_ text: String?) -> String { text.map(jsonText) ?? "null" }
    private static func number(_ number: Int?) -> String { number.map(String.init) ?? "null" }
}
