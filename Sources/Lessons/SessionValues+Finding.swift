import Notation
import SMTP
import Tracing

/// Where the rows of the table find their values.
extension SessionValues.Context {
    /// The mail that the line belongs to; without a line the last one. Nil before any mail data.
    var mail: TracedMail? {
        guard let line else { return trace.mails.last }
        return trace.mail(of: line.place.transaction, on: line.leg)
    }

    /// The path that the line itself names, when it is a command with this verb.
    private func ownPath(_ verb: Verb) -> Path? {
        guard let line, line.content == .command else { return nil }
        let command = Command.read(line.octets).value
        return command.verb == verb ? command.path : nil
    }

    /// What the line says itself comes first. The facts of a session end with its last transaction, so the mail of the
    /// line's own transaction comes next.
    var reversePath: Path? { ownPath(.mail) ?? mail?.reversePath ?? trace.facts.reversePath }

    var forwardPaths: [Path] {
        if let own = ownPath(.rcpt) { return [own] }
        if let paths = mail?.forwardPaths, !paths.isEmpty { return paths }
        return trace.facts.forwardPaths
    }

    /// How many recipients the envelope of the line's transaction has.
    var recipients: Int { mail?.forwardPaths.count ?? trace.facts.forwardPaths.count }

    var ending: WireLine.Ending? { line.flatMap { $0.isWire ? $0.ending : nil } }

    /// Octets on the wire; nil when the length would tell how long a credential is.
    var lineLength: Int? {
        guard let line, line.isWire, line.secrets.isEmpty else { return nil }
        return line.octets.count + line.ending.octets.count
    }

    /// What counts at the line, where a session says it more than once; without a line what counted last.
    private func known<Value>(_ last: Value?, _ course: Course<Value>) -> Value? {
        guard last != nil, let line else { return last }
        return course.value(at: line.index) ?? last
    }

    var clientDomain: [UInt8]? { known(trace.facts.clientDomain, trace.facts.clientDomains) }
    var greeting: [UInt8]? { known(trace.facts.greeting, trace.facts.greetings) }
    var serverAddress: String? { known(trace.facts.serverAddress, trace.facts.serverAddresses) }
    var serverDomain: [UInt8]? {
        guard let line, let domain = trace.facts.serverDomains.value(at: line.index) else {
            return trace.facts.serverDomain
        }
        return domain
    }

    /// What the server offers where the line stands: before TLS and after it are two answers.
    var hello: Hello {
        if let early = trace.facts.helloInClear, let line, line.index < early.until { return early.hello }
        return trace.facts.hello
    }

    /// What the part under the cursor says in base64, when it says anything; never a credential.
    var decoded: [UInt8]? {
        guard !isSecret, let span, span.kind == .challenge || span.kind == .response || span.kind == .initialResponse,
            let octets = spanOctets, let decoded = Base64.decode(octets), !decoded.isEmpty
        else { return nil }
        return decoded
    }

    var spanLength: Int? { isSecret ? nil : span?.range.count }

    var spanOctets: [UInt8]? {
        guard let line, let span else { return nil }
        let octets = line.octets + line.ending.octets
        return Array(octets[span.range.clamped(to: octets.indices)])
    }

    private var isSecret: Bool {
        guard let line, let span else { return false }
        return span.kind == .secret || line.secrets.contains { $0.overlaps(span.range) }
    }
}

extension Path {
    /// The path without its angle brackets; the null path with them, since nothing else would be left.
    var shownOctets: [UInt8] {
        switch self {
        case .null: Array("<>".utf8)
        case .postmaster: Array("Postmaster".utf8)
        case .mailbox(let mailbox): mailbox.octets
        case .malformed(let octets): octets
        }
    }
}

extension SessionValues {
    /// `127.0.0.1:25` out of `mx1.receiver.example [127.0.0.1]:25`; any other text as it is.
    static func addressAndPort(_ text: String) -> String {
        guard let open = text.lastIndex(of: "["), let close = text.lastIndex(of: "]"), open < close else { return text }
        let address = text[text.index(after: open)..<close]
        let port = text[text.index(after: close)...]
        guard open > text.startIndex, !address.isEmpty else { return text }
        return address.contains(":") ? "[\(address)]\(port)" : "\(address)\(port)"
    }

    /// A size as people say it: `100 MiB`, `9.8 MiB`, `512 octets`.
    public static func readable(octets: UInt64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var unit: UInt64 = 1
        var name = ""
        for next in units where octets / unit >= 1024 {
            unit *= 1024
            name = next
        }
        guard !name.isEmpty else { return "\(octets) octets" }
        // Rounded down: a limit must not look larger than it is.
        let tenths = octets % unit * 10 / unit
        return tenths == 0 ? "\(octets / unit) \(name)" : "\(octets / unit).\(tenths) \(name)"
    }
}
