import Testing

@testable import Lessons

/// A lesson in parts that are read in one look.
struct LessonCardTests {
    private static let long = Array(repeating: "Fifteen columns", count: 15).joined(separator: " ")

    private func cards(_ text: String) -> [Card] { Card.cards(of: Markdown.read(text)) }

    @Test func `a part between two headings is a card`() {
        let cards = cards("One.\n\nTwo.\n\n## Why it is so\n\nThree.\n\n## Try it\n\nFour.\n")
        #expect(cards.map(\.heading) == ["", "Why it is so", "Try it"])
        #expect(cards.map(\.blocks.count) == [2, 1, 1])
    }

    @Test func `a part that is too long breaks between its paragraphs`() {
        // Five lines each, and a blank one between two.
        let cards = cards("## Try it\n\n\(Self.long)\n\n\(Self.long)\n\nShort.\n")
        #expect(cards.map(\.heading) == ["Try it", "Try it"])
        #expect(cards.map(\.blocks.count) == [1, 2])
        #expect(Card.longParts(of: Markdown.read("\(Self.long)\n\n\(Self.long)\n")).map(\.lines) == [11])
    }

    @Test func `a list that is too long breaks between its items, and counts on`() {
        let items = (1...12).map { "\($0). item \($0)" }.joined(separator: "\n")
        let cards = cards(items)
        #expect(cards.count == 2)
        guard case .list(true, 11, _, let rest)? = cards.last?.blocks.first else {
            Issue.record("no list on the second card")
            return
        }
        #expect(rest.count == 2)
    }

    @Test func `a paragraph stays whole however long it is`() {
        let paragraph = Array(repeating: Self.long, count: 4).joined(separator: " ")
        #expect(cards("One.\n\n\(paragraph)\n\nTwo.\n").map(\.blocks.count) == [1, 1, 1])
    }

    @Test func `nothing is lost, and nothing comes twice`() {
        let text = (1...9).map { "## Try it\n\n\(Self.long) \($0)\n\n- a \($0)\n- b \($0)\n\nend \($0)\n" }
        let blocks = Markdown.read(text.joined(separator: "\n"))
        let told = cards(text.joined(separator: "\n")).flatMap(\.blocks)
        #expect(told == blocks.filter { if case .heading = $0 { false } else { true } })
    }
}
