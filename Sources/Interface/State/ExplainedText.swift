public import Tracing

/// What a text is that a person pasted or opened and that is no dialogue: words that were made elsewhere, and the lessons that go on
/// with them. All texts are safe to show.
public struct ExplainedText: Equatable, Sendable {
    /// What a line is, for whoever sets it.
    public enum Role: Equatable, Sendable { case title, quote, fact, drawn, sentence, heading, advice }

    /// A paragraph, wrapped where it is shown; `name` stands in front of it.
    public struct Line: Equatable, Sendable {
        public let role: Role
        public let name: String
        public let text: String

        public init(_ role: Role, _ name: String, _ text: String) {
            (self.role, self.name, self.text) = (role, name, text)
        }
    }

    /// One thing that is explained.
    public struct Entry: Equatable, Sendable {
        public let lines: [Line]
        /// The most specific first.
        public let lessons: [LessonAnchor]

        public init(lines: [Line], lessons: [LessonAnchor]) { (self.lines, self.lessons) = (lines, lessons) }
    }

    /// What the text is called.
    public let name: String
    public let entries: [Entry]
    /// How many sessions can be made of it.
    public let walks: Int

    public init(name: String, entries: [Entry], walks: Int) {
        (self.name, self.entries, self.walks) = (name, entries, walks)
    }
}
