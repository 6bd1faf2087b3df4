import DNS
import Notation
import SMTP

/// Turns DNS messages into lines: the question, the answer's header, a line a record, MX records by preference.
struct LookupTracer: Sendable {
    private let place = Place(.exchangerLookup)
    private var questionType: RecordType?
    /// The line of each exchanger of the last MX answer.
    private var exchangerLines: [Name: Int] = [:]
    /// A domain without MX records, and the line that says so: whether its address counts shows when it has one.
    private var withoutMX: (domain: Name, line: Int)?
    /// Which kinds of address a name is known not to have.
    private var absent: [Name: Set<RecordType>] = [:]

    mutating func query(_ octets: [UInt8], at time: Double, _ trace: inout Trace) {
        let reading = MessageReader.read(octets)
        let departures = reading.departures.isEmpty ? [] : [SMTP.Departure(.malformedDNSMessage)]
        guard let question = reading.message.questions.first else {
            let piece = piece("a DNS query that cannot be read, \(octets.count) octets", "dns/question")
            return append(DNSLine(kind: .question, pieces: [piece]), .client, octets, time, departures, &trace)
        }
        questionType = question.type
        var pieces = [piece("\(question.type)?", "dns/question"), piece("\(question.name)", "dns/owner")]
        if let name = question.name.international { pieces.append(piece("(\(name))", "dns/U-label")) }
        append(DNSLine(kind: .question, pieces: pieces), .client, octets, time, departures, &trace)
    }

    mutating func answer(_ octets: [UInt8], at time: Double, _ trace: inout Trace) {
        let reading = MessageReader.read(octets)
        let message = reading.message
        let departures = reading.departures.isEmpty ? [] : [SMTP.Departure(.malformedDNSMessage)]
        let exchangers = exchangers(of: message)
        let asked = message.questions.first?.type ?? questionType
        if asked == .mx, message.responseCode != .noError { trace.fail(place) }
        append(header(of: message), .server, octets, time, departures, &trace)
        if asked == .mx {
            trace.facts.exchangers = exchangers
            noteWithoutMX(message, &trace)
        }
        let areAllNull = exchangers.allSatisfy { $0.exchange == "." }
        for exchanger in exchangers { append(exchanger, areAllNull: areAllNull, octets, at: time, &trace) }
        noteAddresses(message, &trace)
        let joined = Set(exchangers.map(\.exchange))
        for record in message.answers + message.authorities { show(record, octets, at: time, &trace) }
        for record in message.additionals where !joined.contains("\(record.owner)") || Self.address(of: record) == nil {
            show(record, octets, at: time, &trace)
        }
        // Addresses that came along stand in the line of their exchanger.
        for record in message.additionals { remember(record, &trace) }
    }

    private mutating func noteWithoutMX(_ message: Message, _ trace: inout Trace) {
        (exchangerLines, withoutMX) = ([:], nil)
        guard message.responseCode == .noError, message.answers.isEmpty, !message.flags.contains(.truncated) else {
            return
        }
        withoutMX = message.questions.first.map { ($0.name, trace.lines.count - 1) }
    }

    /// What an answer to a question for addresses says about the domain without MX records, and about the exchangers.
    private mutating func noteAddresses(_ message: Message, _ trace: inout Trace) {
        guard let question = message.questions.first, [.a, .aaaa].contains(question.type),
            !message.flags.contains(.truncated)
        else { return }
        if message.answers.contains(where: { Self.address(of: $0) != nil }) {
            guard let withoutMX, withoutMX.domain == question.name else { return }
            return trace.find(SMTP.Departure(.implicitMX), inLine: withoutMX.line)
        }
        switch message.responseCode {
        case .noError: absent[question.name, default: []].insert(question.type)
        case .nameError: absent[question.name, default: []] = [.a, .aaaa]
        default: return
        }
        guard absent[question.name]?.count == 2, let line = exchangerLines[question.name] else { return }
        trace.find(SMTP.Departure(.exchangerWithoutAddress), inLine: line)
    }

    private func show(_ record: ResourceRecord, _ octets: [UInt8], at time: Double, _ trace: inout Trace) {
        remember(record, &trace)
        guard record.type != .mx, record.type != .opt else { return }
        let isAlias = record.type == .cname && exchangerLines[record.owner] != nil
        append(Self.line(of: record, isExchangersAlias: isAlias), .server, octets, time, [], &trace)
    }

