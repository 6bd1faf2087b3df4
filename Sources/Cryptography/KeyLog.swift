import Notation

/// The secrets of TLS connections as NSS, OpenSSL and curl write them where SSLKEYLOGFILE says so: a line a secret, its label, the
/// random of the ClientHello and the secret itself in hexadecimal.
///
///     CLIENT_RANDOM 52340C85… 9F9A0F19…
///     SERVER_TRAFFIC_SECRET_0 A3B1… 77C0…
///
/// Reading never fails: lines that are no secret are counted and told once. How many connections are kept is bounded.
public struct KeyLog: Sendable {
    /// Where secrets are from. Those that somebody gave count before those that a capture brings along.
    public enum Source: Comparable, Sendable {
        case capture
        case given
    }

    /// What is known of one connection.
    struct Connection: Equatable, Sendable {
        private struct Secret: Equatable, Sendable {
            let octets: [UInt8]
            let source: Source
        }

        private var known: [Label: Secret] = [:]

        subscript(label: Label) -> [UInt8]? { known[label]?.octets }

        fileprivate func source(of label: Label) -> Source? { known[label]?.source }

        /// Of a secret that is known twice the last counts, but none before one that counts more.
        fileprivate mutating func keep(_ octets: [UInt8], _ label: Label, from source: Source) {
            guard known[label].map({ $0.source <= source }) ?? true else { return }
            known[label] = Secret(octets: octets, source: source)
        }
    }

    /// What a connection needs to be opened wholly.
    public struct Wanted: Hashable, Sendable {
        let clientRandom: [UInt8]
        let isTLS13: Bool
    }

    /// THE table of the labels that open records.
    enum Label: String, CaseIterable, Sendable {
        /// The master secret of TLS 1.2 (RFC 5246 §8.1).
        case master = "CLIENT_RANDOM"
        // Those of TLS 1.3 (RFC 8446 §7.1).
        case clientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
        case serverHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
        case clientApplication = "CLIENT_TRAFFIC_SECRET_0"
        case serverApplication = "SERVER_TRAFFIC_SECRET_0"

        /// How long the secret may be: 48 octets of a master secret, else as long as a hash.
        var counts: [Int] { self == .master ? [48] : [32, 48] }
    }

    /// Labels of secrets that open none of the records that are shown here.
    private static let otherLabels: Set<String> = [
        "RSA", "CLIENT_EARLY_TRAFFIC_SECRET", "EARLY_EXPORTER_SECRET", "EARLY_EXPORTER_MASTER_SECRET",
        "EXPORTER_SECRET",
        "ECH_SECRET", "ECH_CONFIG",
    ]
    /// Secrets behind a KeyUpdate, which follow from the first ones: `CLIENT_TRAFFIC_SECRET_1`, OpenSSL's `…_N`.
    private static let laterSecrets = ["CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_"]

    /// The most connections whose secrets are kept.
    static let maxConnections = 1 << 20
    /// The longest line that is read.
    static let maxLine = 1024

    private var connections: [[UInt8]: Connection] = [:]
    private var badLines = 0
    private var surplus = 0
    /// The most connections, where the oldest are forgotten for newer ones; nil where the first ones are kept.
    private let most: Int?
    /// With that, the connections in the order in which they came; the first `gone` of them are forgotten.
    private var order: [[UInt8]] = []
    private var gone = 0

    public init() { most = nil }

    /// A whole file.
    public init(_ octets: [UInt8]) {
        self.init()
        add(octets)
    }

    /// One that grows without an end: the secrets of so many connections are kept, the latest ones.
    public init(keepingLast most: Int) { self.most = most }

    /// Whether no secret is known.
    public var isEmpty: Bool { connections.isEmpty }
    /// Of how many connections secrets are known.
    public var count: Int { connections.count }

    /// What could not be read, in sentences.
    public var warnings: [String] {
        var sentences: [String] = []
        if badLines > 0 {
            sentences.append("\(badLines.counted("line")) of the key log left out: no secret in NSS's form")
        }
        if surplus > 0 {
            sentences.append("the key log knows more than \(Self.maxConnections) connections; later ones are left out")
        }
        return sentences
    }

    /// What could not be read was told.
    public mutating func forgetWarnings() { (badLines, surplus) = (0, 0) }

    /// Takes what a key log holds. Lines end in CR, LF or both; of a secret that stands in it twice the last counts.
    public mutating func add(_ octets: [UInt8], from source: Source = .given) {
        // A text editor may have put a byte order mark in front (RFC 3629 §6).
        let text = octets.starts(with: [0xEF, 0xBB, 0xBF]) ? octets.dropFirst(3) : octets[...]
        for line in text.split(whereSeparator: { $0 == 10 || $0 == 13 }) { add(line: line, source) }
    }

    /// Takes in all that another one knows.
    public mutating func add(_ other: KeyLog) {
        for (random, known) in other.connections {
            for label in Label.allCases {
                if let secret = known[label], let source = known.source(of: label) {
                    keep(secret, label, of: random, from: source)
                }
            }
        }
        addWarnings(of: other)
    }

    /// Takes in what could not be read of another one, and none of its secrets.
    public mutating func addWarnings(of other: KeyLog) {
        badLines += other.badLines
        surplus += other.surplus
    }

    func connection(_ clientRandom: [UInt8]) -> Connection? { connections[clientRandom] }

    /// Whether all is known that a connection needs.
    public func holds(_ wanted: Wanted) -> Bool {
        guard let known = connections[wanted.clientRandom] else { return false }
        return Label.allCases.allSatisfy { ($0 == .master) == wanted.isTLS13 || known[$0] != nil }
    }

    private mutating func add(line: ArraySlice<UInt8>, _ source: Source) {
        guard line.first(where: { $0 != 32 && $0 != 9 }) != UInt8(ascii: "#") else { return }
        let words = line.count <= Self.maxLine ? line.split(whereSeparator: { $0 == 32 || $0 == 9 }) : []
        guard !words.isEmpty || line.count > Self.maxLine else { return }
        guard words.count == 3, let name = String(validating: words[0], as: UTF8.self),
            let random = Self.octets(words[1]), let secret = Self.octets(words[2])
        else { return badLines += 1 }
        guard let label = Label(rawValue: name) else {
            let isKnown = Self.otherLabels.contains(name) || Self.laterSecrets.contains { name.hasPrefix($0) }
            if !isKnown { badLines += 1 }
            return
        }
        guard random.count == 32, label.counts.contains(secret.count) else { return badLines += 1 }
        keep(secret, label, of: random, from: source)
    }

    private mutating func keep(_ secret: [UInt8], _ label: Label, of random: [UInt8], from source: Source) {
        if connections[random] == nil {
            guard makeRoom() else { return surplus += 1 }
            if most != nil { order.append(random) }
        }
        connections[random, default: Connection()].keep(secret, label, from: source)
    }

    /// For one connection more; false where there is none.
    private mutating func makeRoom() -> Bool {
        guard let most else { return connections.count < Self.maxConnections }
        guard connections.count >= most, gone < order.count else { return true }
        connections[order[gone]] = nil
        gone += 1
        // Moving them each time would cost more than the memory is worth.
        if gone > most {
            order.removeFirst(gone)
            gone = 0
        }
        return true
    }

    /// Pairs of hexadecimal digits; nil for anything else.
    private static func octets(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = digit.hexValue else { return nil }
            if let first = high {
                octets.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return octets
    }
}
