extension Command {
    /// Reads a command line that somebody else wrote (RFC 5321 §4.1.1, §2.4). Lenient forms are read as they were meant,
    /// with a departure each; what cannot be read is kept as junk.
    public static func read(_ octets: [UInt8]) -> LineReading<Command> {
        var cursor = LineCursor(octets)
        return read(&cursor)
    }

    /// The same without lexemes and departures: for whoever reads thousands of lines and asks only what was said.
    public init(reading octets: [UInt8]) {
        var cursor = LineCursor(octets, valueOnly: true)
        self = Self.read(&cursor).value
    }

    private static func read(_ cursor: inout LineCursor) -> LineReading<Command> {
        let octets = cursor.octets
        if octets.count + 2 > 512 { cursor.note(.commandLineTooLong, 0..<octets.count) }
        if cursor.next?.isWhiteSpace == true {
            cursor.note(.leadingSpace, 0..<1)
            cursor.take(as: .leadingSpace, while: \.isWhiteSpace)
        }
        let word = cursor.rest.prefix { !$0.isWhiteSpace && $0 != UInt8(ascii: ":") }
        guard !word.isEmpty else {
            cursor.note(.emptyCommand)
            cursor.takeRest(as: .junk)
            return cursor.reading(Command(verb: nil, typedVerb: [], argument: .none))
        }
        let verb = Verb(reading: word)
        if verb == nil { cursor.note(.unknownVerb, cursor.position..<cursor.position + word.count) }
        if verb?.isObsolete == true { cursor.note(.obsoleteVerb, cursor.position..<cursor.position + word.count) }
        switch verb?.shape {
        case .reversePath: return readPath(&cursor, verb, word: word, preposition: "FROM", isForward: false)
        case .forwardPath: return readPath(&cursor, verb, word: word, preposition: "TO", isForward: true)
        case .nothing, .domain, .optionalText, .text, .mechanism, .chunk, .attributes, nil: break
        }
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

    /// `MAIL FROM:<path> parameters` and `RCPT TO:<path> parameters` (RFC 5321 §4.1.1.2, §4.1.1.3).
    private static func readPath(
        _ cursor: inout LineCursor,
        _ verb: Verb?,
        word: ArraySlice<UInt8>,
        preposition: String,
        isForward: Bool
    ) -> LineReading<Command> {
        let afterVerb = cursor.rest.dropFirst(word.count)
        let gap = afterVerb.prefix(while: \.isWhiteSpace).count
        let typedPreposition = afterVerb.dropFirst(gap).prefix(preposition.utf8.count)
        guard gap > 0, typedPreposition.equalsIgnoringCase(preposition.utf8) else {
            cursor.take(word.count, as: .verb)
            let hasMore = cursor.countWithoutTrailingSpace > 0
            cursor.note(hasMore ? .malformedArgument : .missingArgument, cursor.position..<cursor.octets.count)
            let junk = hasMore ? cursor.takeRest(as: .junk) : []
            takeTrailingSpace(&cursor)
            let argument = junk.isEmpty ? Argument.none : .text(Array(junk.drop(while: \.isWhiteSpace)))
            return cursor.reading(Command(verb: verb, typedVerb: Array(word), argument: argument))
        }
        cursor.take(word.count + gap + preposition.utf8.count, as: .verb)
        readColon(&cursor)
        guard cursor.countWithoutTrailingSpace > 0 else {
            cursor.note(.missingArgument)
            takeTrailingSpace(&cursor)
            return cursor.reading(Command(verb: verb, typedVerb: Array(word), argument: .none))
        }
        let start = cursor.position
        let path = Path.read(
            cursor.take(pathLength(cursor.rest), as: .path),
            isForward: isForward,
            start: start,
            valueOnly: cursor.valueOnly
        )
        cursor.note(path.departures)
        let parameters = readParameters(&cursor)
        takeTrailingSpace(&cursor)
        return cursor.reading(
            Command(verb: verb, typedVerb: Array(word), argument: .path(path.value), parameters: parameters)
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
