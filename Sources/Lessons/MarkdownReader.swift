import CCmark

/// Reads Markdown (CommonMark with tables and strike-through) into plain values.
///
/// A terminal shows neither HTML nor images: HTML is left out, and of an image only its text is kept.
public enum Markdown {
    /// The longest text that is read, in octets.
    public static let maxOctets = 256 << 10
    /// The most cells in a row of a table; cmark-gfm takes quadratic time in them.
    public static let maxCells = 1000
    /// The most lines of a text times the most cells in one of them: cmark-gfm fills every row up with empty cells.
    public static let maxLinesTimesCells = 50_000
    /// How deep blocks and emphasis may nest; what is deeper is left out.
    static let maxNesting = 32

    /// Why a text would take too long to read; nil when it is small enough.
    public static func refusal(of octets: some Collection<UInt8>) -> MarkdownError? {
        guard octets.count <= maxOctets else { return .tooLong(octets: octets.count) }
        var line = 1
        var cells = 0
        var most = 0
        for octet in octets {
            if octet == 0x0A {
                line += 1
                cells = 0
            } else if octet == UInt8(ascii: "|") {
                cells += 1
                most = max(most, cells)
                if cells > maxCells { return .tooManyCells(line: line) }
            }
        }
        return line * most > maxLinesTimesCells ? .tooManyRows(lines: line, cells: most) : nil
    }

    /// The blocks of a text; none when it is refused.
    public static func read(_ text: String) -> [Block] {
        guard refusal(of: text.utf8) == nil else { return [] }
        return withDocument(text) { MarkdownTree.blocks($0, depth: 0) } ?? []
    }

    // A global is initialised once, by whichever thread comes first.
    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    static func withDocument<Value>(_ text: String, _ body: (OpaquePointer) -> Value) -> Value? {
        registered
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
        defer { cmark_parser_free(parser) }
        for name in ["table", "strikethrough"] {
            if let rule = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, rule) }
        }
        var text = text
        text.withUTF8 { octets in
            octets.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let document = cmark_parser_finish(parser) else { return nil }
        defer { cmark_node_free(document) }
        return body(document)
    }
}

/// The tree that cmark-gfm built, turned into values.
enum MarkdownTree {
    static func children(_ node: OpaquePointer) -> [OpaquePointer] {
        var found: [OpaquePointer] = []
        var next = cmark_node_first_child(node)
        while let child = next {
            found.append(child)
            next = cmark_node_next(child)
        }
        return found
    }

    /// The node types of extensions are mutable C globals, which Swift cannot use: their names are as good.
    static func type(_ node: OpaquePointer) -> String { string(cmark_node_get_type_string(node)) }
    static func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
    private static func literal(_ node: OpaquePointer) -> String { string(cmark_node_get_literal(node)) }

    static func blocks(_ node: OpaquePointer, depth: Int) -> [Block] {
        guard depth < Markdown.maxNesting else { return [] }
        return children(node).compactMap { block($0, depth: depth + 1) }
    }

    private static func block(_ node: OpaquePointer, depth: Int) -> Block? {
        switch type(node) {
        case "paragraph":
            let inner = inlines(node, depth: depth)
            return inner.isEmpty ? nil : .paragraph(inner)
        case "heading": return .heading(level: Int(cmark_node_get_heading_level(node)), inlines(node, depth: depth))
        case "code_block":
            let text = literal(node)
            let info = string(cmark_node_get_fence_info(node)).split(separator: " ").first.map(String.init)
            return .code(info: info ?? "", text: text.hasSuffix("\n") ? String(text.dropLast()) : text)
        case "list":
            let items = children(node).map { blocks($0, depth: depth) }
            let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
            let isTight = cmark_node_get_list_tight(node) != 0
            return .list(ordered: isOrdered, start: Int(cmark_node_get_list_start(node)), tight: isTight, items: items)
        case "block_quote": return .quote(blocks(node, depth: depth))
        case "table": return table(node, depth: depth)
        case "thematic_break": return .rule
        default: return nil
        }
    }

    private static func table(_ node: OpaquePointer, depth: Int) -> Block {
        let columns = Int(cmark_gfm_extensions_get_table_columns(node))
        let letters = cmark_gfm_extensions_get_table_alignments(node)
        let alignments = (0..<columns).map { column -> ColumnAlignment in
            switch letters?[column] {
            case UInt8(ascii: "l"): .left
            case UInt8(ascii: "c"): .center
            case UInt8(ascii: "r"): .right
            default: .none
            }
        }
        let rows = children(node).map { row in
            let cells = children(row).prefix(columns).map { inlines($0, depth: depth) }
            return cells + Array(repeating: [], count: columns - cells.count)
        }
        return .table(alignments: alignments, header: rows.first ?? [], rows: Array(rows.dropFirst()))
    }

    private static func inlines(_ node: OpaquePointer, depth: Int) -> [Inline] {
        guard depth < Markdown.maxNesting else { return [] }
        return children(node).reduce(into: []) { all, child in
            for inline in inline(child, depth: depth + 1) {
                // cmark splits text at every character that might have been a mark.
                if case .text(let more) = inline, case .text(let before)? = all.last {
                    all[all.count - 1] = .text(before + more)
                } else {
                    all.append(inline)
                }
            }
        }
    }

    private static func inline(_ node: OpaquePointer, depth: Int) -> [Inline] {
        switch type(node) {
        case "text": [.text(literal(node))]
        case "code": [.code(literal(node))]
        case "softbreak": [.softBreak]
        case "linebreak": [.lineBreak]
        case "emph": [.emphasis(inlines(node, depth: depth))]
        case "strong": [.strong(inlines(node, depth: depth))]
        case "strikethrough": [.strike(inlines(node, depth: depth))]
        case "link": [.link(url: string(cmark_node_get_url(node)), inlines(node, depth: depth))]
        case "image": inlines(node, depth: depth)
        default: []
        }
    }
}

/// Why a text is refused before anything is read.
public enum MarkdownError: Error, Equatable, CustomStringConvertible {
    case tooLong(octets: Int)
    case tooManyCells(line: Int)
    case tooManyRows(lines: Int, cells: Int)

    public var description: String {
        switch self {
        case .tooLong(let octets): "the text has \(octets) octets, at most \(Markdown.maxOctets) are read"
        case .tooManyCells(let line): "line \(line) has more than \(Markdown.maxCells) table cells"
        case .tooManyRows(let lines, let cells):
            "\(lines) lines and a table row of \(cells) cells are more than can be read"
        }
    }
}
