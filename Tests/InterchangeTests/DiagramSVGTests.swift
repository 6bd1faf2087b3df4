import Lessons
import Testing

@testable import Interchange

/// Drawings of plain text as pictures in a page.
struct DiagramSVGTests {
    private func element(_ text: String) throws -> String { try #require(DiagramSVG(text).element) }

    /// The texts of an element, each with the column and row of its first cell.
    private func texts(_ element: String) -> [String] {
        element.split(separator: "<text ").dropFirst().map { piece in
            let numbers = piece.split { !$0.isNumber }.compactMap { Int($0) }
            let words = piece.split(separator: ">")[1].prefix { $0 != "<" }
            return "\(words) \(numbers[0] / 8),\(numbers[1] / 18)"
        }
    }

    @Test func `hyphens, bars and corners become strokes, and words stay in their cells`() throws {
        let drawn = try element("C --- RCPT --> S\n|\n+--- ok\n")
        #expect(texts(drawn) == ["C 0,0", "RCPT 6,0", "S 15,0", "ok 5,2"])
        #expect(drawn.contains("viewbox=\"0 0 128 54\""))
        // The bar goes down the middle of its cell, and the corner meets it.
        #expect(drawn.contains("M4 18v18") && drawn.contains("M4 45H8") && drawn.contains("M4 36V45"))
    }

    @Test func `an arrow of one hyphen is drawn between blanks, and within a word it is text`() throws {
        #expect(texts(try element("|-- MAIL ->|")) == ["MAIL 4,0"])
        #expect(
            texts(try element("a <- b x->y")) == ["a 0,0", "b 5,0", "x->y 7,0"].map { $0.replacing(">", with: "&gt;") }
        )
    }

    @Test func `the hyphen of a word, a lone bar and a greater sign are text`() throws {
        let drawn = try element("man-in-the-middle | 5 > 4")
        #expect(texts(drawn) == ["man-in-the-middle 0,0", "| 18,0", "5 20,0", "&gt; 22,0", "4 24,0"])
        #expect(!drawn.contains("<path"))
    }

    @Test func `what it says is escaped, in the words and in what is read aloud`() throws {
        let drawn = try element("<script>alert('x')</script> & \"q\"")
        #expect(!drawn.contains("<script") && !drawn.contains("alert('"))
        #expect(drawn.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
        #expect(drawn.hasPrefix("<svg class=\"diagram\" role=\"img\" aria-label=\"Drawing: &lt;script&gt;alert("))
    }

    @Test func `what is no ASCII, and nothing, is no picture`() {
        #expect(DiagramSVG("a → b").element == nil)
        #expect(DiagramSVG("").element == nil)
        #expect(DiagramSVG("a\tb").element == nil)
    }

    @Test func `a page draws blocks that are marked so, and no others`() {
        let html = HTMLText(headingShift: 0) { _ in nil }
        #expect(html.html([.code(info: "diagram", text: "a --> b\n")]).hasPrefix("<svg "))
        #expect(html.html([.code(info: "smtp", text: "a --> b\n")]).hasPrefix("<pre>"))
        #expect(html.html([.code(info: "diagram", text: "a → b\n")]).hasPrefix("<pre>"))
    }
}
