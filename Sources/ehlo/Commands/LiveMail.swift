import Glibc
import Interchange
import Networking
import SMTP

/// The mail of a live session: a whole one that was given, or one written from its parts.
struct LiveMail {
    var sender: String
    var recipients: [String]
    var subject: String?
    var body: [UInt8]?
    var data: [UInt8]?
    /// As `Name: text`.
    var headers: [String]

    /// The header, an empty line, the body; nil when the mail that comes with the program will do.
    func content() throws -> [UInt8]? {
        if let data { return try adding(headers, to: DotStuffing.lines(of: data, keepingCR: true)) }
        guard subject != nil || body != nil || !headers.isEmpty else { return nil }
        do {
            let written = try MailContent.write(
                from: ReversePath(sender),
                to: recipients.map { text throws(MailboxError) in try ForwardPath(text) },
                subject: subject ?? MailContent.defaultSubject,
                date: .now(),
                messageID: messageID,
                body: body ?? MailContent.defaultBody
            )
            return try adding(headers, to: DotStuffing.lines(of: written))
        } catch let error as MailboxError {
            throw CommandError(.usage, "the sender or a recipient cannot be used: \(error); see 'ehlo live --help'")
        } catch let error as ContentError {
            throw CommandError(.usage, "--subject: \(error); see 'ehlo live --help'")
        }
    }

    /// Nothing but what makes it one of a kind.
    private var messageID: String {
        let domain = sender.split(separator: "@").dropFirst().first.map {
            $0.filter { $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }
        }
        return "<\(String(UInt64.random(in: 0 ... .max), radix: 36)).\(time(nil))@\(domain ?? "localhost")>"
    }

    /// Header fields in the places of those with the same name, the others behind the header.
    private func adding(_ headers: [String], to lines: [[UInt8]]) throws(CommandError) -> [UInt8] {
        var lines = lines
        for header in headers {
            guard let name = Self.name(of: Array(header.utf8)) else {
                throw CommandError(.usage, "--header: '\(header)' is no header field; write it as 'Name: text'")
            }
            let end = lines.firstIndex(of: []) ?? lines.count
            guard let first = lines[..<end].firstIndex(where: { Self.name(of: $0) == name }) else {
                lines.insert(Array(header.utf8), at: end)
                continue
            }
            // With the lines it was folded into.
            let folds = lines[(first + 1)..<end].prefix { $0.first == 32 || $0.first == 9 }
            lines.replaceSubrange(first..<(first + 1 + folds.count), with: [Array(header.utf8)])
        }
        return Array(lines.map { $0 + [13, 10] }.joined())
    }

    /// The field name in lower case, printable ASCII without a colon (RFC 5322 §3.6.8).
    private static func name(of line: [UInt8]) -> [UInt8]? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let name = line[..<colon]
        guard name.allSatisfy({ (33...126).contains($0) }) else { return nil }
        return name.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
    }

    /// The person at this machine, when nobody is named.
    static var defaultSender: String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let host = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let user = getenv("USER").map { String(cString: $0) } ?? "postmaster"
        let sender = "\(user)@\(host)"
        return (try? ReversePath(sender)) == nil ? "postmaster@localhost" : sender
    }
}
