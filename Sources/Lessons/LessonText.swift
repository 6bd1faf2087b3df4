import Mustache

/// The text of a section as it stands in its file, ready to be filled with values.
///
/// A value must never be read as Markdown or mustache, whatever a server put into it. So mustache inserts a stand-in,
/// one private character a value; then the Markdown is read; and only into its leaves the values are put.
struct LessonText: Sendable {
    let source: String
    private let template: MustacheTemplate?
    var hasValues: Bool { template != nil }

    init(_ source: String) {
        if !ValueTags.hasTags(source) {
            self.source = source
            template = nil
        } else if ValueTags.problems(in: source).contains(where: \.isGrave) {
            self.source = ValueTags.removed(from: source)
            template = nil
        } else {
            self.source = source
            template = try? MustacheTemplate(string: source)
        }
    }

    /// The first paragraph of a text below its headings, when it is plain to see where that ends; nil otherwise.
    init?(openingOf source: String) {
        let paragraph = Self.firstParagraph(of: source.utf8)
        // A line of a paragraph begins with a word, a value, code or emphasis and not like another block; and a bracket
        // may lead to a definition at the end of the text.
        let isPlain = paragraph.allSatisfy { line in
            guard let first = line.first, !line.contains(UInt8(ascii: "[")) else { return false }
            let isWord = first.isLetDig && !(0x30...0x39).contains(first)
            return isWord || line.starts(with: "{{".utf8) || first == 0x60 && !line.starts(with: "``".utf8)
        }
        guard isPlain, !paragraph.isEmpty else { return nil }
        let text = paragraph.map { String(Substring($0)) }.joined(separator: "\n") + "\n"
        guard ValueTags.problems(in: text).isEmpty else { return nil }
        self.init(text)
    }

    /// The lines of the first paragraph, read no further than it goes.
    private static func firstParagraph(of text: String.UTF8View) -> [Substring.UTF8View] {
        var paragraph: [Substring.UTF8View] = []
        var rest = text[...]
        while true {
            let end = rest.firstIndex(of: 0x0A)
            let line = rest[..<(end ?? rest.endIndex)]
            if paragraph.isEmpty ? !line.isEmpty && Heading(Substring(line)) == nil : !line.isEmpty {
                paragraph.append(line)
            } else if !paragraph.isEmpty {
                return paragraph
            }
            guard let end else { return paragraph }
            rest = rest[rest.index(after: end)...]
        }
    }

    /// The text with what `value` says in the places of the values, and fallback phrases where it says nil.
    func blocks(_ value: @escaping (SessionValues.Row) -> String?) -> [Block] {
        let filling = Filling(value)
        let text = template?.render(ValueNode(name: "", filling: filling)) ?? source
        return Markdown.read(text).compactMap(filling.insert)
    }
}

/// One name, or the front of one, in the context that mustache walks.
private struct ValueNode: MustacheParent, MustacheCustomRenderable {
    let name: String
    let filling: Filling

    func child(named part: String) -> Any? {
        let full = name.isEmpty ? part : "\(name).\(part)"
        return SessionValues.named(full) != nil || SessionValues.prefixes.contains(full)
            ? ValueNode(name: full, filling: filling) : nil
    }

    var renderText: String { SessionValues.indices[name].map(filling.standIn) ?? "" }
    var isNull: Bool { SessionValues.indices[name].map { filling.text($0) == nil } ?? true }
}

extension SessionValues {
    /// `server` of `server.domain`: on the way to a name, and no name.
    fileprivate static let prefixes: Set<String> = Set(
        all.flatMap { row in
            let parts = row.name.split(separator: ".")
            return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
        }
    )
}

/// The values of one rendering, each found once, at most when it is asked for.
private final class Filling {
    private let value: (SessionValues.Row) -> String?
    private var texts: [Int: String?] = [:]
    /// The values that mustache put in; the Markdown may name the same characters, but means nothing by them.
    private var standing: Set<Int> = []

    init(_ value: @escaping (SessionValues.Row) -> String?) { self.value = value }

    /// Nil when the session does not know it.
    func text(_ index: Int) -> String? {
        if let known = texts[index] { return known }
        let text = value(SessionValues.all[index])
        texts[index] = .some(text)
        return text
    }

    private static let firstStandIn: UInt32 = 0xE000
    private static let privateUse: ClosedRange<UInt32> = 0xE000...0xF8FF

    func standIn(_ index: Int) -> String {
        standing.insert(index)
        return Unicode.Scalar(Self.firstStandIn + UInt32(index)).map { String(Character($0)) } ?? ""
    }

    private func insert(_ text: String) -> String {
        // Almost every leaf is plain: nothing above U+DFFF, no controls.
        guard text.utf8.contains(where: { $0 >= 0xC2 || $0 < 32 || $0 == 127 }) else { return text }
        var filled = ""
        for scalar in text.unicodeScalars {
            if Self.privateUse.contains(scalar.value) {
                let index = Int(scalar.value - Self.firstStandIn)
                filled += standing.contains(index) ? self.text(index) ?? SessionValues.all[index].fallback : "\u{FFFD}"
            } else if scalar == "\t" {
                filled += "    "
            } else {
                filled.unicodeScalars.append(LessonOctets.isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return filled
    }

    private func insert(_ inlines: [Inline]) -> [Inline] {
        inlines.flatMap { inline -> [Inline] in
            switch inline {
            case .text(let text): [.text(insert(text))]
            case .code(let text): [.code(insert(text))]
            case .emphasis(let inner): [.emphasis(insert(inner))]
            case .strong(let inner): [.strong(insert(inner))]
            case .strike(let inner): [.strike(insert(inner))]
            // A link made of what a server said, or with a control in it, leads nowhere.
            case .link(let url, let inner):
                url.utf8.allSatisfy { (32...126).contains($0) } ? [.link(url: url, insert(inner))] : insert(inner)
            case .softBreak, .lineBreak: [inline]
            }
        }
    }

    /// Nil for a block that is empty because a section in it was left out.
    func insert(_ block: Block) -> Block? {
        switch block {
        case .paragraph(let inlines): return .paragraph(insert(inlines))
        case .heading(let level, let inlines): return .heading(level: level, insert(inlines))
        case .code(let info, let text): return .code(info: insert(info), text: insert(text))
        case .list(let ordered, let start, let tight, let items):
            let filled = items.map { $0.compactMap(insert) }.filter { !$0.isEmpty }
            return filled.isEmpty ? nil : .list(ordered: ordered, start: start, tight: tight, items: filled)
        case .quote(let inner):
            let filled = inner.compactMap(insert)
            return filled.isEmpty ? nil : .quote(filled)
        case .table(let alignments, let header, let rows):
            return .table(alignments: alignments, header: header.map(insert), rows: rows.map { $0.map(insert) })
        case .rule: return .rule
        }
    }
}
