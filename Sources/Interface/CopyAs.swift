import SMTP
public import Tracing

/// A session as a command of another program, THE table of those programs: what was done here can be done there.
///
/// Everything from the wire goes through one quoting, so that a shell makes words of it and nothing else (RFC 5321 says
/// nothing of what a domain or a text may do to a shell). And no word from the wire may be an option of the program:
///
/// | program | a value that begins with a hyphen |
/// |---|---|
/// | swaks | is an option, behind a space and behind `=` alike: there is no command then, but a sentence |
/// | curl | is a value: it always takes the next word |
/// | openssl, telnet | have only the host from the wire, which begins with a letter, a digit or a bracket |
public enum CopyAs: String, CaseIterable, Sendable {
    case swaks, curl, openssl, telnet

    /// As they are typed.
    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// By its name or the beginning of it.
    public init?(typing text: String) {
        let word = text.lowercased().filter { !$0.isWhitespace }
        guard !word.isEmpty, let form = Self.allCases.first(where: { $0.rawValue.hasPrefix(word) }) else { return nil }
        self = form
    }

    /// The session with the recipient's server so far, a line or several, each ended.
    public func text(of trace: Trace) -> String {
        let session = CopiedSession(trace)
        guard let host = session.host else { return "# no connection was made yet\n" }
        guard Self.isHost(host.name) else {
            return
                "# the server's address, '\(WireText.shown(host.name.utf8))', is none that a program can connect to\n"
        }
        switch self {
        case .swaks: return session.swaks(host)
        case .curl: return session.curl(host)
        case .openssl: return session.openssl(host)
        case .telnet: return session.telnet(host)
        }
    }

    /// Whether swaks would take a word behind an option for the option's value. It takes none that begins with a hyphen, and
    /// `--option=-value` is no way round: it parts the two and reads the second as a word of its own.
    public static func isValueOfSwaks(_ octets: some Sequence<UInt8>) -> Bool {
        octets.first { _ in true } != UInt8(ascii: "-")
    }

    /// A domain or the address of an address literal (RFC 5321 §4.1.2, §4.1.3), underscores allowed: no program takes it
    /// for an option, a pattern or a part of a URL that it is not.
    private static func isHost(_ name: String) -> Bool {
        name.first != "-" && !name.isEmpty
            && name.utf8.allSatisfy { octet in
                switch octet {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._:".utf8.contains(octet)
                }
            }
    }

    /// One word of a POSIX shell, or of bash where octets need `$'…'`.
    public static func quoted(_ octets: some Sequence<UInt8>) -> String {
        let octets = Array(octets)
        let text = WireText.shown(octets)
        let isPlain = Array(text.utf8) == octets
        if isPlain, !octets.isEmpty, octets.allSatisfy({ safe.contains($0) }) { return text }
        if isPlain { return "'" + text.replacing("'", with: "'\\''") + "'" }
        var word = "$'"
        for octet in octets {
            switch octet {
            case UInt8(ascii: "'"), UInt8(ascii: "\\"): word += "\\" + String(UnicodeScalar(octet))
            case 32...126: word += String(UnicodeScalar(octet))
            default: word += "\\x" + (octet < 16 ? "0" : "") + String(octet, radix: 16)
            }
        }
        return word + "'"
    }

    private static let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.,:=/+-_[]".utf8)
}

/// What of a trace other programs need to know: the last connection to the recipient's server.
private struct CopiedSession {
    let trace: Trace
    /// What the client said on it, without line ends.
    let said: [TraceLine]
    let commands: [Command]
    let mail: TracedMail?
    let encryption: Encryption

    enum Encryption { case none, startTLS, onConnect }

    init(_ trace: Trace) {
        self.trace = trace
        let relay = trace.lines.filter { $0.leg == .relay }
        let start = relay.lastIndex { $0.endpoint != nil } ?? 0
        let connection = relay[min(start, relay.count)...]
        said = connection.filter { line in
            // What TLS says is for the other program's own TLS to say.
            if case .tls = line.content { return false }
            return line.isWire && line.speaker == .client
        }
        commands = said.compactMap { if case .command = $0.content { Command.read($0.octets).value } else { nil } }
        let isSecured = connection.contains { $0.content == .event(LessonAnchor("tls/handshake")) }
        let saidStartTLS = commands.contains { $0.verb == .startTLS }
        encryption = saidStartTLS ? .startTLS : isSecured ? .onConnect : .none
        let hasContent = commands.contains { [.data, .bdat].contains($0.verb) }
        mail = hasContent ? trace.mails.last { $0.leg == .relay && !$0.content.isEmpty } : nil
    }

    /// Address and port, from `mx1.receiver.example [127.0.0.1]:25`.
    var host: (name: String, port: String)? {
        guard let address = trace.facts.serverAddress, let colon = address.lastIndex(of: ":") else { return nil }
        let port = String(address[address.index(after: colon)...])
        var name = address[..<colon]
        if let open = name.lastIndex(of: "["), name.last == "]" {
            name = name[name.index(after: open)...].dropLast()
            if name.lowercased().hasPrefix("ipv6:") { name = name.dropFirst(5) }
        }
        guard !port.isEmpty, port.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return (String(name), port)
    }

    // MARK: swaks

