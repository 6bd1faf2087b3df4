import Screen
import Testing
import Tracing

@testable import Interface

/// Spans of a lookup are octets of its message, wherever they are shown.
struct LookupSpanTests {
    private static func recordLines() throws -> [TraceLine] {
        try Fixture.sessions.flatMap { file in
            Fixture.state(of: try Fixture.recording(file)).session.trace.lines.filter {
                !$0.message.isEmpty && !$0.isWire
            }
        }
    }

    /// What a piece says, as the octets that the message has for it; nil where they are no number.
    private static func octets(_ span: WireSpan, _ text: String) -> [UInt8]? {
        switch span.name {
        case "preference": UInt16(text).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case "TTL": UInt32(text).map { value in [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
        case "A" where text.contains("."): text.split(separator: ".").compactMap { UInt8($0) }
        default: nil
        }
    }

    @Test func `each piece of a lookup is found in the message, and numbers are the octets there`() throws {
        let lines = try Self.recordLines()
        #expect(lines.count > 20)
        var numbers = 0
        for line in lines {
            let whole = try #require(line.messageRange(ofSpan: nil))
            for index in line.spansOfWire {
                let span = line.spans[index]
                let text = String(decoding: line.octets[span.range], as: UTF8.self)
                let range = try #require(line.messageRange(ofSpan: index), "\(text)")
                #expect(!range.isEmpty && range.upperBound <= line.message.count)
                if let octets = Self.octets(span, text), text.first != "m",
                    octets.count == range.count || span.name != "A"
                {
                    #expect(Array(line.message[range]) == octets, "\(span.name) \(text)")
                    numbers += 1
                }
            }
            #expect(whole.upperBound <= line.message.count)
        }
        #expect(numbers > 10)
    }

    @Test func `the blanks of our table are no spans to go through`() throws {
        var walk = try Walk(try OutcomeScreensTests.state(.bundled("one-refused"), 132, 40))
        walk.press(.character("n"))
        walk.state.cursor.stand(
            on: try #require(walk.state.session.trace.lines.first { !$0.isWire && $0.spans.count == 9 }?.index)
        )
        walk.press(.right)
        var names: [String] = []
        while let span = walk.state.currentSpan, names.count < 20 {
            names.append(span.name)
            walk.press(.right)
        }
        #expect(!names.isEmpty && !names.contains("separator") && !names.contains("space"), "\(names)")
        walk.press(.left)
        #expect(walk.screen.contains(" of 5"), "\(walk.screen)")
        // Its octets are marked in the message.
        walk.press(.character("x"), .character("x"))
        #expect(walk.canvas.cells.contains { $0.role == .span && $0.emphasis.contains(.underline) }, "\(walk.screen)")
    }
}
