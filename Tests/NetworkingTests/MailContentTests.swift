import SMTP
import Testing

@testable import Networking

struct MailContentTests {
    @Test(arguments: [
        (0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"),
        (1_795_478_400, 0, "Tue, 24 Nov 2026 00:00:00 +0000"),
        (1_795_478_400, -210, "Mon, 23 Nov 2026 20:30:00 -0330"),
        (1_709_164_799, 60, "Thu, 29 Feb 2024 00:59:59 +0100"),  // the zone leads into the leap day
    ])
    func `a date is written in its zone`(seconds: Int, zone: Int, text: String) {
        #expect(MailDate(seconds: seconds, zone: zone).description == text)
    }

    private func header(_ subject: String) throws -> String {
        let content = try MailContent.write(
            from: .null,
            to: [.postmaster],
            subject: subject,
            date: MailDate(seconds: 0),
            body: []
        )
        return String(decoding: content, as: UTF8.self)
    }

    @Test func `a long subject beyond ASCII is folded into words of 75 octets at most`() throws {
        let lines = try header(String(repeating: "ü", count: 100)).split(separator: "\r\n")
        let words = lines.filter { $0.contains("=?utf-8?q?") }.map { $0.split(separator: " ").last ?? "" }
        #expect(words.count > 1)
        #expect(words.allSatisfy { $0.utf8.count <= 75 && $0.hasSuffix("?=") })
        // No character is torn apart between two words.
        #expect(words.allSatisfy { $0.dropFirst(10).dropLast(2).utf8.count % 6 == 0 })
    }

    @Test(arguments: ["a\r\nBcc: x", "a\nb", "a\rb", "a\0b"])
    func `a subject that would be more than one line is refused`(subject: String) {
        #expect(throws: ContentError.lineBreakInSubject) { try header(subject) }
    }

    @Test(arguments: [
        ("Message-ID: <a@b>\r\n\r\n", true),
        ("MESSAGE-id : <a@b>\r\n\r\n", true),
        ("X-Message-ID: <a@b>\r\n\r\n", false),
        ("Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", false),  // in the body it is text
        ("Message-ID\r\n\r\n", false),
    ])
    func `a field is found in the header only`(content: String, isThere: Bool) {
        #expect(HeaderField.fields(of: Array(content.utf8)).contains { $0.isNamed("Message-ID") } == isThere)
    }
}
