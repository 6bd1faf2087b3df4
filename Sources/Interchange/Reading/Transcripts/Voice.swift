import SMTP

/// What a line of a log says of the client, and in which words: two voices of one program say the same of one command.
///
/// It decides whether two lines that follow on each other are one line of the wire. A line that is logged twice in the same
/// words may have been sent twice.
struct Voice {
    private let said: ArraySlice<UInt8>
    private let session: [UInt8]
    /// As the log has it.
    private let line: ArraySlice<UInt8>

    /// Nil for a line that nobody says.
    init?(_ item: Peeled.Item, in line: ArraySlice<UInt8>, of session: [UInt8]) {
        switch item {
        case .said(.some, let text): said = text
        case .wrote(.some, let octets): said = octets.filter { $0 != 13 && $0 != 10 }[...]
        case .said, .wrote, .turn, .wraps, .cut, .leftOut, .link, .remark, .either, .goesOn, .unsent, .again: return nil
        }
        (self.session, self.line) = (session, line)
    }

    /// The words of the log around what is said, but for those with a digit, as times and identifiers are.
    private var words: [[UInt8]] { Self.words(of: line, around: said.count) }

    /// Whether what is said is the client's.
    private var isOfClient: Bool { LineShape(said).side == .client || CredentialsInText.isTellingBase64(said) }

    fileprivate static func words(of line: ArraySlice<UInt8>, around length: Int) -> [[UInt8]] {
        line.prefix(max(0, line.count - length)).split { !$0.isLetterOrDigit && !"<>-".utf8.contains($0) }
            .map { Array($0) }.filter { !$0.contains { (0x30...0x39).contains($0) } }
    }

    /// Whether another voice said the same.
    ///
    /// Nearly no line repeats the one before, so the words around a line are not looked at until one does.
    func echoes(_ other: Voice) -> Bool {
        said == other.said && session == other.session && isOfClient && words != other.words
    }
}

/// Two voices of a log that tell a whole session each, their lines between each other's as they come: the second says nothing new.
///
/// It decides by the lines themselves: one voice says of a side, line for line, what another has said. It does not know who they are.
/// Sessions that are alike but for their times do not count: a reply that repeats another's greeting and all else is an echo of it.
struct EchoingVoices {
    /// The words of the log around lines of one side.
    private struct Key: Hashable {
        var words: [[UInt8]]
        var side: Side
    }

    /// Those whose lines only repeat.
    private let echoes: Set<Key>

    /// The fewest lines of a voice, and the most voices that are told apart.
    private static let (fewest, most) = (2, 32)

    /// Nil where no voice repeats another on both sides.
    init?(_ lines: [(raw: ArraySlice<UInt8>, item: Peeled.Item)]) {
        var voices: [Key: (first: Int, said: [ArraySlice<UInt8>])] = [:]
        for (number, line) in lines.enumerated() {
            guard let (said, key) = Self.said(line.item, in: line.raw) else { continue }
            guard voices[key] != nil || voices.count < Self.most else { return nil }
            voices[key, default: (number, [])].said.append(said)
        }
        var echoes: Set<Key> = []
        let inOrder = voices.filter { $0.value.said.count >= Self.fewest }.sorted { $0.value.first < $1.value.first }
        for (at, voice) in inOrder.enumerated() {
            let isEcho = inOrder[..<at].contains { before in
                !echoes.contains(before.key) && before.key.side == voice.key.side
                    && Self.repeats(voice.value.said, before.value.said)
            }
            if isEcho { echoes.insert(voice.key) }
        }
        guard Set(echoes.map(\.side)).count == 2 else { return nil }
        self.echoes = echoes
    }

    /// Whether what is said is nothing but an echo.
    func hold(_ item: Peeled.Item, in raw: ArraySlice<UInt8>) -> Bool {
        Self.said(item, in: raw).map { echoes.contains($0.key) } ?? false
    }

    private static func said(_ item: Peeled.Item, in raw: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, key: Key)? {
        let text: ArraySlice<UInt8>
        switch item {
        case .said(_, let said): text = said
        case .wrote(_, let octets): text = octets.filter { $0 != 13 && $0 != 10 }[...]
        case .turn, .wraps, .cut, .leftOut, .link, .remark, .either, .goesOn, .unsent, .again: return nil
        }
        return LineShape(text).side.map { (text, Key(words: Voice.words(of: raw, around: text.count), side: $0)) }
    }

    /// Whether one says the same as the other, as far as both are there: the later one may lack its end.
    private static func repeats(_ later: [ArraySlice<UInt8>], _ before: [ArraySlice<UInt8>]) -> Bool {
        let common = min(later.count, before.count)
        return max(later.count, before.count) - common <= max(1, common / 20)
            && zip(later, before).allSatisfy { $0.elementsEqual($1) }
    }
}
