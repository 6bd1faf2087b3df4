import SMTP

/// TLS: records on the wire, what became known of it, and what came of the second EHLO.
extension SessionTracer {
    /// What a session tracer keeps in mind about TLS.
    struct TLSState: Sendable {
        var readers: [Side: TLSReader] = [:]
        /// Records that came when the inside is known; whether they carried a line shows with the event that follows.
        var held: (side: Side, octets: [UInt8])?
        /// The records that carried what is being read.
        var carriers: [Side: [UInt8]] = [:]
        /// Octets that went by sealed before it is known whether TLS is opened, and who sealed any.
        var sealedOctets = 0
        var sealed = Sides()
        /// What EHLO in the clear was answered with.
        var helloInClear: Hello?
    }

    // MARK: Records

    /// Records as they were on the wire.
    mutating func records(_ octets: [UInt8], from side: Side, _ trace: inout Trace) {
        guard !reader.isSecured else { return tls.held = (side, octets) }
        // What came in the clear before it is over.
        flush(&trace)
        split(octets, from: side, &trace)
    }

    /// Decides about records that wait for the next event: either they carried it, or they carried no line.
    mutating func settleRecords(before kind: WireEvent.Kind, _ trace: inout Trace) {
        guard let held = tls.held else { return }
        tls.held = nil
        if case .octets(let side, let octets, _) = kind, side == held.side, !octets.isEmpty {
            let before = tls.carriers[side] ?? []
            // A line may come in several records; of one that comes in very many the last are enough.
            tls.carriers[side] = before.count > 1 << 17 ? held.octets : before + held.octets
        } else {
            split(held.octets, from: held.side, &trace)
        }
    }

    /// What was read to its end needs its records no more.
    mutating func dropCarrier(of side: Side) {
        guard !tls.carriers.isEmpty else { return }
        if side == .client ? reader.client.isEmpty : reader.server.isEmpty { tls.carriers[side] = nil }
    }

    private mutating func split(_ octets: [UInt8], from side: Side, _ trace: inout Trace) {
        var start = 0
        while start < octets.count {
            var end = octets.count
            if octets.count - start >= 5, (20...24).contains(octets[start]), octets[start + 1] == 3 {
                end = min(end, start + 5 + (Int(octets[start + 3]) << 8 | Int(octets[start + 4])))
            }
            record(Array(octets[start..<end]), from: side, &trace)
            start = end
        }
    }

    /// One record, in lines whose fields tile it. Before the session is secured it belongs to the handshake.
    mutating func record(_ octets: [UInt8], from side: Side, isOutOfPlace: Bool = false, _ trace: inout Trace) {
        let isFirst = marks.wrappedLine == nil
        let turn: CommandSequence.Turn = isOutOfPlace ? .unknown : .handshake
        let place = reader.isSecured ? self.place : marks.handshakePlace ?? enter(turn)
        if !reader.isSecured { marks.handshakePlace = place }
        var records = tls.readers[side] ?? TLSReader(side)
        var start = 0
        for fields in records.read(octets) {
            let end = start + fields.reduce(0) { $0 + $1.count }
            let line = WireLine(Array(octets[start..<end]), ending: .none)
            let said = Utterance(record: line, from: side)
            let index = append(said, .tls(fields), at: place, departures: [], &trace)
            if !reader.isSecured, reader.sequence.phase != .securing, marks.wrappedLine == nil {
                marks.wrappedLine = index
            }
            start = end
        }
        tls.readers[side] = records
        noteSealed(octets, from: side, &trace)
        if let agreed = records.agreed { trace.facts.tlsInClear = agreed }
        if records.hasEndedBadly { failHandshake(&trace) }
        guard isOutOfPlace, isFirst, let line = marks.wrappedLine else { return }
        switch side {
        case .client: trace.find(Departure(.tlsInsteadOfCommand), inLine: line)
        // What the server says is in order; what the client said before it is not.
        case .server: trace.find(Departure(.clearInsteadOfTLS), inLine: marks.ungreeted.first ?? line)
        }
        marks.ungreeted = []
    }

    /// Octets that nobody can read, unless it shows that they are of the handshake.
    private mutating func noteSealed(_ octets: [UInt8], from side: Side, _ trace: inout Trace) {
        guard !reader.isSecured, octets.first == TLSRecord.ContentType.applicationData.rawValue else { return }
        tls.sealed.insert(side)
        tls.sealedOctets += octets.count
        trace.facts.sealedOctets += octets.count
    }

