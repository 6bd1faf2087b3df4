import SMTP
import Tracing

/// What a log tells of the connection under the dialogue.
extension SessionDraft {
    mutating func link(_ fact: LinkFact) {
        guard lineCount > 0 else { return learn(fact) }
        switch fact {
        case .secured(let facts): secure(facts, isInferred: false)
        case .closed(let side):
            flushRemarks()
            guard !isClosed else { return }
            isClosed = true
            // Whether the answer to QUIT came before the client closed the log does not say.
            if side == .client, decider.isQuitUnanswered, decider.awaitsAnswer {
                events.append(WireEvent(.gap(from: .server, octets: nil), leg: .relay, at: time))
            }
            events.append(WireEvent(.close(by: side), leg: .relay, at: time))
        case .failed(let sentence):
            flushRemarks()
            events.append(WireEvent(.error("\(sentence)"), leg: .relay, at: time))
        case .accepted(let client): remarks.append(Array("called by \(client)".utf8)[...])
        case .connecting(let place), .connected(let place): remarks.append(Array("connected to \(place)".utf8)[...])
        }
    }

    private mutating func learn(_ fact: LinkFact) {
        if case .connecting(let place) = fact { endpoint.learn(place) }
        if case .connected(let place) = fact { endpoint.learn(place) }
        if case .accepted(let words) = fact { learn(caller: words) }
        opening.append(fact)
    }

    /// Somebody speaks for the first time. What was told about the link before are events when the server greets; in a log
    /// that begins later they would put what follows out of its order, and are remarks.
    mutating func open(with line: ArraySlice<UInt8>, from side: Side) {
        lookups = remarks.takeLookups()
        defer { wrap() }
        var isGreeting = false
        if side == .server, case .reply(let code, _) = LineShape(line) { isGreeting = code == 220 || code >= 400 }
        guard !opening.isEmpty else {
            return note("how the connection came about is not in the log")
        }
        if let caller {
            flushRemarks()
            note("called by \(caller)")
            if isGreeting { decider.connected() }
            return noteTLS()
        }
        guard isGreeting else {
            note("connected to \(endpoint.text); the log begins later")
            return noteTLS()
        }
        flushRemarks()
        events.append(WireEvent(.connect(to: endpoint.text), leg: .relay, at: time))
        events.append(WireEvent(.connected(to: endpoint.text), leg: .relay, at: time))
        decider.connected()
        noteTLS()
    }

    private mutating func noteTLS() {
        for case .secured(let words) in opening {
            events.append(WireEvent(.tls(TLSFacts(told: words)), leg: .relay, at: time))
        }
    }

    private mutating func learn(caller words: String) {
        var client = EndpointWords()
        client.learn(words)
        caller = client.text
    }

    /// TLS from the first octet, where the log's words before the dialogue tell of it (RFC 8314 §3.3).
    private mutating func wrap() {
        let isTold = opening.contains { if case .secured = $0 { true } else { false } }
        guard !isTold, let words = endpoint.wrapping ?? remarks.firstLine(where: TLSFromStart.isTold) else { return }
        secure("TLS from the first octet, as the log tells: \(CredentialsInText.masked(words))", isInferred: true)
        wrapped = events.count - 1
    }

    /// The client asks for TLS, so there was none: the log's words were about something else.
    mutating func takeBackWrapping() {
        guard let place = wrapped, events.indices.contains(place), case .tls = events[place].kind else { return }
        events[place].kind = .note("the log speaks of TLS from the first octet, but STARTTLS comes later")
        wrapped = nil
    }
}

/// Words of programs that tell of TLS from the first octet: a scheme, a port, a setting.
enum TLSFromStart {
    private static let signs: [[UInt8]] = [
        "ssl://", "smtps://", "tls://", "submissions://", "smtp_ssl", "isssl true", "tls_starttls = off",
        "tls_starttls off", "smtpsecure: ssl", "secure: true", "tls session parameters", "port 465", "port: 465",
        "port = 465", "port=465", ":465", "ssl connection using", "ssl/tls handshake", "smtp.ssl.enable=true",
    ].map { Array($0.utf8) }

    /// Each connection of a log is asked, so octets are searched: a search for characters builds a table for each sign.
    static func isTold(_ line: String) -> Bool {
        let words = Array(line.lowercased().utf8)[...]
        return signs.contains { sign in
            guard let found = words.firstRange(of: sign) else { return false }
            // `:4650` is another port.
            let isPort = sign.suffix(3).elementsEqual("465".utf8)
            return !isPort || !(words[found.upperBound...].first.map { (0x30...0x39).contains($0) } ?? false)
        }
    }
}
