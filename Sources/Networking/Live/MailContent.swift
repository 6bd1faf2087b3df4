import Notation
import SMTP

/// Writes a mail as a mail program does: header, empty line, body, every line ended by CRLF (RFC 5322 §2.1).
public enum MailContent {
    /// The mail that is sent when nobody gave another. One line begins with a dot, so that transparency can be seen.
    public static let defaultSubject = "Fourteen steps"
    public static let defaultBody = Array(
        """
        Hello,
        this mail was walked to you one step at a time.
        .A line that begins with a dot gets a second one on the way.
        Did it arrive with one?

        """.utf8
    )

    /// A whole mail. Without `messageID`, which has its angle brackets, the submission server adds one (RFC 6409 §8.3).
    ///
    /// `author` is what the From field says, nil for the sender. Line ends in `body` may be CRLF, LF or CR. Throws when a line break
    /// stands in the subject.
    public static func write(
        from sender: ReversePath,
        author: String? = nil,
        to recipients: [ForwardPath],
        copies: [ForwardPath] = [],
        subject: String,
        date: MailDate,
        messageID: String? = nil,
        body: [UInt8]
    ) throws(ContentError) -> [UInt8] {
        if subject.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) { throw .lineBreakInSubject }
        var from = author.map { Array($0.utf8) } ?? sender.octets
        if case .null = sender, author == nil { from = Array("<postmaster@localhost>".utf8) }
        var content = Array("From: ".utf8) + from + [13, 10]
        content += addresses("To", recipients) + (copies.isEmpty ? [] : addresses("Cc", copies))
        content += Array("Subject: ".utf8) + encoded(subject) + Array("\r\nDate: \(date)\r\n".utf8)
        if let messageID { content += Array("Message-ID: \(messageID)\r\n".utf8) }
        if body.contains(where: { $0 >= 0x80 }) {
            content += Array(
                """
                MIME-Version: 1.0\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: 8bit\r\n
                """.utf8
            )
        }
        content += [13, 10]
        for line in DotStuffing.lines(of: body) { content += line + [13, 10] }
        return content
    }

    /// A field that names people, each on a line of its own (RFC 5322 §2.2.3).
    private static func addresses(_ name: String, _ paths: [ForwardPath]) -> [UInt8] {
        let list = paths.map(\.octets).joined(separator: Array(",\r\n ".utf8))
        return Array("\(name): ".utf8) + list + [13, 10]
    }

    /// The subject as it is when it is ASCII, else as encoded words of at most 75 octets each, folded (RFC 2047 §2).
    private static func encoded(_ subject: String) -> [UInt8] {
        guard subject.utf8.contains(where: { $0 >= 0x80 }) else { return Array(subject.utf8) }
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for character in subject.unicodeScalars {
            let octets = UTF8.encode(character).map(Array.init) ?? []
            let quoted = octets.flatMap(quotedPrintable)
            // `=?utf-8?q?` and `?=` take 12 of the 75.
            if word.count + quoted.count > 63 {
                words.append(word)
                word = []
            }
            word += quoted
        }
        words.append(word)
        return Array(words.map { Array("=?utf-8?q?".utf8) + $0 + Array("?=".utf8) }.joined(separator: [13, 10, 32]))
    }

    /// One octet in the Q encoding (RFC 2047 §4.2).
    private static func quotedPrintable(_ octet: UInt8) -> [UInt8] {
        switch octet {
        case 32: return [UInt8(ascii: "_")]
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return [octet]
        default:
            return [UInt8(ascii: "=")] + octet.hex(2, uppercase: true).utf8
        }
    }
}

/// Why a mail cannot be written.
public enum ContentError: Error, Hashable, CustomStringConvertible {
    case lineBreakInSubject

    public var description: String {
        switch self {
        case .lineBreakInSubject: "the subject holds a line break or a NUL, and a header field is one line"
        }
    }
}
