/// A domain name: labels of octets, the most specific first, the root label left out (RFC 1035 §3.1).
///
/// A name that exists is a name that fits: each label has 1...63 octets and the whole, in its wire form, at most 255.
/// Two names are equal when they differ only in the case of ASCII letters (RFC 4343 §3); the case that came is kept.
public struct Name: Sendable {
    /// The longest label, in octets (RFC 1035 §2.3.4).
    public static let maxLabel = 63
    /// The longest name in its wire form, length octets and root included (RFC 1035 §2.3.4).
    public static let maxOctets = 255
    /// The root, written as a single dot.
    public static let root = Name(checked: [])

    /// The labels, without the empty label of the root.
    public let labels: [[UInt8]]

    /// A name of these labels; an empty list is the root.
    public init(labels: [[UInt8]]) throws(NameError) {
        for label in labels {
            guard !label.isEmpty else { throw .emptyLabel }
            guard label.count <= Self.maxLabel else { throw .labelTooLong(octets: label.count) }
        }
        let count = labels.reduce(1) { $0 + $1.count + 1 }
        guard count <= Self.maxOctets else { throw .nameTooLong(octets: count) }
        self.labels = labels
    }

    /// For labels whose lengths the caller has already checked.
    init(checked labels: [[UInt8]]) { self.labels = labels }

    /// How many octets the name takes when no part of it is compressed.
    public var wireCount: Int { labels.reduce(1) { $0 + $1.count + 1 } }
    public var isRoot: Bool { labels.isEmpty }
    /// Its wire form, nothing compressed.
    public var octets: [UInt8] { labels.flatMap { [UInt8($0.count)] + $0 } + [0] }
    /// The same in lower case, as what is signed has it (RFC 4034 §6.2).
    public var canonicalOctets: [UInt8] { labels.flatMap { [UInt8($0.count)] + $0.map(lowerCased) } + [0] }

    /// The name that stands first in these octets, not compressed, and how many of them it takes.
    static func read(uncompressed data: ArraySlice<UInt8>) -> (name: Name, count: Int)? {
        var labels: [[UInt8]] = []
        var rest = data
        while let length = rest.popFirst().map(Int.init) {
            guard length > 0 else {
                return (try? Name(labels: labels)).map { ($0, rest.startIndex - data.startIndex) }
            }
            guard length <= maxLabel, rest.count >= length else { return nil }
            labels.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return nil
    }

    /// Whether this name is `zone` or stands below it.
    public func isWithin(_ zone: Name) -> Bool {
        Name(checked: Array(labels.suffix(zone.labels.count))) == zone
    }
}

extension Name: Hashable {
    public static func == (one: Name, other: Name) -> Bool {
        one.labels.count == other.labels.count
            && zip(one.labels, other.labels).allSatisfy { $0.count == $1.count && zip($0, $1).allSatisfy(sameLetter) }
    }

    public func hash(into hasher: inout Hasher) {
        for label in labels {
            hasher.combine(label.count)
            for octet in label { hasher.combine(lowerCased(octet)) }
        }
    }
}

extension Name: Comparable {
    /// The order of names from the root down, as RFC 4034 §6.1 sorts them.
    public static func < (one: Name, other: Name) -> Bool {
        let (left, right) = (one.labels.reversed(), other.labels.reversed())
        return left.lexicographicallyPrecedes(right) {
            $0.map(lowerCased).lexicographicallyPrecedes($1.map(lowerCased))
        }
    }
}

private func lowerCased(_ octet: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
}

private func sameLetter(_ one: UInt8, _ other: UInt8) -> Bool { lowerCased(one) == lowerCased(other) }

/// Why labels or a text are no domain name.
public enum NameError: Error, Equatable, CustomStringConvertible {
    case empty, emptyLabel
    case labelTooLong(octets: Int), nameTooLong(octets: Int)
    /// `at` counts octets of the text from 0.
    case badEscape(at: Int), notASCII(at: Int)

    public var description: String {
        switch self {
        case .empty: "a domain name cannot be empty; the root is written as a dot"
        case .emptyLabel: "the domain name has an empty label: two dots in a row, or a dot at its beginning"
        case .labelTooLong(let octets): "a label has \(octets) octets, DNS carries \(Name.maxLabel)"
        case .nameTooLong(let octets): "the name takes \(octets) octets, DNS carries \(Name.maxOctets)"
        case .badEscape(let at):
            "the escape at octet \(at) of the name is neither \\DDD up to 255 nor \\ and a character"
        case .notASCII(let at): "octet \(at) of the name is not ASCII; an international name goes as its A-label, xn--…"
        }
    }
}
