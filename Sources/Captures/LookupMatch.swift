import DNS

/// Finds the DNS lookups that led to a session: MX of the recipient's domain, then the addresses of its exchangers
/// (RFC 5321 §5.1).
struct LookupMatch: Sendable {
    private let messages: [LookupIndex.Message]
    private let octets: CaptureOctets
    private let apart: CaptureOctets
    /// Messages about a name, by the hash of the name, in order.
    private let byName: [UInt64: [Int]]

    /// A lookup this many nanoseconds before a session does not belong to it.
    static let maxAge: Int64 = 300_000_000_000
    /// The most messages that are shown of one session.
    static let maxLookups = 40

    init(_ index: LookupIndex, _ octets: CaptureOctets, _ apart: CaptureOctets) {
        messages = index.messages.sorted { $0.time < $1.time }
        (self.octets, self.apart) = (octets, apart)
        var byName: [UInt64: [Int]] = [:]
        for (number, message) in messages.enumerated() { byName[message.nameHash, default: []].append(number) }
        self.byName = byName
    }

    /// Messages that belong to a session, and the name by which its server was found.
    typealias Tied = (messages: [LookupIndex.Message], name: Name?)

    /// The messages in order, and the name by which the server's address was found.
    func lookups(before time: Int64, forwardPath: [UInt8], client: Endpoint, server: Endpoint) -> Tied {
        guard !messages.isEmpty else { return ([], nil) }
        let byDomain = Self.domain(of: forwardPath).flatMap { domain in
            lastAnswer(about: domain, type: 15, before: time, client: client).map {
                chain(upTo: $0, before: time, server: server)
            }
        }
        if let byDomain, byDomain.name != nil { return byDomain }
        // What is inside TLS tells no domain, and who sends through a relay connects to none of the domain's exchangers: so what
        // counts is the address that was answered.
        let byAddress = address(before: time, client: client, server: server)
        if !byAddress.messages.isEmpty { return byAddress }
        // Where no address was asked for, it was known from before.
        guard let byDomain, !byDomain.messages.contains(where: holdsAddress) else { return ([], nil) }
        return byDomain
    }

    private func holdsAddress(_ message: LookupIndex.Message) -> Bool {
        guard message.isAnswer else { return false }
        let read = read(message)
        return (read.answers + read.additionals).contains { InternetAddress($0) != nil }
    }

    private static func domain(of path: [UInt8]) -> Name? {
        guard let at = path.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let domain = path[(at + 1)...].prefix { $0 != UInt8(ascii: ">") }
        return try? Name(international: String(decoding: domain, as: UTF8.self))
    }

    private func read(_ message: LookupIndex.Message) -> Message {
        MessageReader.read((message.isApart ? apart : octets).window(at: message.place, count: message.length).octets)
            .message
    }

    /// The last answer before a time. An answer to the client itself is preferred to one to another host.
    private func lastAnswer(about name: Name, type: UInt16, before time: Int64, client: Endpoint) -> Int? {
        let found = (byName[LookupIndex.hash(name)] ?? []).filter {
            let message = messages[$0]
            return message.type == type && message.isAnswer && message.time <= time
                && message.time >= time - Self.maxAge
        }
        return found.last { messages[$0].asker.address == client.address } ?? found.last
    }

    /// Everything the same client asked about a domain and its exchangers, from the question on that an answer belongs to.
    private func chain(upTo answer: Int, before time: Int64, server: Endpoint) -> Tied {
        let message = read(messages[answer])
        let names = message.questions.map(\.name) + Self.exchangers(in: message)
        return chain(upTo: answer, names: names, before: time, server: server)
    }

    private static func exchangers(in message: Message) -> [Name] {
        message.answers.compactMap { if case .mx(_, let exchange) = $0.data { exchange } else { nil } }
    }

    /// Everything the same client asked about these names, from the question that belongs to `answer` on.
    private func chain(upTo answer: Int, names: [Name], before time: Int64, server: Endpoint) -> Tied {
        let asker = messages[answer].asker.address
        let first = question(of: answer)
        var numbers: Set<Int> = [first, answer]
        for name in names.prefix(50) {
            for number in byName[LookupIndex.hash(name)] ?? [] where number >= first {
                let message = messages[number]
                guard message.time <= time, message.asker.address == asker else { continue }
                numbers.insert(number)
            }
        }
        let chosen = numbers.sorted().prefix(Self.maxLookups).map { messages[$0] }
        return (chosen, name(of: server, in: chosen))
    }

    /// The name under which an answer gave the server's address; when only the answer about exchangers did, the best one.
    private func name(of server: Endpoint, in chosen: [LookupIndex.Message]) -> Name? {
        for message in chosen.reversed() where message.isAnswer && message.type != 15 {
            let message = read(message)
            if message.answers.contains(where: { InternetAddress($0) == server.address }) {
                return message.questions.first?.name
            }
        }
        var best: (preference: UInt16, name: Name)?
        for message in chosen where message.isAnswer && message.type == 15 {
            let message = read(message)
            let owners = Set(message.additionals.filter { InternetAddress($0) == server.address }.map(\.owner))
            for record in message.answers {
                guard case .mx(let preference, let name) = record.data, owners.contains(name) else { continue }
                if best.map({ preference < $0.preference }) ?? true { best = (preference, name) }
            }
        }
        return best?.name
    }

    /// The question of an answer, with the same id and port; the answer itself when the question was not captured.
    private func question(of answer: Int) -> Int {
        let message = messages[answer]
        return (byName[message.nameHash] ?? []).last {
            $0 < answer && !messages[$0].isAnswer && messages[$0].id == message.id
                && messages[$0].asker == message.asker && messages[$0].type == message.type
        } ?? answer
    }

    /// The last answer that gave the server's address, shortly before, and the lookup of exchangers that led to it.
    private func address(before time: Int64, client: Endpoint, server: Endpoint) -> Tied {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        // An older lookup had another purpose.
        let oldest = time - 10_000_000_000
        for number in (max(0, low - 200)..<low).reversed() where messages[number].time >= oldest {
            let message = messages[number]
            guard message.isAnswer, message.asker.address == client.address else { continue }
            let answer = read(message)
            let records = message.type == 15 ? answer.additionals : answer.answers
            guard records.contains(where: { InternetAddress($0) == server.address }) else { continue }
            if message.type == 15 { return chain(upTo: number, before: time, server: server) }
            guard let name = answer.questions.first?.name else { continue }
            if let exchange = exchangeAnswer(naming: name, before: number) {
                return chain(upTo: exchange, before: time, server: server)
            }
            return chain(upTo: number, names: [name], before: time, server: server)
        }
        return ([], nil)
    }

    /// How many messages before an address are looked at for the exchangers.
    private static let maxBefore = 400

    /// The last answer before another one, to the same host, that gave a name as an exchanger's.
    private func exchangeAnswer(naming name: Name, before number: Int) -> Int? {
        let later = messages[number]
        return (max(0, number - Self.maxBefore)..<number).last { earlier in
            let message = messages[earlier]
            return message.type == 15 && message.isAnswer && message.asker.address == later.asker.address
                && message.time >= later.time - Self.maxAge && Self.exchangers(in: read(message)).contains(name)
        }
    }
}

extension InternetAddress {
    /// The address in a record; nil for a record of another type.
    fileprivate init?(_ record: ResourceRecord) {
        switch record.data {
        case .a(let address): self.init(.v4(address))
        case .aaaa(let address): self.init(.v6(address))
        default: return nil
        }
    }
}
