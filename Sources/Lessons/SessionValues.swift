import SMTP
public import Tracing

/// The values of a session that lessons may use as `{{name}}`, THE table.
public enum SessionValues {
    /// What is looked at: a session, and the line and the part of it under the cursor.
    public struct Context: Sendable {
        public let trace: Trace
        public let line: TraceLine?
        public let span: WireSpan?

        public init(_ trace: Trace, line: TraceLine? = nil, span: WireSpan? = nil) {
            self.trace = trace
            self.line = line
            self.span = span
        }
    }

    /// One name.
    public struct Row: Sendable {
        /// As it stands in the braces.
        public let name: String
        public let meaning: String
        /// What is said instead when a session does not know it.
        public let fallback: String
        let find: @Sendable (Context) -> Found?

        init(_ name: String, _ meaning: String, else fallback: String, _ find: @escaping @Sendable (Context) -> Found?)
        {
            self.name = name
            self.meaning = meaning
            self.fallback = fallback
            self.find = find
        }

        /// The value as text that can be shown, at most `maxCharacters` and an ellipsis long; nil when it is not known.
        public func value(_ context: Context) -> String? {
            find(context).flatMap { $0.shown.isEmpty ? nil : $0.shown }
        }
    }

    /// Longer values are cut.
    public static let maxCharacters = 200

    /// A value before it is shown.
    enum Found {
        case octets([UInt8])
        case number(UInt64)
        case text(String)

        var shown: String {
            switch self {
            // Four octets a character at most, so cutting the octets first changes nothing but the time it takes.
            case .octets(let octets): SessionValues.cut(WireText.shown(octets.prefix(4 * maxCharacters + 4)))
            case .number(let number): String(number)
            case .text(let text): SessionValues.cut(WireText.shown(text.utf8.prefix(4 * maxCharacters + 4)))
            }
        }

        static func count(_ count: Int) -> Found { .number(UInt64(max(0, count))) }
    }

    static func cut(_ text: String) -> String {
        guard text.unicodeScalars.count > maxCharacters else { return text }
        return String(text.unicodeScalars.prefix(maxCharacters)) + "…"
    }

    public static let all: [Row] = [
        Row("client.domain", "the argument of EHLO", else: "the client") {
            $0.clientDomain.map(Found.octets)
        },
        Row("client.address", "the client's IP address", else: "the client's address") { _ in nil },
        Row("server.domain", "the name in the greeting", else: "the server") {
            $0.serverDomain.map(Found.octets)
        },
        Row("server.address", "IP address and port", else: "the server's address") {
            $0.serverAddress.map { .text(addressAndPort($0)) }
        },
        Row("server.greeting", "the text of the greeting", else: "the greeting") {
            $0.greeting.map(Found.octets)
        },
        Row("sender", "the reverse-path's mailbox", else: "the sender") {
            $0.reversePath.map { .octets($0.shownOctets) }
        },
        Row("sender.domain", "the domain of the reverse-path", else: "the sender's domain") {
            $0.reversePath?.mailbox.map { .octets($0.domain) }
        },
        Row("recipient", "the first forward-path's mailbox", else: "the recipient") {
            $0.forwardPaths.first.map { .octets($0.shownOctets) }
        },
        Row("recipient.domain", "the domain of the first forward-path", else: "the recipient's domain") {
            $0.forwardPaths.first?.mailbox.map { .octets($0.domain) }
        },
        Row("recipients.count", "recipients in this transaction", else: "several") { known($0.recipients) },
        Row("exchanger", "the chosen mail exchanger", else: "the mail exchanger") {
            $0.trace.facts.chosen.map { .text($0.exchange) }
        },
        Row("exchanger.preference", "its preference", else: "of its own") {
            $0.trace.facts.chosen.map { .number(UInt64($0.preference)) }
        },
        Row("exchanger.ttl", "how long the answer may be kept, in seconds", else: "some") {
            $0.trace.facts.chosen.map { .number(UInt64($0.ttl)) }
        },
        Row("exchangers.count", "exchangers in the answer", else: "several") { known($0.trace.facts.exchangers.count) },
        Row("extensions.count", "how many extensions the server offered", else: "several") {
            known($0.hello.offered.count)
        },
        Row("extensions.list", "the extensions the server offered", else: "its extensions") {
            .octets(Array($0.hello.offered.prefix(100).map(\.octets).joined(separator: Array(", ".utf8))))
        },
        Row("size.limit", "the limit the server set, in octets", else: "a limited number of") {
            $0.hello.sizeLimit.map(Found.number)
        },
        Row("size.limit.readable", "the same as `100 MiB`", else: "the server's limit") {
            $0.hello.sizeLimit.map { .text(readable(octets: $0)) }
        },
        Row("message.octets", "the size of the mail data", else: "many") {
            $0.mail.map { .count($0.content.count + $0.octetsLeftOut) }
        },
        Row("message.lines", "lines of the mail data", else: "many") { $0.mail.map { .count($0.lineCount) } },
        Row("message.stuffed", "lines that got one more dot", else: "some") { $0.mail.map { .count($0.stuffedLines) } },
        Row("acceptance.text", "the text of the reply after the dot", else: "its text") {
            $0.trace.facts.acceptance.map(Found.octets)
        },
        Row("line.text", "the line under the cursor", else: "this line") { $0.line.map { .octets($0.octets) } },
        Row("line.octets", "how many octets it has, its end included", else: "many") { $0.lineLength.map(Found.count) },
        Row("line.code", "its reply code", else: "the reply code") {
            $0.line?.replyCode.map { .text(threeDigits($0)) }
        },
        Row("line.enhanced", "its enhanced status code", else: "the enhanced status code") {
            $0.line?.enhanced.map { .text($0.description) }
        },
        Row("span.text", "the part of the line under the cursor", else: "this part") {
            $0.spanOctets.map(Found.octets)
        },
        Row("span.octets", "how many octets it has", else: "some") { $0.spanLength.map(Found.count) },
        Row("span.decoded", "what it says in base64", else: "what it says") { $0.decoded.map(Found.octets) },
        Row("tls.version", "the version of TLS that was agreed on", else: "TLS") {
            $0.trace.facts.tls?.version.map(Found.text)
        },
        Row("tls.cipher", "the cipher suite that was agreed on", else: "a cipher suite") {
            $0.trace.facts.tls?.cipher.map(Found.text)
        },
        Row("tls.servername", "the server name the client asked for", else: "a name") {
            $0.trace.facts.tls?.serverName.map(Found.text)
        },
        Row("step.number", "the step of the line", else: "this step") { $0.line.map { .count($0.place.step.number) } },
        Row("transaction.number", "which mail transaction", else: "this") { known($0.line?.place.transaction ?? 0) },
        Row("ending.name", "how the line ends", else: "CRLF") { $0.ending.map { .text($0.rawValue) } },
    ]

    static let indices = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) })

    /// The row of a name; nil when no lesson may use it.
    public static func named(_ name: String) -> Row? { indices[name].map { all[$0] } }

    /// A count that means nothing when it is 0.
    private static func known(_ count: Int) -> Found? { count > 0 ? .count(count) : nil }

    private static func threeDigits(_ code: UInt16) -> String {
        String(repeating: "0", count: max(0, 3 - String(code).count)) + String(code)
    }
}
