import SMTP
public import Tracing

/// A session in the notation of swaks, which people paste into mails and tickets: `===` what happened, ` ->` and `<-` what
/// was said, `~` for a tilde inside TLS, `**` for a reply that refuses, `***` for trouble.
///
/// What swaks itself does not print is left out: DNS and remarks. Unlike swaks it shows octets that would do something on
/// a screen as `\xHH`, and prints no CR at the ends of mail data.
public enum SwaksExport {
    /// One line a line, each with its line feed.
    public static func text(_ trace: Trace) -> String {
        var isInTLS = false
        var endpoint = ""
        var isStanding = false
        var lines: [String] = []
        for line in trace.lines where line.leg != .lookup {
            let shown = WireText.shown(line.octets)
            guard case .event(let anchor) = line.content else {
                lines.append(line.isWire ? mark(line, isInTLS) + shown : "=== " + shown)
                continue
            }
            switch anchor.path {
            case "link/connect":
                endpoint = swaksEndpoint(shown.dropping(prefix: "connecting to "))
                (isInTLS, isStanding) = (false, false)
                lines.append("=== Trying \(endpoint)...")
            case "link/connected":
                let reached = swaksEndpoint(shown.dropping(prefix: "connected to "))
                isStanding = true
                lines.append("=== Connected to \(host(of: reached)).")
            case "tls/handshake":
                isInTLS = true
                lines.append("=== TLS started with cipher \(shown)")
            case "link/error":
                if isStanding {
                    lines.append("*** \(shown)")
                } else {
                    lines += ["*** Error connecting to \(endpoint):", "*** \(shown)"]
                }
            case "link/close": lines.append("=== Connection closed with remote host.")
            case "link/closed-by-server":
                let isUnexpected = line.findings.contains { $0.kind == .closedWithout421 }
                lines.append(
                    isUnexpected
                        ? "*** Remote host closed connection unexpectedly." : "=== Connection closed with remote host."
                )
            default: break
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The transaction hint, four columns wide as swaks has it.
    private static func mark(_ line: TraceLine, _ isInTLS: Bool) -> String {
        guard line.speaker == .server else { return isInTLS ? " ~> " : " -> " }
        let isRefusal = line.replyCode.map { $0 >= 400 } ?? true
        switch (isInTLS, isRefusal) {
        case (false, false): return "<-  "
        case (false, true): return "<** "
        case (true, false): return "<~  "
        case (true, true): return "<~* "
        }
    }

    /// `mx.example:25` of `mx.example [192.0.2.1]:25`, as swaks says whom it tries.
    private static func swaksEndpoint(_ endpoint: String) -> String {
        guard let open = endpoint.firstRange(of: " ["), let close = endpoint.lastIndex(of: "]") else { return endpoint }
        return String(endpoint[..<open.lowerBound] + endpoint[endpoint.index(after: close)...])
    }

    private static func host(of endpoint: String) -> String {
        guard let colon = endpoint.lastIndex(of: ":"), endpoint[endpoint.index(after: colon)...].allSatisfy(\.isNumber)
        else { return endpoint }
        return String(endpoint[..<colon])
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
