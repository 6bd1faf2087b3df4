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
    static let longestAgo: Int64 = 300_000_000_000
    /// The most messages that are shown of one session.
    static let maxLookups = 40

    init(_ index: LookupIndex, _ octets: CaptureOctets, _ apart: CaptureOctets) {
        messages = index.messages.sorted { $0.time < $1.time }
        (self.octets, self.apart) = (octets, apart)
        var byName: [UInt64: [Int]] = [:]
        for (number, message) in messages.enumerated() { byName[message.nameHash, default: []].append(number) }
        self.byName = byName
    }

    /// The messages in order, and the name by which the server's address was found.
    func lookups(before time: Int64, forwardPath: [UInt8], client: Endpoint, server: Endpoint) -> (
        messages: [LookupIndex.Message], name: Name?
    ) {
        guard !messages.isEmpty else { return ([], nil) }
        let domain = Self.domain(of: forwardPath)
        if let domain, let answer = lastAnswer(about: domain, type: 15, before: time, client: client) {
            var names = [domain]
            for record in read(messages[answer]).answers {
                if case .mx(_, let exchange) = record.data { names.append(exchange) }
            }
            return chain(upTo: answer, names: names, before: time, server: server)
        }
        return address(before: time, client: client, server: server)
    }

    private static func domain(of path: [UInt8]) -> Name? {
        guard let at = path.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let domain = path[(at + 1)...].prefix { $0 != UInt8(ascii: ">") }
        return try? Name(String(decoding: domain, as: UTF8.self))
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
                && message.time >= time - Self.longestAgo
        }
        return found.last { messages[$0].asker.address == client.address } ?? found.last
    }

    /// Everything the same client asked about these names, from the question that belongs to `answer` on.
    private func chain(upTo answer: Int, names: [Name], before time: Int64, server: Endpoint) -> (
        [LookupIndex.Message], Name?
    ) {
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

    /// Without a lookup of exchangers: the last answer that gave the server's address, shortly before.
    private func address(before time: Int64, client: Endpoint, server: Endpoint) -> ([LookupIndex.Message], Name?) {
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
            guard message.isAnswer, message.type != 15, message.asker.address == client.address,
                read(message).answers.contains(where: { InternetAddress($0) == server.address }),
                let name = read(message).questions.first?.name
            else { continue }
            return chain(upTo: number, names: [name], before: time, server: server)
        }
        return ([], nil)
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
