import Foundation
import Interchange
import SMTP
import Tracing

/// The logs of other programs, and what each leaves out of the session it tells.
enum TranscriptFixtures {
    /// What a format, or a setting of its program, does not show.
    enum Omission {
        /// The mail data, perhaps with its dot.
        case content
        /// AUTH and all that answers it.
        case auth
        /// QUIT, or its answer.
        case quit
        case client, server
        /// Pipelined commands stand together, so the order between the two sides differs.
        case order
    }

    /// Every pair of a log and a recording, and what the log leaves out.
    static let pairs: [(name: String, omissions: [Omission])] = [
        ("curl", [.content, .quit]), ("curl-auth", [.content, .quit]), ("curl-tls", [.content, .quit]),
        ("exim-client", [.content, .order]), ("exim-client-v", [.content, .order]), ("exim-server", [.content]),
        ("go", []),
        ("javamail-jakarta", [.auth]), ("javamail-javax", [.auth]), ("msmtp", [.order]), ("nc", []), ("nodemailer", []),
        ("nodemailer-json", []), ("openssl-quiet", []), ("openssl-renegotiating", []), ("openssl-wrapped", []),
        ("opensmtpd", []),
        ("phpmailer-1", [.server, .auth]), ("phpmailer-2", []), ("phpmailer-3", []), ("phpmailer-4", []),
        ("phpmailer-error-log", []), ("phpmailer-html", []), ("postfix-smtp", [.content, .order, .quit]),
        ("postfix-smtpd", [.content]), ("ruby", [.content]), ("sendmail", [.content, .order]), ("smtplib-1", []),
        ("smtplib-2", []), ("smtplib-tls", []), ("swaks", []), ("swaks-auth", []), ("swaks-hide-receive", [.server]),
        ("swaks-hide-send", [.client]), ("swaks-login", []), ("swaks-no-hints", []), ("swaks-no-info-hints", []),
        ("swaks-refused", []), ("swaks-suppress", [.content]), ("swaks-tls", []), ("telnet", []), ("telnet-80", []),
    ]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Transcripts"
    )

    static func octets(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func sessions(_ name: String) throws -> [Recording] {
        try SessionFile.read(octets(name), path: name).sessions.map { $0 }
    }

    /// The one session of a file.
    static func recording(_ name: String) throws -> Recording {
        guard let first = try sessions(name).first else { throw FileError(.wrongData, name) }
        return first
    }

    /// What of a trace a log with these omissions can tell: side, step, transaction, octets, findings of each line of the wire.
    static func told(_ trace: Trace, _ omissions: [Omission]) -> [String] {
        let lines = trace.lines.filter { line in
            line.isWire && line.speaker != .note && !omissions.contains { $0.hides(line) }
        }
        let words = lines.map { line in
            let findings = line.findings.map(\.id).joined(separator: ",")
            // Sub-steps are counted, and what is left out is not.
            // Replies to nobody stand where the session is, and nothing is said against them.
            if omissions.contains(.client) { return WireText.shown(line.octets) }
            let place = omissions.isEmpty ? line.place.label : "\(line.place.step.number)"
            return "\(line.speaker.rawValue.first.map(String.init) ?? "") \(place)/\(line.place.transaction) "
                + "\(WireText.shown(line.octets)) \(line.replyCode ?? 0) [\(findings)]"
        }
        return omissions.contains(.order) ? words.sorted() : words
    }
}

extension TranscriptFixtures.Omission {
    fileprivate func hides(_ line: TraceLine) -> Bool {
        switch self {
        case .content: if case .mailData = line.content { true } else { false }
        case .auth: isAuth(line)
        case .quit: line.verbName == "QUIT" || answers(line, .quit)
        case .client: line.speaker == .client
        case .server: line.speaker == .server
        case .order: false
        }
    }

    private func isAuth(_ line: TraceLine) -> Bool {
        if case .saslResponse = line.content { return true }
        return line.verbName == "AUTH" || answers(line, .auth) || answers(line, .saslResponse)
    }

    private func answers(_ line: TraceLine, _ turn: CommandSequence.Turn) -> Bool {
        if case .reply(let context) = line.content { context.turn == turn } else { false }
    }
}