    /// What went by sealed up to here was the handshake.
    private mutating func endHandshake(_ trace: inout Trace) {
        trace.facts.sealedOctets -= tls.sealedOctets
        tls.sealedOctets = 0
    }

    /// The handshake came to nothing.
    mutating func failHandshake(_ trace: inout Trace) {
        guard !reader.isSecured, let place = marks.handshakePlace else { return }
        endHandshake(&trace)
        trace.fail(place)
    }

    /// No more comes. TLS that one side alone has sealed anything in never stood.
    mutating func noteUnfinishedHandshake(_ trace: inout Trace) {
        guard !tls.sealed.areBoth, !reader.lacksAnything else { return }
        failHandshake(&trace)
    }

    // MARK: Facts

    mutating func secured(_ facts: TLSFacts, _ trace: inout Trace) {
        flush(&trace)
        sent = [:]
        if marks.handshakePlace == nil { _ = enter(.handshake) }
        reader.secured()
        marks.isAuthenticated = false
        marks.handshakePlace = nil
        endHandshake(&trace)
        tls.helloInClear = hello.domain.isEmpty ? nil : hello
        // What comes now is sealed, whatever its type.
        for side in Side.allCases { tls.readers[side] = TLSReader(side, isEncrypted: true) }
        hello = Hello()
        trace.facts.tls = facts
        if let before = tls.helloInClear {
            trace.facts.helloInClear = SessionFacts.EarlierHello(hello: before, until: trace.lines.count)
        }
        for line in TLSReport.lines(of: facts) {
            appendEvent(line.text, line.anchor, departures: line.departures, &trace)
        }
    }

    /// STARTTLS was offered and refused (RFC 3207 §4).
    mutating func refusedTLS(_ trace: inout Trace) {
        guard !reader.isSecured else { return }
        appendEvent("no TLS: what follows goes over the wire in the clear", "tls/refused", &trace)
    }

    // MARK: Offers

    /// A keyword that should not stand where it does (RFC 3207 §4.2), or that a firewall has overwritten.
    func offerOfTLSDepartures(_ keyword: some Collection<UInt8>) -> [Departure] {
        if reader.isSecured, keyword.equalsIgnoringCase("STARTTLS".utf8) { return [Departure(.startTLSOfferedInTLS)] }
        // A firewall that strikes TLS out keeps the length of the line: STARTTLS becomes XXXXXXXA.
        let isMasked = keyword.count == 8 && keyword.prefix(7).allSatisfy { $0 == UInt8(ascii: "X") }
        return isMasked && !reader.isSecured ? [Departure(.startTLSMasked)] : []
    }

    /// What the answer to EHLO inside TLS has that the one in the clear had not, and the other way round.
    mutating func compareHellos(_ trace: inout Trace) {
        guard reader.isSecured, let before = tls.helloInClear else { return }
        tls.helloInClear = nil
        let old = Set(before.offered.map(\.name))
        let new = Set(hello.offered.map(\.name))
        var parts: [String] = []
        let appeared = hello.offered.map(\.name).filter { !old.contains($0) }
        let vanished = before.offered.map(\.name).filter { !new.contains($0) }
        let changed = hello.offered.filter { row in
            before.offered.contains { $0.name == row.name && $0.parameters != row.parameters }
        }
        if !appeared.isEmpty { parts.append("new: \(appeared.joined(separator: ", "))") }
        if !vanished.isEmpty { parts.append("gone: \(vanished.joined(separator: ", "))") }
        if !changed.isEmpty { parts.append("changed: \(changed.map(\.name).joined(separator: ", "))") }
        let text = parts.isEmpty ? "the same offer as in the clear" : parts.joined(separator: "; ")
        appendEvent("compared with the offer in the clear, \(text)", "tls/second-ehlo", &trace)
    }
}

/// What became known of TLS, in lines.
enum TLSReport {
    struct Line {
        let text: String
        let anchor: String
        var departures: [Departure.Kind] = []
    }

    /// How many certificates of a chain are told in full.
    static let maxCertificates = 10

