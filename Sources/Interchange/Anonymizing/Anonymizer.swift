import DNS
import Notation
import SMTP
public import Tracing

/// Takes out of recordings who they are about, so that they can be shown in public.
///
/// People, domains, IP addresses and queue ids get pseudonyms, the same for the same in all sessions that one of these has seen.
/// The words that were replaced in them are replaced wherever else they stand alone. What a mail says becomes `x`, its form stays. No length changes, so the findings, the sizes and the verdict are those of the
/// session. Certificates are left out. What it cannot know: names of people in the words of a server, and whatever a mail
/// holds in a form that is no text.
///
/// One of these is for one export, whose sessions come one after the other.
public final class Anonymizer {
    private var names = Pseudonyms()
    /// The numbers of the sources, by their names.
    private var sources: [String: Int] = [:]

    public init() {}

    /// Read twice: a word may stand somewhere before it is told whose it is.
    public func anonymized(_ recording: Recording) -> Recording {
        _ = replaced(recording)
        return replaced(recording)
    }

    private func replaced(_ recording: Recording) -> Recording {
        var recording = recording
        let source = sources[recording.header.source] ?? sources.count
        sources[recording.header.source] = source
        recording.header.source = "anonymized source \(source)"
        recording.header.title = text(recording.header.title)
        recording.header.ends = recording.header.ends.map { .init(client: text($0.client), server: text($0.server)) }
        var streams = AnonymousStreams()
        for event in recording.events { streams.add(event) }
        streams.end()
        for index in recording.events.indices { anonymize(&recording.events[index], &streams) }
        return recording
    }

    private func anonymize(_ event: inout WireEvent, _ streams: inout AnonymousStreams) {
        switch event.kind {
        case .connect(let name): event.kind = .connect(to: text(name))
        case .connected(let name): event.kind = .connected(to: text(name))
        case .tls(let facts): event.kind = .tls(anonymized(facts))
        case .error(let failure): event.kind = .error(.init(failure.failure, text(failure.words)))
        case .remark(let failure):
            let recipient = failure.recipient.map { Array(text(String(decoding: $0, as: UTF8.self)).utf8) }
            event.kind = .remark(.init(failure.failure, text(failure.words), of: recipient))
        case .note(let words): event.kind = .note(text(words))
        case .dnsQuery(let octets): event.kind = .dnsQuery(message(octets))
        case .dnsAnswer(let octets): event.kind = .dnsAnswer(message(octets))
        case .octets(let side, let octets, let marks):
            event.kind = .octets(from: side, streams.take(octets.count, event.leg, side, &names), credentials: marks)
        case .records(let side, let octets):
            event.kind = .records(from: side, AnonymousStreams.binary(octets, &names))
        case .delivered(let octets): event.kind = .delivered(AnonymousStreams.mail(octets, &names))
        case .close, .gap: break
        }
    }

    private func text(_ text: String) -> String {
        String(decoding: AnonymousText.anonymized(text.utf8, &names, findsIdentifiers: true), as: UTF8.self)
    }

    private func anonymized(_ facts: TLSFacts) -> TLSFacts {
        var facts = facts
        facts.summary = facts.summary.map(text)
        facts.serverName = facts.serverName.map(text)
        (facts.chain, facts.association, facts.messages) = ([], nil, [])
        facts.name = facts.name.map { .init(wanted: text($0.wanted), found: $0.found.map(text)) }
        return facts
    }

    /// A DNS message: labels and addresses where they stand, so that pointers still lead to them (RFC 1035 §4.1.4).
    private func message(_ octets: [UInt8]) -> [UInt8] {
        var result = octets
        let reading = MessageReader.read(octets)
        for field in reading.layout {
            let range = field.range.clamped(to: 0..<octets.count)
            switch field.kind {
            case .questionName, .owner, .exchange, .canonicalName, .nameServer, .pointedName, .primaryServer,
                .responsibleMailbox:
                replaceLabels(range, of: octets, in: &result)
            case .address where range.count == 4:
                let other = names.ipv4(Array(IPv4Text.text(octets[range]).utf8))
                if let address = IPv4Text.octets(other) { result.replaceSubrange(range, with: address) }
            case .address where range.count == 16:
                guard let address = IPv6Address(octets: Array(octets[range])) else { continue }
                let other = names.ipv6(Array("\(address)".utf8))
                guard let groups = IPv6Text.groups(other) else { continue }
                result.replaceSubrange(range, with: groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
            case .text: result.replaceSubrange(range, with: AnonymousText.anonymized(octets[range], &names))
            case .data:
                replaceNames(range, of: reading.entries.first { $0.place == field.place }?.record, octets, in: &result)
            default: break
            }
        }
        return result
    }

    /// The data of a type that is divided by a table: names where they stand, all else as text in which names may stand.
    private func replaceNames(
        _ range: Range<Int>,
        of record: ResourceRecord?,
        _ octets: [UInt8],
        in result: inout [UInt8]
    ) {
        guard let record, case .other(let type, let data) = record.data, data.count == range.count else { return }
        for field in RecordField.fields(of: type, data) {
            let part = range.lowerBound + field.range.lowerBound..<range.lowerBound + field.range.upperBound
            if field.isName {
                replaceLabels(part, of: octets, in: &result)
            } else if field.name == "value" {
                result.replaceSubrange(part, with: AnonymousText.anonymized(octets[part], &names))
            }
        }
    }

    private func replaceLabels(_ range: Range<Int>, of octets: [UInt8], in result: inout [UInt8]) {
        var labels: [Range<Int>] = []
        var position = range.lowerBound
        var endsHere = false
        while position < range.upperBound {
            let length = Int(octets[position])
            guard length < 64, length > 0, position + 1 + length <= range.upperBound else {
                endsHere = length == 0
                break
            }
            labels.append(position + 1..<position + 1 + length)
            position += 1 + length
        }
        var whole = labels
        if !endsHere { whole += Self.labels(pointedAtFrom: position, octets) }
        let listed = PublicNames.blockListLabels(whole.map { octets[$0] })
        if listed > 0 {
            let others = names.asked(whole.dropLast(listed).map { octets[$0] })
            for (label, other) in zip(labels, others) { result.replaceSubrange(label, with: other) }
            return
        }
        // The last label of a whole name stays, as in text.
        if endsHere, labels.count > 1 { labels.removeLast() }
        for label in labels { result.replaceSubrange(label, with: names.label(octets[label])) }
    }

    /// The labels that a pointer leads to (RFC 1035 §4.1.4), each pointer to a place before its own.
    private static func labels(pointedAtFrom position: Int, _ octets: [UInt8]) -> [Range<Int>] {
        var (labels, position, bound) = ([Range<Int>](), position, position)
        while position + 1 < octets.count {
            let length = Int(octets[position])
            if length >= 0xC0 {
                let target = (length & 0x3F) << 8 | Int(octets[position + 1])
                guard target < bound else { break }
                (position, bound) = (target, target)
            } else {
                guard length > 0, length < 64, position + 1 + length <= octets.count, labels.count < 128 else { break }
                labels.append(position + 1..<position + 1 + length)
                position += 1 + length
            }
        }
        return labels
    }
}
