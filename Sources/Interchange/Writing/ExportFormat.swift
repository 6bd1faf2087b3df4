/// The formats of exports, THE table: the word after `--format`, the endings of file names, and whether it exists yet.
public enum ExportFormat: String, CaseIterable, Sendable {
    case json, txt, ehlo, md, html, svg, cast

    private var row: (endings: [String], isWritten: Bool) {
        switch self {
        case .json: (["json", "ndjson", "jsonl"], true)
        case .txt: (["txt", "text"], true)
        case .ehlo: (["ehlo"], true)
        case .md: (["md", "markdown"], true)
        case .html: (["html", "htm"], false)
        case .svg: (["svg"], false)
        case .cast: (["cast"], false)
        }
    }

    /// Whether this version can write it.
    public var isWritten: Bool { row.isWritten }

    /// The formats there are, with commas.
    public static var writtenNames: String { allCases.filter(\.isWritten).map(\.rawValue).joined(separator: ", ") }

    /// The format a file name asks for; nil when its ending says nothing.
    public init?(ofFileName name: String) {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: ".") else { return nil }
        let ending = file[file.index(after: dot)...].lowercased()
        guard let format = Self.allCases.first(where: { $0.row.endings.contains(ending) }) else { return nil }
        self = format
    }
}
