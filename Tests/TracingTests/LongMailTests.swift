import SMTP
import Testing

@testable import Tracing

/// Mails with more lines, or longer ones, than a trace keeps: counted they are all the same, and whole where somebody writes them.
@Suite struct LongMailTests {
    private static func events(_ content: [UInt8], gap: Int? = nil, isEnded: Bool = true) -> [WireEvent] {
        var events: [WireEvent] = []
        func say(_ side: Side, _ octets: [UInt8]) {
            events.append(WireEvent(.octets(from: side, octets), leg: .relay))
        }
        say(.server, Array("220 b.example\r\n".utf8))
        for command in ["EHLO a", "MAIL FROM:<a@a.example>", "RCPT TO:<b@b.example>"] {
            say(.client, Array("\(command)\r\n".utf8))
            say(.server, Array("250 b.example\r\n".utf8))
        }
        say(.client, Array("DATA\r\n".utf8))
        say(.server, Array("354 go\r\n".utf8))
        for start in stride(from: 0, to: content.count, by: 100_000) {
            say(.client, Array(content[start..<min(start + 100_000, content.count)]))
        }
        if let gap { events.append(WireEvent(.gap(from: .client, octets: gap), leg: .relay)) }
        if isEnded {
            say(.client, Array(".\r\n".utf8))
            say(.server, Array("250 taken\r\n".utf8))
        } else {
            events.append(WireEvent(.close(by: .client), leg: .relay))
        }
        return events
    }

    private static func line(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "x"), count: count) + [13, 10] }

    private static let header = Array("From: a\r\nDate: b\r\n\r\n".utf8)
    /// Few lines far longer than what is kept of one, with short ones between; one line; many lines.
    private static let contents: [[UInt8]] = [
        header + line(3_000_000) + line(10) + line(2_000_000) + line(20), line(1_500_000), header + line(1 << 20),
        header + Array((0..<TracedMail.maxLines + 5_000).map { _ in line(3) }.joined()),
    ]

    private static func sentence(_ trace: Trace) -> String? {
        trace.stops.first { $0.place.step == .content }.map { StopSentence.text(of: $0, in: trace) }
    }

    @Test(arguments: contents.indices) func `a mail is whole where somebody writes it`(index: Int) throws {
        let content = Self.contents[index]
        let trace = Tracer.trace(of: Self.events(content), keepsWholeMails: true)
        let mail = try #require(trace.mails.first)
        #expect(mail.content.count == content.count && mail.content == content)
        #expect(!trace.hasCutMail && mail.outcome == .accepted)
    }

    @Test(arguments: contents.indices) func `what is shown of it is its beginning, and the rest is counted`(index: Int)
        throws
    {
        let content = Self.contents[index]
        let trace = Tracer.trace(of: Self.events(content))
        let mail = try #require(trace.mails.first)
        #expect(mail.content.count + mail.octetsLeftOut == content.count)
        #expect(content.starts(with: mail.content))
        #expect(trace.hasCutMail == (mail.content.count < content.count))
        #expect(trace.hasCutMail == (index < 2))
    }

    @Test(arguments: contents.indices, [true, false])
    func `the sentence of its step counts all that was sent`(index: Int, isEnded: Bool) {
        let content = Self.contents[index]
        let trace = Tracer.trace(of: Self.events(content, isEnded: isEnded))
        let count = content.count + (isEnded ? 3 : 0)
        let said = Self.sentence(trace) ?? ""
        #expect(said.contains("The client sends the mail, \(count) octets"), "\(said)")
    }

    @Test func `of a mail with a gap it says the least`() {
        let trace = Tracer.trace(of: Self.events(Self.header, gap: 700))
        let said = Self.sentence(trace) ?? ""
        #expect(said.contains("the mail, at least \(Self.header.count + 3) octets"), "\(said)")
        #expect(trace.mails.first?.hasGap == true)
    }
}
