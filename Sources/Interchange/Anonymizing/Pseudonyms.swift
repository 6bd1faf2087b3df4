import Notation

/// Other names for people, hosts, addresses and queue ids: the same for the same, and as long as what they stand for.
///
/// As long, because sizes are told in mail sessions (SIZE, BDAT, the length of a label in a DNS message), and a false size would
/// be a finding that the session did not have. What stands for what depends on the order in which names come and on nothing
/// else, so nobody who has the output can compute them back.
struct Pseudonyms {
    private enum Kind: Hashable { case localPart, label, octet, group, identifier }
    private struct Key: Hashable {
        let kind: Kind
        let text: [UInt8]
    }

    private var known: [Key: [UInt8]] = [:]
    private var taken: Set<Key> = []
    /// Words of local-parts and domains, and what stands for them wherever they stand alone.
    private var alone: [[UInt8]: [UInt8]] = [:]
    /// How many names of each kind and length were given.
    private var counts: [Key: Int] = [:]

    /// The most names that are kept; the shortest may then be given twice.
    private static let maxNames = 1_000_000

    /// A word of fewer letters is told from others only where it is part of an address.
    private static let leastLetters = 3

    /// Names that say what somebody is for and not who it is (RFC 2142, RFC 5321 §4.5.1).
    private static let roles: Set<[UInt8]> = Set(["postmaster", "abuse", "mailer-daemon"].map { Array($0.utf8) })
    /// Labels that belong to the system and name nobody (RFC 6761, RFC 1035 §3.5).
    private static let plainLabels: Set<[UInt8]> = Set(
        ["localhost", "localdomain", "in-addr", "ip6"].map { Array($0.utf8) }
    )

    // MARK: Names

    /// `ada` as `usr`, and the same whatever its capitals.
    mutating func localPart(_ text: some Collection<UInt8>) -> [UInt8] {
        let folded = Self.folded(text)
        guard !Self.roles.contains(folded) else { return Array(text) }
        for word in folded.split(whereSeparator: { ".-_".utf8.contains($0) })
        where word.count < folded.count && Self.letters(of: word) >= Self.leastLetters {
            learn(Array(word), name(.localPart, Array(word), "user"))
        }
        let other = name(.localPart, folded, "user")
        if Self.letters(of: folded) >= Self.leastLetters { learn(folded, other) }
        return other
    }

    /// One label of a domain. Those that begin with an underscore are names of services (RFC 8552).
    mutating func label(_ text: some Collection<UInt8>) -> [UInt8] {
        let folded = Self.folded(text)
        guard folded.first != UInt8(ascii: "_"), !Self.plainLabels.contains(folded) else { return Array(text) }
        let other = name(.label, folded, "host")
        let letters = Self.letters(of: folded)
        // Hosts are called `mx7` as well.
        if letters >= Self.leastLetters || letters > 1 && letters < folded.count { learn(folded, other) }
        // A company `Com-Pany` may be written in one word, or be one of the two.
        let words = folded.split(whereSeparator: { $0 == 0x2D || $0 == 0x5F })
        for word in words + [Array(words.joined())[...]]
        where word.count < folded.count && Self.letters(of: word) > Self.leastLetters {
            learn(Array(word), name(.label, Array(word), "host"))
        }
        return other
    }

    /// A word of somebody's name as a mail shows it (RFC 5322 §3.4).
    mutating func person(_ word: some Collection<UInt8>) {
        let folded = Self.folded(word)
        guard Self.letters(of: folded) >= Self.leastLetters, !Self.roles.contains(folded), !PlainWords.contains(folded)
        else { return }
        learn(folded, name(.localPart, folded, "user"))
    }

    /// What stands for a word that was replaced before, in an address or a domain; nil for any other.
    func known(_ word: some Collection<UInt8>) -> [UInt8]? { alone[Self.folded(word)] }

    private mutating func learn(_ folded: [UInt8], _ other: [UInt8]) {
        let isWord = folded.allSatisfy { $0 >= 0x80 || ".-_".utf8.contains($0) || $0.isLetterOrDigit }
        guard isWord, alone[folded] == nil, alone.count < Self.maxNames, !PlainWords.contains(folded) else { return }
        alone[folded] = other
    }

    private static func letters(of word: some Collection<UInt8>) -> Int {
        word.count { $0 >= 0x80 || $0.isLetterOrDigit && $0 > 0x39 }
    }

    /// A domain, label by label; the last one stays, but where it stands alone, and so does the name of a block list. What was
    /// looked up in that is often an address from its end (RFC 5782 §2.1).
    mutating func domain(_ text: some Collection<UInt8>) -> [UInt8] {
        guard !PublicNames.helpPages.contains(String(decoding: text, as: UTF8.self).lowercased()) else {
            return Array(text)
        }
        let labels = Array(text).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let last = labels.lastIndex { !$0.isEmpty } ?? 0
        let listed = PublicNames.blockListLabels(labels)
        if listed > 0 {
            let others = asked(labels.dropLast(listed))
            return Array((others + labels.suffix(listed).map(Array.init)).joined(separator: [UInt8(ascii: ".")]))
        }
        return Array(
            labels.enumerated().map { index, label in
                label.isEmpty || index == last && last > 0 ? Array(label) : self.label(label)
            }.joined(separator: [UInt8(ascii: ".")])
        )
    }

