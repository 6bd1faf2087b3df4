import Notation

/// One packet of a capture as the file holds it.
struct Packet: Equatable {
    /// Nanoseconds since 1970.
    var time: Int64
    /// What its first octets are, a number of the registry of link types.
    var link: UInt32
    /// Where its octets stand in the file, and how many there are.
    var place: Int
    var captured: Int
    /// How many there were on the wire; more than `captured` when the capture was told to cut.
    var original: Int
}

/// Where a capture departs from its format, or holds what is not read; in sentences for whoever opens it.
struct CaptureWarnings: Equatable, Sendable {
    private(set) var sentences: [String] = []
    private var counts: [String: Int] = [:]

    static let maxSentences = 20

    /// Something that ends the reading, or can only happen once.
    mutating func say(_ sentence: String) {
        if sentences.count < Self.maxSentences { sentences.append(sentence) }
    }

    /// Something that may concern every packet. It is counted, and reported once at the end.
    mutating func count(_ what: String, _ number: Int = 1) {
        if counts[what] != nil || counts.count < 100 { counts[what, default: 0] += number }
    }

    /// All of it, the most frequent first.
    var all: [String] {
        sentences
            + counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.maxSentences).map { what, count in
                "\(count.counted("packet")): \(what)"
            }
    }
}
