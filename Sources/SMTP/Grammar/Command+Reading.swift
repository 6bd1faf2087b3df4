extension Command {
    /// Reads a command line that somebody else wrote (RFC 5321 §4.1.1, §2.4). Lenient forms are read as they were meant,
    /// with a departure each; what cannot be read is kept as junk.
    public static func read(_ octets: [UInt8]) -> LineReading<Command> {
        var cursor = LineCursor(octets)
        return read(&cursor)
    }

    /// The same for whoever reads every line of every session: where there is nothing to remark and no parameter, as on nearly every
    /// line, without lexemes.
    public static func judged(_ octets: [UInt8]) -> LineReading<Command> {
        plain(octets).map { LineReading(value: $0, lexemes: [], departures: []) } ?? read(octets)
    }

    /// A command of which `read` finds nothing to remark: a verb that takes nothing, alone, or MAIL or RCPT with a plain mailbox and
    /// nothing behind it; nil for every other.
    private static func plain(_ octets: [UInt8]) -> Command? {
        guard octets.count <= 510 else { return nil }
        if octets.count == 4, let verb = Verb(reading: octets[...]), verb.shape == .nothing, !verb.isObsolete {
            return Command(verb: verb, typedVerb: octets, argument: .none)
        }
        // A path has 256 octets at most, its brackets among them (RFC 5321 §4.5.3.1.3).
        guard let (range, at) = octets.withUnsafeBufferPointer(plainAddress), range.upperBound == octets.count - 1,
            range.count <= 254
        else { return nil }
        let (local, domain) = (Array(octets[range.lowerBound..<at]), Array(octets[(at + 1)..<range.upperBound]))
        guard local.count <= 64, domain.count <= 255, Mailbox.isLocalPart(local), Domain.isDomain(domain) else {
            return nil
        }
        let verb: Verb = octets[0].uppercased == UInt8(ascii: "M") ? .mail : .rcpt
        return Command(
            verb: verb,
            typedVerb: Array(octets[..<4]),
            argument: .path(.mailbox(Mailbox(unchecked: local, domain: domain)))
        )
    }

    /// The same without lexemes and departures: for whoever reads thousands of lines and asks only what was said.
    public init(reading octets: [UInt8]) {
        var cursor = LineCursor(octets, valueOnly: true)
        self = Self.read(&cursor).value
    }

    /// The turn of a command line alone, as `init(reading:)` has it: its verb tells it, and of BDAT what stands behind that.
    public static func turn(of octets: [UInt8]) -> CommandSequence.Turn {
        let word = octets.drop(while: \.isWhiteSpace).prefix { !$0.isWhiteSpace && $0 != UInt8(ascii: ":") }
        let verb = Verb(reading: word)
        return verb == .bdat ? Command(reading: octets).turn : verb?.turn ?? .unknown
    }

    /// The path of MAIL or RCPT alone, as `init(reading:)` has it; nil where there is none.
    public static func path(of octets: [UInt8]) -> Path? {
        if let plain = plainPath(octets) { return plain }
        var cursor = LineCursor(octets, valueOnly: true)
        cursor.take(as: .leadingSpace, while: \.isWhiteSpace)
        let word = verbWord(cursor)
        guard let preposition = Verb(reading: word).flatMap(Preposition.init),
            takePreposition(preposition, behind: word, &cursor)
        else { return nil }
        return takePath(&cursor, preposition)?.value
    }

    /// The path of `MAIL FROM:<local-part@domain>` and its like, in which nothing needs a closer look; nil for every other spelling.
    private static func plainPath(_ line: [UInt8]) -> Path? {
        guard let (range, at) = line.withUnsafeBufferPointer(plainAddress) else { return nil }
        return .mailbox(
            Mailbox(unchecked: Array(line[range.lowerBound..<at]), domain: Array(line[(at + 1)..<range.upperBound]))
        )
    }

    /// Where the address of such a line stands, and its at sign; nil for every other spelling.
    public static func plainAddress(_ line: UnsafeBufferPointer<UInt8>) -> (range: Range<Int>, at: Int)? {
        guard let start = begins(line, "MAIL FROM:<") ?? begins(line, "RCPT TO:<") else { return nil }
        var at: Int?
        var index = start
        while index < line.count {
            switch line[index] {
            case UInt8(ascii: ">"):
                guard let at, at > start else { return nil }
                return (start..<index, at)
            case UInt8(ascii: "@"):
                guard at == nil else { return nil }
                at = index
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), 0...32, 127...255: return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Where a line goes on behind what it begins with, in any case; nil where it begins otherwise.
    private static func begins(_ line: UnsafeBufferPointer<UInt8>, _ words: StaticString) -> Int? {
        let count = words.utf8CodeUnitCount
        guard line.count > count else { return nil }
        for index in 0..<count where line[index].uppercased != words.utf8Start[index] { return nil }
        return count
    }

    private static func verbWord(_ cursor: LineCursor) -> ArraySlice<UInt8> {
        cursor.rest.prefix { !$0.isWhiteSpace && $0 != UInt8(ascii: ":") }
    }

    private static func read(_ cursor: inout LineCursor) -> LineReading<Command> {
        let octets = cursor.octets
        if octets.count + 2 > 512 { cursor.note(.commandLineTooLong, 0..<octets.count) }
        if cursor.next?.isWhiteSpace == true {
            cursor.note(.leadingSpace, 0..<1)
            cursor.take(as: .leadingSpace, while: \.isWhiteSpace)
        }
        let word = verbWord(cursor)
        guard !word.isEmpty else {
            cursor.note(.emptyCommand)
            cursor.takeRest(as: .junk)
            return cursor.reading(Command(verb: nil, typedVerb: [], argument: .none))
        }
        let verb = Verb(reading: word)
        if verb == nil { cursor.note(.unknownVerb, cursor.position..<cursor.position + word.count) }
        if verb?.isObsolete == true { cursor.note(.obsoleteVerb, cursor.position..<cursor.position + word.count) }
        if let preposition = verb.flatMap(Preposition.init) { return readPath(&cursor, verb, word: word, preposition) }
        cursor.take(word.count, as: .verb)
        let argument = readArgument(&cursor, of: verb)
        return cursor.reading(Command(verb: verb, typedVerb: Array(word), argument: argument))
    }

    /// Everything after a verb that takes no path.
    private static func readArgument(_ cursor: inout LineCursor, of verb: Verb?) -> Argument {
        let content = cursor.countWithoutTrailingSpace
        let hasArgument = content > 0
        if hasArgument { cursor.take(as: .separator, while: \.isWhiteSpace) }
        let start = cursor.position
        let argument = cursor.rest.prefix(cursor.countWithoutTrailingSpace)
        let range = start..<start + argument.count
        defer { takeTrailingSpace(&cursor) }
        switch verb?.shape {
        case .nothing:
            if hasArgument { cursor.note(.unexpectedArgument, range) }
            cursor.take(argument.count, as: .argument)
            return hasArgument ? .text(Array(argument)) : .none
        case .domain:
            guard hasArgument else { return missing(&cursor) }
            let name = argument.prefix { !$0.isWhiteSpace }
            cursor.note(Domain.departures(ofClientName: name, at: start..<start + name.count))
            cursor.take(name.count, as: .domain)
            if name.count < argument.count {
                cursor.note(.unexpectedArgument, cursor.position..<range.upperBound)
                cursor.take(argument.count - name.count, as: .junk)
            }
            return .domain(Array(name))
        case .mechanism:
            guard hasArgument else { return missing(&cursor) }
            return readMechanism(&cursor, argument)
        case .chunk:
            guard hasArgument else { return missing(&cursor) }
            return readChunk(&cursor, argument, range)
        case .text, .attributes:
            guard hasArgument else { return missing(&cursor) }
            cursor.take(argument.count, as: .argument)
            return .text(Array(argument))
        case .optionalText, .reversePath, .forwardPath, nil:
            cursor.take(argument.count, as: .argument)
            return hasArgument ? .text(Array(argument)) : .none
        }
    }

    private static func missing(_ cursor: inout LineCursor) -> Argument {
        cursor.note(.missingArgument)
        return .none
    }

    private static func takeTrailingSpace(_ cursor: inout LineCursor) {
        guard !cursor.isAtEnd else { return }
        cursor.note(.trailingSpace, cursor.position..<cursor.octets.count)
        cursor.takeRest(as: .trailingSpace)
    }

    /// `AUTH mechanism [initial-response]` (RFC 4954 §4).
    private static func readMechanism(_ cursor: inout LineCursor, _ argument: ArraySlice<UInt8>) -> Argument {
        let mechanism = cursor.take(argument.prefix { !$0.isWhiteSpace }.count, as: .mechanism)
        guard mechanism.count < argument.count else { return .mechanism(Array(mechanism), initialResponse: nil) }
        let gap = cursor.take(as: .separator, while: \.isWhiteSpace)
        let response = argument.dropFirst(mechanism.count + gap.count)
        cursor.take(response.count, as: .initialResponse)
        return .mechanism(Array(mechanism), initialResponse: Array(response))
    }

    /// `BDAT size [LAST]` (RFC 3030 §2).
    private static func readChunk(_ cursor: inout LineCursor, _ argument: ArraySlice<UInt8>, _ range: Range<Int>)
        -> Argument
    {
        let digits = cursor.take(argument.prefix { !$0.isWhiteSpace }.count, as: .chunkSize)
        let size = UInt64(decimal: digits)
        var last = false
        if digits.count < argument.count {
            let gap = cursor.take(as: .separator, while: \.isWhiteSpace)
            let word = argument.dropFirst(digits.count + gap.count)
            last = word.equalsIgnoringCase("LAST".utf8)
            cursor.take(word.count, as: last ? .chunkLast : .junk)
            if !last { cursor.note(.malformedChunkSize, range) }
        }
        if size == nil { cursor.note(.malformedChunkSize, range) }
        return .chunk(octets: size, last: last)
    }

    // MARK: MAIL and RCPT

    /// What stands between the verb and the colon.
    private enum Preposition {
        case from, to

        init?(_ verb: Verb) {
            switch verb.shape {
            case .reversePath: self = .from
            case .forwardPath: self = .to
            case .nothing, .domain, .optionalText, .text, .mechanism, .chunk, .attributes: return nil
            }
        }

        var word: String { self == .from ? "FROM" : "TO" }
    }

    /// `MAIL FROM:<path> parameters` and `RCPT TO:<path> parameters` (RFC 5321 §4.1.1.2, §4.1.1.3).
    private static func readPath(
        _ cursor: inout LineCursor,
        _ verb: Verb?,
        word: ArraySlice<UInt8>,
        _ preposition: Preposition
    ) -> LineReading<Command> {
        guard takePreposition(preposition, behind: word, &cursor) else {
            cursor.take(word.count, as: .verb)
            let hasMore = cursor.countWithoutTrailingSpace > 0
            cursor.note(hasMore ? .malformedArgument : .missingArgument, cursor.position..<cursor.octets.count)
            let junk = hasMore ? cursor.takeRest(as: .junk) : []
            takeTrailingSpace(&cursor)
            let argument = junk.isEmpty ? Argument.none : .text(Array(junk.drop(while: \.isWhiteSpace)))
            return cursor.reading(Command(verb: verb, typedVerb: Array(word), argument: argument))
        }
        guard let path = takePath(&cursor, preposition) else {
            cursor.note(.missingArgument)
            takeTrailingSpace(&cursor)
            return cursor.reading(Command(verb: verb, typedVerb: Array(word), argument: .none))
        }
        cursor.note(path.departures)
        let parameters = readParameters(&cursor)
        takeTrailingSpace(&cursor)
        return cursor.reading(
            Command(verb: verb, typedVerb: Array(word), argument: .path(path.value), parameters: parameters)
        )
    }

    /// The verb and its preposition; takes nothing and says false where that is another word.
    private static func takePreposition(
        _ preposition: Preposition,
        behind word: ArraySlice<UInt8>,
        _ cursor: inout LineCursor
    ) -> Bool {
        let afterVerb = cursor.rest.dropFirst(word.count)
        let gap = afterVerb.prefix(while: \.isWhiteSpace).count
        let expected = preposition.word.utf8
        guard gap > 0, afterVerb.dropFirst(gap).prefix(expected.count).equalsIgnoringCase(expected) else {
            return false
        }
        cursor.take(word.count + gap + expected.count, as: .verb)
        return true
    }

    /// The colon and the path; nil where nothing follows.
    private static func takePath(_ cursor: inout LineCursor, _ preposition: Preposition) -> Reading<Path>? {
        readColon(&cursor)
        guard cursor.countWithoutTrailingSpace > 0 else { return nil }
        let start = cursor.position
        return Path.read(
            cursor.take(pathLength(cursor.rest), as: .path),
            isForward: preposition == .to,
            start: start,
            valueOnly: cursor.valueOnly
        )
    }

    /// The colon and the spaces that people put around it (RFC 5321 §3.3 allows none).
    private static func readColon(_ cursor: inout LineCursor) {
        let before = cursor.rest.prefix(while: \.isWhiteSpace).count
        if before > 0, cursor.rest.dropFirst(before).first == UInt8(ascii: ":") {
            cursor.note(.spaceBeforeColon, cursor.position..<cursor.position + before)
            cursor.take(before, as: .separator)
        }
        if cursor.next == UInt8(ascii: ":") {
            cursor.take(1, as: .colon)
        } else if cursor.countWithoutTrailingSpace > 0 {
            cursor.note(.missingColon)
        }
        let after = cursor.rest.prefix(while: \.isWhiteSpace).count
        guard after > 0, cursor.countWithoutTrailingSpace > 0 else { return }
        if cursor.tiling.lexemes.last?.kind == .colon {
            cursor.note(.spaceAfterColon, cursor.position..<cursor.position + after)
        }
        cursor.take(after, as: .separator)
    }

    /// How many octets the path takes: to its closing bracket, or to the next space; quoted strings may hold either.
    private static func pathLength(_ octets: ArraySlice<UInt8>) -> Int {
        let bracketed = octets.first == UInt8(ascii: "<")
        var quoted = false
        var escaped = false
        for (offset, octet) in octets.enumerated() {
            if escaped {
                escaped = false
            } else if octet == UInt8(ascii: "\\") {
                escaped = true
            } else if octet == UInt8(ascii: "\"") {
                quoted.toggle()
            } else if !quoted {
                if bracketed, octet == UInt8(ascii: ">") { return offset + 1 }
                if !bracketed, octet.isWhiteSpace { return offset }
            }
        }
        // Without brackets the end of the line is the end of the path.
        if !bracketed, !quoted { return octets.count }
        // No end inside the quotes or brackets: take the octets up to the first space.
        return octets.prefix { !$0.isWhiteSpace }.count
    }

    private static func readParameters(_ cursor: inout LineCursor) -> [Parameter] {
        var all: [Parameter] = []
        var names: Set<String> = []
        while cursor.countWithoutTrailingSpace > 0 {
            if cursor.take(as: .separator, while: \.isWhiteSpace).isEmpty {
                // Octets right behind the path's bracket belong to nothing.
                cursor.note(.malformedPath, cursor.position..<cursor.position + 1)
                cursor.take(as: .junk) { !$0.isWhiteSpace }
                continue
            }
            let start = cursor.position
            let octets = cursor.take(as: .parameter) { !$0.isWhiteSpace }
            let parameter = Parameter.read(octets, start: start)
            cursor.note(parameter.departures)
            if !names.insert(parameter.value.name).inserted {
                cursor.note(.duplicateParameter, start..<cursor.position)
            }
            all.append(parameter.value)
        }
        return all
    }
}
