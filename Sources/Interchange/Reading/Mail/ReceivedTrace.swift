import Notation
import SMTP

/// The way of a mail as its `Received:` fields tell it: a hop for each server that took it, the first one first (RFC 5321 §4.4).
///
/// Fields below the first one that a server of one's own wrote may be forged; nothing here knows which those are.
public struct ReceivedTrace: Equatable, Sendable {
    public let hops: [Hop]

    /// One server that took the mail. What its field does not tell is nil.
    public struct Hop: Equatable, Sendable {
        /// The name that the client gave, and what the server saw for itself.
        public var from: String?
        public var seen: String?
        /// The server that wrote the field.
        public var by: String?
        public var via: String?
        /// The protocol keyword (RFC 3848): `ESMTPSA`.
        public var with: String?
        public var tls: String?
        /// Its queue id.
        public var id: String?
        public var recipient: String?
        /// Seconds since 1970 by its clock, and as it was written.
        public var time: Double?
        public var date: String?
        /// Seconds since the hop before; nil for the first one, and where a time is missing.
        public var delay: Double?
        public var faults: [Fault] = []
    }

    /// What cannot be as the fields tell it.
    public enum Fault: String, CaseIterable, Sendable {
        /// It was taken here before it was taken at the hop before.
        case order
        /// The clock here is off from those of both neighbours, which agree.
        case clock
    }

    /// Clocks differ by less; more is told.
    private static let maxSkew = 60.0
    /// A clock is called wrong from here on.
    private static let minJump = 300.0

    /// From the values of the fields, the newest first as they stand in a header.
    public init(_ fields: [String]) {
        var hops = fields.prefix(200).reversed().map { Hop(reading: $0) }
        for index in hops.indices.dropFirst() {
            guard let now = hops[index].time, let before = hops[index - 1].time else { continue }
            hops[index].delay = now - before
            if now < before - Self.maxSkew { hops[index].faults.append(.order) }
        }
        for index in hops.indices.dropFirst().dropLast() {
            guard let before = hops[index - 1].time, let now = hops[index].time, let after = hops[index + 1].time else {
                continue
            }
            let isAhead = now - before > Self.minJump && now - after > Self.minJump
            let isBehind = before - now > Self.minJump && after - now > Self.minJump
            if after >= before - Self.maxSkew, isAhead || isBehind { hops[index].faults.append(.clock) }
        }
        self.hops = hops
    }

    /// From the first server to the last; nil where a time is missing.
    public var duration: Double? {
        guard hops.count > 1, let first = hops.first?.time, let last = hops.last?.time else { return nil }
        return last - first
    }
}

extension ReceivedTrace.Hop {
    /// `from a (b [192.0.2.1]) by c with ESMTPS id 5B46 for <d>; Mon, 23 Nov 2026 10:00:01 +0100`.
    init(reading field: String) {
        let octets = Array(field.utf8)
        var divider = FieldDivider(.received)
        var at = 0
        for piece in divider.divide(octets[...]) {
            let text = octets[at..<at + piece.count]
            switch (piece.kind, piece.part) {
            case (.comment, .tls): tls = tls ?? Self.inside(text)
            case (.comment, .from): seen = seen ?? Self.inside(text)
            case (.clause, let clause):
                // The first word is the keyword, unless a comment came between it and these.
                let words = text.split(whereSeparator: \.isBlank).map(\.text)
                let isKeyword = words.first?.lowercased() == clause.rawValue
                for word in words.dropFirst(isKeyword ? 1 : 0) { take(word, in: clause) }
            case (.date, _) where date == nil: readDate(octets[at...])
            default: break
            }
            at += piece.count
        }
        // A quotation mark that is never closed takes the rest in, but not the time.
        if date == nil, let end = octets.lastIndex(of: UInt8(ascii: ";")) { readDate(octets[(end + 1)...]) }
    }

    private mutating func take(_ word: String, in clause: FieldPart) {
        switch clause {
        case .from: from = from ?? word
        case .by: by = by ?? word
        case .via: via = [via, word].compactMap(\.self).joined(separator: " ")
        case .with: with = with ?? word
        case .id: id = id ?? word
        case .recipient:
            let address = word.hasPrefix("<") && word.hasSuffix(">") ? String(word.dropFirst().dropLast()) : word
            recipient = recipient ?? address
        case .tls: tls = tls ?? word
        default: break
        }
    }

    /// What stands in a comment.
    private static func inside(_ comment: ArraySlice<UInt8>) -> String {
        comment.dropFirst().dropLast(comment.last == UInt8(ascii: ")") ? 1 : 0).text
    }

    /// Between the parts of a date may be any run of blanks and folds (RFC 5322 §3.3), as before the day from 1 to 9.
    private mutating func readDate(_ text: ArraySlice<UInt8>) {
        let parts = text.split { $0.isBlank || $0 == 13 || $0 == 10 }
        let words = Array(parts.joined(separator: " ".utf8))[...]
        date = words.text
        guard let (stamp, _) = TimeStamp.read(words), stamp.hasDate, !stamp.lacksYear else { return }
        time = stamp.seconds - Double(stamp.zone ?? 0) * 60
    }
}
