import SMTP
public import Tracing

/// A session in the notation of swaks, which people paste into mails and tickets: `===` what happened, ` ->` and `<-` what
/// was said, `~` for a tilde inside TLS, `**` for a reply that refuses, `***` for trouble.
///
/// What swaks itself does not print is left out: DNS and remarks. Unlike swaks it shows octets that would do something on
/// a screen as `\xHH`, though not a tab, and prints no CR at the ends of mail data.
public enum SwaksExport {
    /// One line a line, each with its line feed.
    public static func text(_ trace: Trace) -> String {
        var isInTLS = false
        var endpoint = ""
        var isStanding = false
        var lines: [String] = []
        // Records of a handshake are no lines; what it came to is told in one.
        for line in trace.lines where line.leg != .lookup && !line.isTLS {
            let shown = WireText.shown(line.octets)
            guard case .event(let anchor) = line.content else {
                lines.append(line.isWire ? mark(line, isInTLS) + tabbed(line.octets) : "=== " + shown)
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
                lines += secured(trace.facts.tls, shown)
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

    /// Fit to be shown, with tabs as they are: most folded header fields go on behind one (RFC 5322 §2.2.3).
    private static func tabbed(_ octets: [UInt8]) -> String {
        octets.split(separator: 9, omittingEmptySubsequences: false).map { WireText.shown($0) }.joined(separator: "\t")
    }

    /// What swaks says of TLS: the cipher as `TLSv1.3:TLS_AES_256_GCM_SHA384:256`, and whose certificate came.
    private static func secured(_ facts: TLSFacts?, _ shown: String) -> [String] {
        guard let facts, let version = facts.version, let cipher = facts.cipher else {
            return ["=== TLS started with cipher \(shown)"]
        }
        let bits = cipher.contains("128") ? "128" : cipher.contains("256") || cipher.contains("CHACHA20") ? "256" : "0"
        let name = version.replacing("TLS ", with: "TLSv") + ":" + cipher + ":" + bits
        var lines = ["=== TLS started with cipher \(WireText.shown(name.utf8))"]
        if let own = facts.chain.first { lines.append("=== TLS peer DN=\"\(WireText.shown(own.subject.utf8))\"") }
        return lines
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