    static func lines(of facts: TLSFacts) -> [Line] {
        var lines: [Line] = []
        let agreed = [facts.version, facts.cipher, facts.group.map { "keys by \($0)" }].compactMap(\.self)
        let isOld = ["SSL 3.0", "TLS 1.0", "TLS 1.1"].contains(facts.version ?? "")
        if let summary = facts.summary { lines.append(Line(text: summary, anchor: "tls/handshake")) }
        if !agreed.isEmpty {
            let text = agreed.joined(separator: ", ")
            lines.append(Line(text: text, anchor: "tls/handshake", departures: isOld ? [.oldTLSVersion] : []))
        }
        if !facts.messages.isEmpty {
            let messages = facts.messages.map { "\($0.from == .client ? "C" : "S") \($0.name) \($0.octets)" }
            lines.append(
                Line(text: "messages: " + messages.joined(separator: ", "), anchor: "tls/handshake-message")
            )
        }
        if facts.isResumed {
            lines.append(
                Line(text: "an earlier session is resumed, so no certificate was sent", anchor: "tls/session-ticket")
            )
        }
        if let name = facts.serverName {
            lines.append(Line(text: "asked for the server name \(name)", anchor: "tls/server-name"))
        }
        if let name = facts.applicationProtocol { lines.append(Line(text: "protocol \(name)", anchor: "tls/alpn")) }
        for (index, certificate) in facts.chain.prefix(maxCertificates).enumerated() {
            lines += Self.lines(of: certificate, number: index + 1, of: facts.chain.count)
        }
        if let name = facts.name { lines.append(line(of: name, in: facts.chain.first)) }
        if let trust = facts.trust {
            let text =
                trust.isTrusted
                ? "trusted by this system" : "not trusted by this system: \(trust.reason ?? "no reason")"
            // A date alone says nothing of the authority; a certificate that vouches for itself has none.
            let isOwn = facts.chain.count == 1 && facts.chain.first.map { $0.subject == $0.issuer } ?? false
            let isUnknown = !trust.isTrusted && (trust.isUntimely != true || isOwn)
            lines.append(Line(text: text, anchor: "tls/trust", departures: isUnknown ? [.certificateNotTrusted] : []))
        }
        if let association = facts.association { lines += Self.lines(of: association) }
        return lines
    }

    /// What was compared with what; a digest has 64 digits and a line of its own.
    private static func lines(of association: TLSFacts.Association) -> [Line] {
        let verdict = association.fits ? "the same, so it is the server that was meant" : "another one"
        let texts = [
            "TLSA \(association.kind) names \(association.words):", association.wanted,
            "the one that was shown has:", association.found, verdict,
        ]
        return texts.map { Line(text: $0, anchor: "tls/association") }
    }

    private static func line(of name: TLSFacts.NameMatch, in certificate: TLSFacts.Certificate?) -> Line {
        guard let found = name.found else {
            let isNameless = certificate?.names.isEmpty == true
            let why = isNameless ? ": it has none but its subject, which does not count (RFC 9525 §2)" : ""
            return Line(
                text: "no name of the certificate fits \(name.wanted)\(why)",
                anchor: "tls/name",
                departures: [.certificateForAnotherName]
            )
        }
        return Line(text: "the certificate is for \(name.wanted): \(found) fits", anchor: "tls/name")
    }

    private static func lines(of certificate: TLSFacts.Certificate, number: Int, of count: Int) -> [Line] {
        let isOwn = certificate.subject == certificate.issuer
        let issuer = isOwn ? "by itself" : "by \(certificate.issuer)"
        let shownNames = certificate.names.prefix(12).joined(separator: ", ")
        let names = certificate.names.isEmpty ? "no names beside the subject" : shownNames
        let more = certificate.names.count > 12 ? " and \(certificate.names.count - 12) more" : ""
        let anchor = "tls/certificate"
        let isUntimely = certificate.validity.map { $0 != .valid } ?? false
        let verdict = certificate.validity.map { isUntimely ? ": \($0.rawValue)" : "" } ?? ""
        return [
            Line(text: "certificate \(number) of \(count): \(certificate.subject), issued \(issuer)", anchor: anchor),
            Line(text: "  for \(names)\(more)", anchor: "tls/certificate-names"),
            Line(
                text: "  valid \(certificate.notBefore) to \(certificate.notAfter)\(verdict)",
                anchor: "tls/validity",
                departures: isUntimely ? [.certificateOutsideValidity] : []
            ),
            Line(text: "  key \(certificate.key), signed with \(certificate.signature)", anchor: "tls/certificate-key"),
            Line(text: "  SHA-256 \(certificate.fingerprint)", anchor: "tls/fingerprint"),
        ]
    }
}
