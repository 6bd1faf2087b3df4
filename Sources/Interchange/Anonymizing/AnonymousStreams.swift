import SMTP
import Tracing

/// What both sides of each leg said, as one piece each and with what the observer takes every part of it for: a name may lie
/// across two packets, and is found all the same.
struct AnonymousStreams {
    private struct Key: Hashable {
        let leg: Leg
        let side: Side
    }

    /// A part of what a side said.
    private struct Part {
        enum Kind { case line, labelled, offer, mail, binary, person }
        let kind: Kind
        let range: Range<Int>
    }

    private struct Stream {
        var octets: [UInt8] = []
        var parts: [Part] = []
        /// The octets anonymized, once somebody asked, and how many of them were given out.
        var anonymous: [UInt8]?
        var taken = 0
        /// Where the connection under way begins.
        var base = 0
    }

    private var streams: [Key: Stream] = [:]
    private var readers: [Leg: SessionReader] = [:]

    mutating func add(_ event: WireEvent) {
        var reader = readers.removeValue(forKey: event.leg) ?? SessionReader()
        defer { readers[event.leg] = reader }
        switch event.kind {
        case .connect, .connected:
            if !reader.isUntouched { startOver(&reader, event.leg) }
            reader.connected()
        case .tls:
            reader.secured()
        case .octets(let side, let octets, let marks):
            if side == .server, reader.holdsBeginning {
                reader.decideBeginning()
                drain(&reader, .client, event.leg)
            }
            reader.append(octets, from: side, marks: marks)
            streams[Key(leg: event.leg, side: side), default: Stream()].octets += octets
            drain(&reader, side, event.leg)
        case .gap(let side, let count, _):
            if let rest = reader.finish(side, isCut: true) { note(rest, event.leg) }
            reader.gap(count, from: side)
        default: break
        }
    }

    mutating func end() {
        for leg in Leg.allCases {
            guard var reader = readers.removeValue(forKey: leg) else { continue }
            flush(&reader, leg)
        }
    }

    private mutating func startOver(_ reader: inout SessionReader, _ leg: Leg) {
        flush(&reader, leg)
        for side in Side.allCases {
            let key = Key(leg: leg, side: side)
            if let stream = streams[key] { streams[key]?.base = stream.octets.count }
        }
        reader = SessionReader()
    }

    private mutating func flush(_ reader: inout SessionReader, _ leg: Leg) {
        for side in Side.allCases { if let rest = reader.finish(side) { note(rest, leg) } }
    }

    private mutating func drain(_ reader: inout SessionReader, _ side: Side, _ leg: Leg) {
        while let said = reader.next(side) { note(said, leg) }
    }

    private mutating func note(_ said: Utterance, _ leg: Leg) {
        let kind: Part.Kind =
            switch said.kind {
            case .command(let asked): asked.verb == .vrfy || asked.verb == .expn ? .person : .labelled
            case .reply(let answer):
                switch answer.to {
                case let to? where to.turn == .hello: answer.isFirst ? .labelled : .offer
                case let to? where to.turn == .greeting: .labelled
                case let to? where to.verb == .vrfy || to.verb == .expn: .person
                default: .line
                }
            case .mailData, .strayMailData, .chunk, .strayChunk: .mail
            case .tls: .binary
            case .saslResponse, .proxy, .rest: .line
            }
        let key = Key(leg: leg, side: said.side)
        guard var stream = streams.removeValue(forKey: key) else { return }
        // A gap is in no event, so what comes after it is counted from there.
        let range = stream.base + said.range.lowerBound..<stream.base + said.range.upperBound
        stream.parts.append(Part(kind: kind, range: range.clamped(to: 0..<stream.octets.count)))
        streams[key] = stream
    }

    // MARK: Giving out

    /// The next octets of a side, as many as its event has.
    mutating func take(_ count: Int, _ leg: Leg, _ side: Side, _ names: inout Pseudonyms) -> [UInt8] {
        let key = Key(leg: leg, side: side)
        guard var stream = streams.removeValue(forKey: key) else { return [] }
        let all = stream.anonymous ?? Self.anonymous(stream, &names)
        let taken = Array(all[stream.taken..<min(all.count, stream.taken + count)])
        (stream.anonymous, stream.taken) = (all, stream.taken + taken.count)
        streams[key] = stream
        return taken
    }