    func swaks(_ host: (name: String, port: String)) -> String {
        var words = ["swaks", "--server", CopyAs.quoted(host.name.utf8), "--port", host.port]
        var values: [(option: String, octets: [UInt8])] = []
        if let hello = commands.first(where: { $0.turn == .hello }), case .domain(let name) = hello.argument {
            values.append(("--helo", Array(name)))
            if hello.verb == .lhlo { words += ["--protocol", "LMTP"] }
            if hello.verb == .helo { words += ["--protocol", "SMTP"] }
        }
        switch encryption {
        case .none: break
        case .startTLS: words.append("--tls")
        case .onConnect: words.append("--tls-on-connect")
        }
        if let path = commands.last(where: { $0.turn == .mail })?.path {
            values.append(("--from", Self.bracketed(plain(path))))
        }
        if !recipients.isEmpty {
            values.append(("--to", Array(recipients.map(Self.bracketed).joined(separator: ",".utf8))))
        }
        if let wrong = values.first(where: { !CopyAs.isValueOfSwaks($0.octets) }) {
            return
                "# swaks would take \(WireText.shown(wrong.octets)), the value of \(wrong.option), for an option of its own; "
                + "\(encryption == .none ? "telnet" : "openssl") can say what was said\n"
        }
        words += values.flatMap { [$0.option, CopyAs.quoted($0.octets)] }
        if let stop { words += ["--quit-after", stop] }
        guard mail != nil else { return words.joined(separator: " ") + "\n" }
        return "\(printedMail) | \(words.joined(separator: " ")) --data -\n"
    }

    /// No path as `<>`: of an empty word swaks makes a question.
    private static func bracketed(_ path: [UInt8]) -> [UInt8] { path.isEmpty ? Array("<>".utf8) : path }

    /// Where swaks must stop to do no more than what was done; nil when all of it was done.
    private var stop: String? {
        if mail != nil { return nil }
        switch commands.last(where: { [.hello, .mail, .rcpt].contains($0.turn) })?.turn {
        case .rcpt: return "RCPT"
        case .mail: return "MAIL"
        case .hello: return "EHLO"
        default: return "CONNECT"
        }
    }

    private var recipients: [[UInt8]] {
        let last = commands.lastIndex { $0.turn == .mail } ?? 0
        return commands[min(last, commands.count)...].filter { $0.turn == .rcpt }.compactMap(\.path).map(plain)
    }

    /// The address without brackets.
    private func plain(_ path: Path) -> [UInt8] {
        switch path {
        case .null: []
        case .postmaster: Array("postmaster".utf8)
        case .mailbox(let mailbox): mailbox.octets
        case .malformed(let octets): octets
        }
    }

    /// A command that prints the content, line for line.
    private var printedMail: String {
        let lines = DotStuffing.lines(of: mail?.content ?? []).map { CopyAs.quoted($0) }
        return "printf '%s\\n' \(lines.joined(separator: " "))"
    }

    // MARK: curl

    func curl(_ host: (name: String, port: String)) -> String {
        guard mail != nil else {
            return "# curl sends a mail as a whole or not at all, and this session has not sent one\n"
        }
        let name = trace.facts.clientDomain.map { "/" + String(decoding: $0.filter(Self.isURL), as: UTF8.self) } ?? ""
        let address = host.name.contains(":") ? "[\(host.name)]" : host.name
        let scheme = encryption == .onConnect ? "smtps" : "smtp"
        var words = ["curl", "--crlf", CopyAs.quoted("\(scheme)://\(address):\(host.port)\(name)".utf8)]
        if encryption == .startTLS { words.append("--ssl-reqd") }
        if let path = commands.last(where: { $0.turn == .mail })?.path {
            words += ["--mail-from", CopyAs.quoted(plain(path))]
        }
        for recipient in recipients { words += ["--mail-rcpt", CopyAs.quoted(recipient)] }
        return "\(printedMail) | \(words.joined(separator: " ")) --upload-file -\n"
    }

    private static func isURL(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    // MARK: By hand

    func telnet(_ host: (name: String, port: String)) -> String {
        guard encryption == .none else {
            return "# telnet knows no TLS, and this session went into it; openssl does\n"
        }
        // telnet makes CR LF of a LF, and CR NUL of a CR (RFC 854). With -E no octet leads to its own commands.
        return "\(typing(said, ending: "\\n")) | telnet -E \(CopyAs.quoted(host.name.utf8)) \(host.port)\n"
    }

    /// openssl says EHLO and STARTTLS by itself, where TLS does not come first.
    func openssl(_ host: (name: String, port: String)) -> String {
        let address = host.name.contains(":") ? "[\(host.name)]" : host.name
        var lines = said
        if let start = said.lastIndex(where: { Command.read($0.octets).value.verb == .startTLS }) {
            lines = Array(said[(start + 1)...])
        }
        let start = encryption == .onConnect ? "" : "-starttls smtp "
        let words = "openssl s_client -quiet \(start)-connect \(CopyAs.quoted("\(address):\(host.port)".utf8))"
        return "\(typing(lines, ending: "\\r\\n")) | \(words)\n"
    }

    /// Commands with a pause before each, as a person has; mail data goes at once.
    private func typing(_ lines: [TraceLine], ending: String) -> String {
        var parts: [String] = []
        var group: [String] = []
        let flush = { (parts: inout [String], group: inout [String]) in
            if !group.isEmpty { parts.append("printf '%s\(ending)' \(group.joined(separator: " "))") }
            group = []
        }
        for line in lines {
            if case .command = line.content {
                flush(&parts, &group)
                parts.append("sleep 1")
            } else if group.isEmpty {
                parts.append("sleep 1")
            }
            group.append(CopyAs.quoted(line.octets))
            if case .command = line.content { flush(&parts, &group) }
        }
        flush(&parts, &group)
        return "(\((parts + ["sleep 1"]).joined(separator: "; ")))"
    }
}
