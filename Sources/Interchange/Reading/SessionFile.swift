import Captures
public import Cryptography
import Glibc
import SMTP
public import Tracing

/// A file with sessions in it, recorded or told in the words of another program.
public struct SessionFile: Sendable {
    /// As it was named, `-` for standard input.
    public let path: String
    /// What could not be read of the file as a whole.
    public let warnings: [String]
    private let content: Content

    private enum Content: Sendable {
        case recordings([Recording])
        /// As many as a log may hold, each put together when it is asked for.
        case transcript(TranscriptFile)
        /// As many messages as a log may tell of, each put together when it is asked for.
        case mailLog(MailLogFile)
        /// Thousands of sessions, each put together when it is asked for.
        case capture(CaptureFile)
    }

    /// How many sessions there are; at least one.
    public var count: Int {
        switch content {
        case .recordings(let all): all.count
        case .transcript(let file): file.count
        case .mailLog(let file): file.count
        case .capture(let file): file.count
        }
    }

    /// Whether it is the log of a mail server: its sessions are put together from what that tells of messages.
    public var isMailLog: Bool { if case .mailLog = content { true } else { false } }

    /// The sessions in the order of the file. Those of a capture or a text are made each time they are
    /// asked for.
    public var sessions: LazyMapCollection<Range<Int>, Recording> { (0..<count).lazy.map(session) }

    private func session(_ number: Int) -> Recording {
        switch content {
        case .recordings(let all): all[number]
        case .transcript(let file): file.recording(number)
        case .mailLog(let file): file.recording(number)
        case .capture(let file): file.recording(number)
        }
    }

    /// Reads a file, whatever its name, and says why when it is none of ours. `keys` open the TLS of a capture.
    public static func read(
        _ path: String,
        keys: KeyLog = KeyLog(),
        onWait: () -> Void = {}
    ) throws(FileError) -> SessionFile {
        // A capture may be far longer than memory should hold.
        if path != "-", !path.isEmpty, !path.utf8.contains(0), let octets = MappedFile.map(path),
            let capture = CaptureFile(octets, keys: keys)
        {
            return try SessionFile(capture, path)
        }
        return try read(FileOctets.read(path, onWait: onWait), path: path, keys: keys)
    }

    private static let unusedKeys = "a key log opens the TLS of packet captures; this file is none, so it is not used"

    /// The sessions in octets that came from `path`.
    public static func read(
        _ packed: [UInt8],
        path: String,
        keys: KeyLog = KeyLog()
    ) throws(FileError) -> SessionFile {
        let plain = try PlainOctets(packed, name: name(path))
        let octets = plain.octets
        let (kind, transcript) = FileKind.told(octets)
        if let refusal = kind.refusal {
            let isText = kind == .text
            let tried = isText ? "; \(NearestLines.words(octets))" : ""
            throw FileError(
                isText ? .noDialogue : .wrongData,
                "\(name(path)): \(refusal)\(tried)",
                text: isText ? octets : []
            )
        }
        if kind == .capture, let capture = CaptureFile(CaptureOctets(octets), keys: keys) {
            return try SessionFile(capture, path, warnings: plain.warnings)
        }
        let warnings = plain.warnings + (keys.isEmpty ? [] : [Self.unusedKeys])
        if kind == .transcript {
            let file = transcript ?? TranscriptFile(octets)
            guard !file.isEmpty else {
                let refusal = FileKind.text.refusal ?? "there is no session in it"
                throw FileError(.noDialogue, "\(name(path)): \(refusal)", text: octets)
            }
            return SessionFile(path: path, warnings: warnings, content: .transcript(file))
        }
        if kind == .mailLog {
            return SessionFile(path: path, warnings: warnings, content: .mailLog(MailLogFile(octets)))
        }
        var sessions: [Recording] = []
        for part in parts(of: octets) {
            do {
                sessions.append(try RecordingReader.read(part))
            } catch {
                throw FileError(.wrongData, "\(name(path)): \(error); \(error.advice)")
            }
        }
        guard sessions.contains(where: { !$0.events.isEmpty }) else {
            let torn = sessions.flatMap(\.warnings).first.map { " (\($0))" } ?? ""
            throw FileError(
                .wrongData,
                "\(name(path)): the recording holds no event\(torn); record the session again"
            )
        }
        return SessionFile(path: path, warnings: warnings, content: .recordings(sessions))
    }

    /// Those of its sessions that are wanted, counted anew; nil where none is.
    public func picking(_ pick: SessionPick) -> SessionFile? {
        guard !pick.wantsAll else { return self }
        let found = Array(sessions.filter(pick.wants))
        return found.isEmpty ? nil : SessionFile(path: path, warnings: warnings, content: .recordings(found))
    }

    /// Sessions that were made of something else.
    public init(_ recordings: [Recording], path: String) {
        self.init(path: path, warnings: [], content: .recordings(recordings))
    }

    private init(path: String, warnings: [String], content: Content) {
        (self.path, self.warnings, self.content) = (path, warnings, content)
    }