    private static func anonymous(_ stream: Stream, _ names: inout Pseudonyms) -> [UInt8] {
        var result = binary(stream.octets, &names)
        var mail: AnonymousMail?
        for part in stream.parts {
            let octets = Array(stream.octets[part.range])
            let end = octets.count - octets.reversed().prefix { $0 == 13 || $0 == 10 }.count
            let line = Array(octets[..<end])
            if part.kind != .mail { mail = nil }
            let other: [UInt8] =
                switch part.kind {
                case .binary: binary(line, &names)
                case .line: AnonymousText.anonymized(line, &names, findsIdentifiers: true)
                case .labelled: labelled(line, &names)
                case .offer: AnonymousText.anonymized(line, &names)
                case .person: person(line, &names)
                case .mail:
                    mailLine(line, &mail, &names)
                }
            result.replaceSubrange(part.range.lowerBound..<part.range.lowerBound + end, with: other)
        }
        return result
    }

    private static func mailLine(_ line: [UInt8], _ mail: inout AnonymousMail?, _ names: inout Pseudonyms) -> [UInt8] {
        if line == [UInt8(ascii: ".")] { return line }
        var under = mail ?? AnonymousMail()
        defer { mail = under }
        return under.line(line, &names)
    }

    /// A whole mail, line by line.
    static func mail(_ octets: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        var mail = AnonymousMail()
        return Array(
            octets.split(separator: 10, omittingEmptySubsequences: false).map { line -> [UInt8] in
                let end = line.last == 13 ? 1 : 0
                return mail.line(Array(line.dropLast(end)), &names) + line.suffix(end)
            }.joined(separator: [10])
        )
    }

    /// A command or a greeting: the word behind EHLO or behind the code is a host, even where it has no dot.
    private static func labelled(_ line: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        var result = AnonymousText.anonymized(line, &names, findsIdentifiers: true)
        let verb = line.prefix { $0 != 32 && $0 != UInt8(ascii: "-") }
        let isNamed =
            verb.count == 3
            || ["EHLO", "HELO", "LHLO", "ehlo", "helo", "lhlo"].contains { verb.elementsEqual($0.utf8) }
        guard isNamed, verb.count < line.count else { return result }
        let start = verb.count + 1
        let word = line[start...].prefix { $0 > 32 }
        let isLabel = word.count > 2 && word.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
        if isLabel, verb.count == 4 { result.replaceSubrange(word.indices, with: names.label(word)) }
        return result
    }

    /// What VRFY or EXPN asks for or tells: names of people.
    static func person(_ line: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        let head = line.prefix { $0 != 32 && $0 != UInt8(ascii: "-") }.count
        // The status code behind a reply code is nobody's either (RFC 2034 §4).
        let isReply = head == 3 && line.count > 3 && line[..<3].allSatisfy { (0x30...0x39).contains($0) }
        let status: ArraySlice<UInt8> = isReply ? line[4...].prefix { $0 > 32 } : []
        let plain = EnhancedStatusCode(Array(status)) == nil ? head : status.endIndex
        return Array(line[..<plain]) + AnonymousText.anonymized(line[plain...], &names, rest: .isBlanked)
    }

    /// Octets that are no text: names in them are found all the same, and what a certificate says of its owner is blanked
    /// (strings of X.690 §8.23, with their tags and lengths).
    static func binary(_ octets: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        var result = AnonymousText.anonymized(octets, &names)
        for index in octets.indices.dropLast(2) where [0x0C, 0x13, 0x16].contains(octets[index]) {
            let length = Int(octets[index + 1])
            guard (2..<0x80).contains(length), index + 2 + length <= octets.count else { continue }
            let text = octets[index + 2..<index + 2 + length]
            guard text.allSatisfy({ (0x20..<0x7F).contains($0) || $0 >= 0x80 }) else { continue }
            let other = AnonymousText.anonymized(text, &names, rest: .isBlanked)
            result.replaceSubrange(text.indices, with: other)
        }
        return result
    }
}
