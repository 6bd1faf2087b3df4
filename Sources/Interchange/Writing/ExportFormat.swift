/// The formats of exports, THE table: the word after `--format`, the endings of file names, and what each is.
public enum ExportFormat: String, CaseIterable, Sendable {
    case json, txt, ehlo, md, html, svg, cast, worksheet, swaks, eml, pcap, pcapng

    private var row: (endings: [String], words: String) {
        switch self {
        case .json: (["json", "ndjson", "jsonl"], "a JSON object a line, for programs")
        case .txt: (["txt", "text"], "the walk as text")
        case .ehlo: (["ehlo"], "a recording, to replay")
        case .md: (["md", "markdown"], "a handout in Markdown")
        case .html: (["html", "htm"], "one page to step through, offline")
        case .svg: (["svg"], "a sequence diagram")
        case .cast: (["cast"], "a film for asciinema")
        case .worksheet: ([], "an exercise with its key, .md or .html")
        case .swaks: (["swaks"], "a transcript in the notation of swaks")
        case .eml: (["eml"], "the message itself")
        case .pcap: (["pcap", "cap"], "packets, for Wireshark and tcpdump")
        case .pcapng: (["pcapng"], "packets with the step and the findings of each as its comment")
        }
    }

    /// What it is, in a few words.
    public var words: String { row.words }

    /// Whether it is about one session and has no room for another.
    public var holdsOneSession: Bool {
        switch self {
        case .html, .svg, .cast, .worksheet: true
        case .json, .txt, .ehlo, .md, .swaks, .eml, .pcap, .pcapng: false
        }
    }

    /// Whether it has a place for what goes on in several sessions. Packets, mails and recordings have none.
    public var tellsOfOtherSessions: Bool {
        switch self {
        case .json, .txt, .md, .html: true
        case .ehlo, .svg, .cast, .worksheet, .swaks, .eml, .pcap, .pcapng: false
        }
    }

    /// Whether an empty line parts a session from the one before.
    public var partsSessionsByEmptyLine: Bool {
        switch self {
        case .txt, .md, .swaks: true
        case .json, .ehlo, .html, .svg, .cast, .worksheet, .eml, .pcap, .pcapng: false
        }
    }

    /// Whether a file of that ending can hold it: a worksheet is Markdown or a page.
    public func mayEnd(in ending: String) -> Bool {
        self != .worksheet || Self.md.endings.contains(ending) || Self.html.endings.contains(ending)
    }

    /// The endings of file names that ask for it, without the dot.
    public var endings: [String] { row.endings }

    /// The formats there are, with commas.
    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The endings a file name may have, with dots and commas: one a format.
    public static var endingNames: String {
        allCases.compactMap { $0.endings.first.map { ".\($0)" } }.joined(separator: ", ")
    }

    /// The format a file name asks for; nil when its ending says nothing. `x.worksheet.html` is a worksheet.
    public init?(ofFileName name: String) {
        let ending = Self.ending(of: name)
        if Self.md.endings.contains(ending) || Self.html.endings.contains(ending),
            Self.ending(of: String(name.dropLast(ending.count + 1))) == Self.worksheet.rawValue
        {
            self = .worksheet
            return
        }
        guard let format = Self.allCases.first(where: { $0.endings.contains(ending) }) else { return nil }
        self = format
    }

    /// What stands behind the last dot of a file name, in small letters; empty when it has none.
    public static func ending(of name: String) -> String {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: ".") else { return "" }
        return file[file.index(after: dot)...].lowercased()
    }
}
