import SMTP
import Tracing

/// Dialects in which a word of the program's own names the command that a reply answers.
extension Dialect {
    /// CodeIgniter's `print_debugger()`: `hello: 250-mx.example` and the reply's other lines below, `from: 250 2.1.0 Ok`. The greeting,
    /// the answer to the mail and what was refused within a login have no such word.
    ///
    /// Of a command the verb alone is told. Its `hello` is EHLO or HELO: an answer of several lines tells.
    @Sendable static func codeIgniter(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        if let colon = text.prefix(10).firstIndex(of: 58), let reply = text[(colon + 1)...].after(" "),
            case .reply(_, let continues) = LineShape(reply), let verb = verb(text[..<colon], continues)
        {
            return Peeled(verb.isEmpty ? .said(.server, reply) : .turn(verb, reply))
        }
        // `Failed to authenticate password. Error: 535 5.7.8 …`.
        if text.starts(with: "Failed to ".utf8), let found = text.firstRange(of: Array("Error: ".utf8)),
            LineShape(text[found.upperBound...]).side == .server
        {
            return Peeled(.said(.server, text[found.upperBound...]))
        }
        return LineShape(line).side == .server && line.first != 32 ? Peeled(.said(.server, line)) : nil
    }

    /// The command that a word of CodeIgniter stands for, empty where it may be one of two; nil for another word.
    private static func verb(_ word: ArraySlice<UInt8>, _ continues: Bool) -> ArraySlice<UInt8>? {
        let verb: Verb
        switch word.text {
        case "hello":
            guard continues else { return [] }
            verb = .ehlo
        case "starttls": verb = .startTLS
        case "from": verb = .mail
        case "to": verb = .rcpt
        case "data": verb = .data
        case "reset": verb = .rset
        case "quit": verb = .quit
        default: return nil
        }
        return Array(verb.rawValue.utf8)[...]
    }
}