    /// The MX records, lowest preference first, with the addresses that came along (RFC 5321 §5.1).
    private func exchangers(of message: Message) -> [SessionFacts.Exchanger] {
        var all: [SessionFacts.Exchanger] = []
        for record in message.answers {
            guard case .mx(let preference, let exchange) = record.data else { continue }
            let addresses = message.additionals.filter { $0.owner == exchange }.compactMap(Self.address)
            all.append(
                SessionFacts.Exchanger(
                    preference: preference,
                    exchange: "\(exchange)",
                    ttl: record.ttl,
                    addresses: addresses
                )
            )
        }
        return all.enumerated().sorted { ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset) }.map(
            \.element
        )
    }

    private static func address(of record: ResourceRecord) -> String? {
        switch record.data {
        case .a(let address): "\(address)"
        case .aaaa(let address): "\(address)"
        default: nil
        }
    }

    /// An address that a later question brought.
    private func remember(_ record: ResourceRecord, _ trace: inout Trace) {
        guard let address = Self.address(of: record) else { return }
        let owner = "\(record.owner)"
        for index in trace.facts.exchangers.indices
        where trace.facts.exchangers[index].exchange == owner
            && !trace.facts.exchangers[index].addresses.contains(address)
        {
            trace.facts.exchangers[index].addresses.append(address)
        }
    }

    private func header(of message: Message) -> DNSLine {
        let count = message.answers.count
        var pieces = [
            piece("\(message.responseCode)", message.responseCode == .noError ? "dns/answer" : "dns/failure"),
            piece(count.counted("answer"), "dns/answer"),
        ]
        if message.flags.contains(.authoritativeAnswer) { pieces.append(piece("authoritative", "dns/answer")) }
        if message.flags.contains(.truncated) { pieces.append(piece("truncated, asked again over TCP", "dns/answer")) }
        for error in message.extendedErrors.prefix(3) {
            pieces.append(piece("extended error \(error)", "dns/extended-error"))
        }
        return DNSLine(kind: .header, pieces: pieces)
    }

    private mutating func append(
        _ exchanger: SessionFacts.Exchanger,
        areAllNull: Bool,
        _ message: [UInt8],
        at time: Double,
        _ trace: inout Trace
    ) {
        let isNull = exchanger.exchange == "."
        var departures = isNull ? [SMTP.Departure(areAllNull ? .nullMX : .nullMXAmongOthers)] : []
        if IPv4Address(exchanger.exchange) != nil { departures.append(SMTP.Departure(.exchangerIsAddress)) }
        var pieces = [
            piece("MX", isNull ? "dns/null-mx" : "dns/MX"), piece("\(exchanger.preference)", "dns/preference"),
            piece(exchanger.exchange, "dns/exchange"), piece("\(exchanger.ttl)", "dns/TTL"),
        ]
        pieces += exchanger.addresses.map { piece($0, $0.contains(":") ? "dns/AAAA" : "dns/A") }
        if let name = try? Name(exchanger.exchange) { exchangerLines[name] = trace.lines.count }
        append(
            DNSLine(kind: .exchanger(chosen: exchanger.exchange), pieces: pieces),
            .server,
            message,
            time,
            departures,
            &trace
        )
    }

    /// A record as a line; that an exchanger is an alias is a fault (RFC 2181 §10.3).
    static func line(of record: ResourceRecord, isExchangersAlias: Bool = false) -> DNSLine {
        let type = isExchangersAlias ? "dns/CNAME@exchanger" : "dns/\(record.type)"
        let name = "\(record.type)"
        let values: [DNSLine.Piece] =
            switch record.data {
            case .a(let address): [piece("\(address)", type)]
            case .aaaa(let address): [piece("\(address)", type)]
            case .cname(let target), .ns(let target), .ptr(let target): [piece("\(target)", type, name)]
            case .soa(let authority): pieces(of: authority)
            case .txt(let strings): [piece(CharacterStrings.text(of: strings), type)]
            case .tlsa(let association): pieces(of: association)
            case .other(let kind, let data):
                RecordField.fields(of: kind, data).map { piece($0.text, type, $0.name) }
            case .mx(let preference, let exchange):
                [piece("\(preference)", "dns/preference"), piece("\(exchange)", "dns/exchange")]
            case .opt: [piece("…", type)]
            }
        let common = [
            piece(name, type, name), piece("\(record.owner)", "dns/owner"), piece("\(record.ttl)", "dns/TTL"),
        ]
        return DNSLine(kind: .record, pieces: common + values)
    }

    /// Three numbers and the data, as zone files write them (RFC 6698 §2.2).
    private static func pieces(of association: TLSA) -> [DNSLine.Piece] {
        [
            piece("\(association.certificateUsage)", "dns/TLSA@usage", "certificate usage"),
            piece("\(association.selector)", "dns/TLSA@selector", "selector"),
            piece("\(association.matchingType)", "dns/TLSA@matching", "matching type"),
            piece(association.associationData.map { $0.hex(2) }.joined(), "dns/TLSA@matching", "association data"),
        ]
    }

    /// Two names, a number, and four times in seconds (RFC 1035 §3.3.13).
    private static func pieces(of authority: StartOfAuthority) -> [DNSLine.Piece] {
        let values = [
            ("primary server", "\(authority.primaryServer)"),
            ("responsible mailbox", "\(authority.responsibleMailbox)"),
            ("serial", "\(authority.serial)"), ("refresh", "\(authority.refresh)"), ("retry", "\(authority.retry)"),
            ("expire", "\(authority.expire)"), ("minimum", "\(authority.minimum)"),
        ]
        return values.map { piece($0.1, "dns/SOA", $0.0) }
    }

    private func piece(_ text: String, _ anchor: String) -> DNSLine.Piece { Self.piece(text, anchor) }

    private static func piece(_ text: String, _ anchor: String, _ name: String? = nil) -> DNSLine.Piece {
        DNSLine.Piece(text: text, anchor: LessonAnchor(anchor), name: name)
    }

    private func append(
        _ line: DNSLine,
        _ side: Side,
        _ message: [UInt8],
        _ time: Double,
        _ departures: [SMTP.Departure],
        _ trace: inout Trace
    ) {
        var traced = TraceLine(
            index: trace.lines.count,
            time: time,
            leg: .lookup,
            speaker: side == .client ? .client : .server,
            place: place,
            octets: Array(line.text.utf8),
            ending: .none,
            content: .record(line),
            secrets: [],
            findings: departures.map(Finding.init)
        )
        traced.message = message
        trace.append(traced)
    }
}
