import SMTP

/// Which sessions of a list are wanted, told in words; the same in the program and for `--filter`.
///
///     refused later        what became of the mail: accepted, later, refused, mixed, unknown, none
///     550 5.1.1            the reply that decided, by its code or its status
///     tls                  those of which some went by inside TLS
///     from:ada to:bob      found in the reverse-path, in a forward-path; so `server:` and `client:`
///     greylist 192.0.2.1   whatever else is typed is found anywhere in the row
///
/// Words of one kind widen, and kinds narrow: `refused later from:ada` are Ada's mails that were not taken. Of whatever else is
/// typed each word has to be found. Whether letters are capital does not matter. Every text is a filter; none is an error.
public struct SessionFilter: Equatable, Sendable {
    private var outcomes: [Verdict.Outcome] = []
    private var codes: [String] = []
    private var statuses: [String] = []
    private var needsTLS = false
    private var fields: [SessionTexts.Field: [[UInt8]]] = [:]
    private var words: [[UInt8]] = []

    public init(_ text: String) {
        for word in text.split(whereSeparator: \.isWhitespace) { take(SessionTexts.folded(String(word))) }
    }

    /// Whether all sessions are wanted.
    public var isEmpty: Bool { self == SessionFilter("") }

    private mutating func take(_ word: [UInt8]) {
        let text = String(decoding: word, as: UTF8.self)
        if let outcome = Self.outcomes[text] {
            outcomes += outcome
        } else if text == "tls" {
            needsTLS = true
        } else if word.count == 3, (0x32...0x35).contains(word[0]), word.allSatisfy(Self.isDigit) {
            codes.append(text)
        } else if Self.isStatus(word) {
            statuses.append(text)
        } else if let colon = word.firstIndex(of: 0x3A),
            let field = SessionTexts.Field(rawValue: String(decoding: word[..<colon], as: UTF8.self))
        {
            // A field of which nothing is said yet, while it is typed, asks for nothing.
            if colon + 1 < word.count { fields[field, default: []].append(Array(word[(colon + 1)...])) }
        } else {
            words.append(word)
        }
    }

    /// The words for what became of a session.
    fileprivate static let outcomes: [String: [Verdict.Outcome]] = [
        "accepted": [.accepted], "later": [.deferred], "deferred": [.deferred], "refused": [.refused],
        "mixed": [.mixed], "unknown": [.unknown], "none": [.none, .untried],
    ]

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    /// `5.1.1` (RFC 3463 §2).
    private static func isStatus(_ word: [UInt8]) -> Bool {
        let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].count == 1 && [0x32, 0x34, 0x35].contains(parts[0].first)
            && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
    }

    /// Whether a session is wanted.
    public func wants(_ session: ListedSession) -> Bool { wants(session, in: SessionTexts([session]), at: 0) }

    /// The wanted among rows whose texts were made before, by their index.
    public func indices(in rows: [ListedSession], _ texts: SessionTexts) -> [Int] {
        rows.indices.filter { wants(rows[$0], in: texts, at: $0) }
    }

    private func wants(_ session: ListedSession, in texts: SessionTexts, at row: Int) -> Bool {
        guard outcomes.isEmpty || outcomes.contains(where: session.came), !needsTLS || session.usesTLS else {
            return false
        }
        if !codes.isEmpty {
            guard let code = session.code, codes.contains("\(code)") else { return false }
        }
        if !statuses.isEmpty {
            guard let status = session.status, statuses.contains("\(status)") else { return false }
        }
        for (field, wanted) in fields {
            guard wanted.contains(where: { texts.row(row, field, holds: $0) }) else { return false }
        }
        return words.allSatisfy { texts.row(row, nil, holds: $0) }
    }
}

/// What rows of a list say, in one piece and in small letters, so that thousands are looked through while a person types.
public struct SessionTexts: Sendable, Equatable {
    /// A column that can be asked for by its name. The order is that of the texts.
    enum Field: String, CaseIterable { case from, to, server, client }

    private var octets: [UInt8] = []
    /// Where in `octets` each field of each row begins, the rest of the row behind the fields.
    private var starts: [Int] = []
    private static let partsOfRow = Field.allCases.count + 1

    public init(_ rows: some Sequence<ListedSession>) {
        for row in rows {
            for field in Field.allCases {
                starts.append(octets.count)
                switch field {
                case .from: add(row.from)
                case .to: for path in row.to { add(path) }
                case .server: add(row.server)
                case .client: add(row.client)
                }
            }
            starts.append(octets.count)
            for text in ["\(row.number)", row.began, row.told] { add(text) }
            for situation in row.situations { add("\(situation.id) \(situation.listed)") }
            // The word of an outcome finds its sessions while it is typed, too.
            for outcome in Verdict.Outcome.allCases where row.came(to: outcome) { add(Self.words[outcome]) }
        }
        starts.append(octets.count)
        Self.fold(&octets)
    }

    /// Nothing of the rows is lost with the texts, and they are made of them: all are equal.
    public static func == (one: Self, other: Self) -> Bool { true }

    private mutating func add(_ text: String?) {
        guard let text else { return }
        octets += text.utf8
        // What no word can hold, so that none is found across two texts.
        octets.append(0x0A)
    }

    /// The octets of a text, capital letters of ASCII as small ones.
    static func folded(_ text: String) -> [UInt8] {
        var octets = Array(text.utf8)
        fold(&octets)
        return octets
    }

    private static func fold(_ octets: inout [UInt8]) {
        for index in octets.indices where (0x41...0x5A).contains(octets[index]) { octets[index] |= 0x20 }
    }

    /// The words of the filter for each outcome.
    private static let words = Dictionary(
        Verdict.Outcome.allCases.map { outcome in
            (outcome, SessionFilter.outcomes.filter { $0.value.contains(outcome) }.keys.sorted().joined(separator: " "))
        },
        uniquingKeysWith: { first, _ in first }
    )

    /// Whether a row, or one field of it, holds a word.
    func row(_ row: Int, _ field: Field?, holds word: [UInt8]) -> Bool {
        let first = row * Self.partsOfRow
        guard let field, let index = Field.allCases.firstIndex(of: field) else {
            return Self.find(word, in: octets, starts[first]..<starts[first + Self.partsOfRow])
        }
        return Self.find(word, in: octets, starts[first + index]..<starts[first + index + 1])
    }

    private static func find(_ word: [UInt8], in octets: [UInt8], _ range: Range<Int>) -> Bool {
        guard let first = word.first, range.count >= word.count else { return word.isEmpty }
        return octets.withUnsafeBufferPointer { all in
            word.withUnsafeBufferPointer { word in
                for start in range.lowerBound...range.upperBound - word.count where all[start] == first {
                    var length = 1
                    while length < word.count, all[start + length] == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}