    /// What is looked up in a list, label by label: an address from its end, or names.
    mutating func asked(_ labels: [ArraySlice<UInt8>]) -> [[UInt8]] {
        let address = Array(labels.reversed().joined(separator: [UInt8(ascii: ".")]))
        guard IPv4Text.octets(address[...]) != nil else { return labels.map { label($0) } }
        return ipv4(address).split(separator: UInt8(ascii: ".")).reversed().map(Array.init)
    }

    /// A queue id or the like: letters stay letters, digits digits.
    mutating func identifier(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        return named(Key(kind: .identifier, text: text), length: text.count) { number in
            // Steps of a size that has no divisor in common with 10 or 26 come to every name.
            var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
            return text.map { octet in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let step = UInt8((state >> 33) % 26)
                switch octet {
                case 0x30...0x39: return 0x30 + step % 10
                case 0x41...0x5A: return 0x41 + step
                case 0x61...0x7A: return 0x61 + step
                default: return octet
                }
            }
        }
    }

    // MARK: Addresses

    /// `198.51.100.7`, part by part, so that what was in one network still is. Loopback stays.
    mutating func ipv4(_ text: some Collection<UInt8>) -> [UInt8] {
        let parts = Array(text).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, !parts[0].elementsEqual("127".utf8) else { return Array(text) }
        var prefix: [UInt8] = []
        return Array(
            parts.map { part in
                prefix += Array(part) + [UInt8(ascii: ".")]
                let digits = part.count
                return named(
                    Key(kind: .octet, text: prefix),
                    length: digits,
                    within: Array(prefix.dropLast(digits + 1))
                ) { number in
                    switch digits {
                    case 1: Array("\(number % 10)".utf8)
                    case 2: Array("\(10 + number % 90)".utf8)
                    // Neither the documentation's networks nor loopback are hit by the first.
                    default: Array("\(100 + (number + 30) % 156)".utf8)
                    }
                }
            }.joined(separator: [UInt8(ascii: ".")])
        )
    }

    /// The same of IPv6, group by group; zeros stay, since `::` stands for them.
    mutating func ipv6(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        guard text != Array("::1".utf8), text != Array("::".utf8) else { return text }
        return Array(
            text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { part in
                if part.contains(UInt8(ascii: ".")) { return ipv4(part) }
                let digits = part.drop { $0 == 0x30 }
                guard !digits.isEmpty else { return Array(part) }
                let folded = Self.folded(digits)
                let other = named(Key(kind: .group, text: folded), length: digits.count) { number in
                    let least = digits.count == 1 ? 1 : 1 << (4 * (digits.count - 1))
                    let span = (1 << (4 * digits.count)) - least
                    return Array(String(least + (number * 7 + 3) % span, radix: 16).utf8)
                }
                return Array(part.prefix(part.count - digits.count)) + other
            }.joined(separator: [UInt8(ascii: ":")])
        )
    }

    // MARK: Giving names

    /// `user07` for what has six octets, `u7` for two.
    private mutating func name(_ kind: Kind, _ text: [UInt8], _ word: String) -> [UInt8] {
        let length = text.count
        return named(Key(kind: kind, text: text), length: length) { number in
            let digits = Array(String(number, radix: length > 5 ? 10 : 36).utf8)
            let stem = length > 5 ? Array(word.utf8) : Array(word.utf8.prefix(1))
            let room = length - digits.count
            guard room >= stem.count else {
                // As many as fit, a letter first.
                return Array((stem + digits).suffix(length - 1).reversed() + [0x61 + UInt8(number % 26)]).reversed()
            }
            return stem + Array(repeating: 0x30, count: room - stem.count) + digits
        }
    }

    /// The name that is known, or the next that nobody has; `within` are those that it must differ from.
    private mutating func named(_ key: Key, length: Int, within: [UInt8] = [], _ make: (Int) -> [UInt8]) -> [UInt8] {
        if let known = known[key] { return known }
        let shape = Key(kind: key.kind, text: within + [0] + Array("\(length)".utf8))
        var number = counts[shape, default: 0]
        var made = make(number)
        // A name that somebody has already, or that is the one it should hide, is passed over; there are only so many short ones.
        for _ in 0..<1000 where made == key.text || taken.contains(Key(kind: key.kind, text: within + [0] + made)) {
            number += 1
            made = make(number)
        }
        counts[shape] = number + 1
        if known.count < Self.maxNames {
            known[key] = made
            taken.insert(Key(kind: key.kind, text: within + [0] + made))
        }
        return made
    }

    private static func folded(_ text: some Collection<UInt8>) -> [UInt8] {
        text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