    private init(_ capture: CaptureFile, _ path: String, warnings: [String] = []) throws(FileError) {
        guard capture.count > 0 else {
            let why = capture.warnings.first.map { " (\($0))" } ?? ""
            throw FileError(
                .wrongData,
                "\(Self.name(path)): there is no mail session among its \(capture.packets) packets\(why); capture with 'tcpdump -s 0 -w FILE port 25'"
            )
        }
        self.init(path: path, warnings: warnings + capture.warnings, content: .capture(capture))
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : Escaping.message(path) }

    /// What a list says about each of some sessions, one after the other, what those tell together with it; about all where nothing
    /// else is said. A text is read once for all.
    public func eachListing<Failure: Error>(
        _ numbers: Range<Int>? = nil,
        _ body: (SessionListing) throws(Failure) -> Void
    ) throws(Failure) {
        try eachBlock(numbers) { (parts) throws(Failure) in
            for part in parts { for listing in part { try body(listing) } }
        }
    }

    /// The same, and what `make` makes of it. That is called on several processors at once, so whatever a row needs is best made there.
    public func eachListing<Row: Sendable, Failure: Error>(
        _ numbers: Range<Int>? = nil,
        making make: @escaping @Sendable (SessionListing) -> Row,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        try eachBlock(numbers) { (parts) throws(Failure) in
            // Whoever has made something of a part lets it go, and does so on its own processor.
            var rest = Array(parts.reversed())
            parts = []
            try Processors.pipeline(atOnce: 1, from: { rest.popLast() }, making: { Self.rows(of: $0, make) }) {
                (rows) throws(Failure) in
                for row in rows { try body(row) }
            }
        }
    }

    private static func rows<Row>(of part: [SessionListing], _ make: (SessionListing) -> Row) -> [Row] {
        // Where they stand: each holds much that a copy would have to count.
        part.withUnsafeBufferPointer { listings in listings.indices.map { make(listings[$0]) } }
    }

    private func eachBlock<Failure: Error>(
        _ numbers: Range<Int>?,
        _ body: (inout [[SessionListing]]) throws(Failure) -> Void
    ) throws(Failure) {
        var block = ListingBlock()
        if numbers == nil, case .transcript(let file) = content {
            var number = 0
            try file.each(making: { SessionListing($0, number: 0) }) { (listing) throws(Failure) in
                if var full = block.add(listing.numbered(number)) { try body(&full) }
                number += 1
            }
        } else {
            try eachPart(numbers ?? 0..<count) { (part) throws(Failure) in
                if var full = block.add(part) { try body(&full) }
            }
        }
        var rest = block.take()
        try body(&rest)
    }

    /// What sessions of the file tell together, by their numbers; nothing for most.
    public var related: [Int: [Situation]] {
        guard count > 1 else { return [:] }
        var found: [Int: [Situation]] = [:]
        eachListing { listing in
            let told = listing.session.situations.filter { !$0.sessions.isEmpty }
            if !told.isEmpty { found[listing.session.number] = told }
        }
        return found
    }

    private func eachPart<Failure: Error>(
        _ numbers: Range<Int>,
        _ body: ([SessionListing]) throws(Failure) -> Void
    ) throws(Failure) {
        let atOnce = ListingBlock.maxOfPart
        switch content {
        case .recordings, .transcript, .mailLog:
            try Processors.eachPart(
                of: numbers,
                atOnce: atOnce,
                making: { part in part.map { SessionListing(session($0), number: $0) } },
                body
            )
        case .capture(let file):
            try file.eachSummary(of: numbers, atOnce: atOnce, making: { SessionListing(&$1, number: $0) }, body)
        }
    }

    /// The file cut where a header stands: recordings that were written behind each other are several sessions, also where
    /// the last line of one has no line feed.
    static func parts(of octets: [UInt8]) -> [[UInt8]] { cut(octets, at: [0] + headers(in: octets).filter { $0 > 3 }) }

    /// Where headers of recordings stand in whole lines of a file, in order. The first of the file may have a byte order mark
    /// before it.
    static func headers(in octets: [UInt8]) -> [Int] {
        // Within a string of JSON the quotation mark has a backslash, so that these octets begin a header wherever they stand.
        let header = Array("{\"ehlo\"".utf8)
        var starts: [Int] = []
        octets.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            var at = 0
            while at < all.count, let found = memchr(base + at, Int32(header[0]), all.count - at) {
                at = UnsafeRawPointer(found) - base
                let beginsLine = at == 0 || all[at - 1] == 10
                if all[at...].starts(with: header) || beginsLine && RecordingReader.recognises(all[at...]) {
                    starts.append(at)
                }
                at += 1
            }
        }
        return starts
    }

    private static func cut(_ octets: [UInt8], at starts: [Int]) -> [[UInt8]] {
        let ends = starts.dropFirst() + [octets.count]
        return zip(starts, ends).map { Array(octets[$0..<$1]) }
    }
}
