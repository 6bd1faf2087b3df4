import Notation

/// One packet of a capture as the file holds it.
struct Packet: Equatable {
    /// Nanoseconds since 1970.
    var time: Int64
    /// What its first octets are, a number of the registry of link types.
    var link: UInt32
    /// Which interface of the file saw it; those of each section have their own numbers.
    var interface: UInt32 = 0
    /// Where its octets stand in the file, and how many there are.
    var place: Int
    var captured: Int
    /// How many there were on the wire; more than `captured` when the capture was told to cut.
    var original: Int
}

/// Where a capture departs from its format, or holds what is not read; in sentences for whoever opens it.
struct CaptureWarnings: Equatable, Sendable {
    private(set) var sentences: [String] = []
    private var counts: [Counted: Int] = [:]

    static let maxSentences = 20

    /// Something that ends the reading, or can only happen once.
    mutating func say(_ sentence: String) {
        if sentences.count < Self.maxSentences { sentences.append(sentence) }
    }

    /// Something that may concern every packet, as a sentence about them. It is counted, and reported once at the end.
    mutating func count(_ what: String, _ number: Int = 1) { count(.departs(what), number) }

    /// A packet in something that is not read, by its name.
    mutating func countUnread(in name: String) { count(.unread(in: name), 1) }

    private mutating func count(_ what: Counted, _ number: Int) {
        guard number > 0 else { return }
        if counts[what] != nil || counts.count < 100 { counts[what, default: 0] += number }
    }

    private enum Counted: Hashable {
        case departs(String)
        case unread(in: String)

        func told(_ packets: String) -> String {
            switch self {
            case .departs(let sentence): "\(packets): \(sentence)"
            case .unread(let name): "\(packets) in \(name), which is not read here"
            }
        }
    }

    /// All of it, the most frequent first.
    var all: [String] {
        sentences
            + counts.map { (told: $0.told($1.counted("packet")), count: $1) }
            .sorted { ($1.count, $0.told) < ($0.count, $1.told) }.prefix(Self.maxSentences).map(\.told)
    }
}
