import SMTP

/// The elements of a document of XML that hold others with text alone, one after another: each of those is a value, and so are the
/// attributes.
enum XMLRecords {
    private static let maxDepth = 64
    private static let maxFields = 64

    private struct Frame {
        let name: String
        var record: NestedRecords.Record
        var text: [UInt8] = []
        var hasChildren = false
    }

    /// Gives each record; false for what is no XML, and for a page of HTML.
    static func each(_ octets: [UInt8], _ body: (_ kind: String, NestedRecords.Record) -> Void) -> Bool {
        var frames: [Frame] = []
        var position = 0
        while position < octets.count {
            guard octets[position] == UInt8(ascii: "<") else {
                let text = octets[position...].prefix { $0 != UInt8(ascii: "<") }
                if !frames.isEmpty { frames[frames.count - 1].text += WebPage.decoded(text) }
                position = text.endIndex
                continue
            }
            let rest = octets[position...]
            if rest.starts(with: "<![CDATA[".utf8) {
                let end = rest.firstRange(of: Array("]]>".utf8)) ?? octets.count..<octets.count
                let text = rest[(position + 9)..<max(position + 9, end.lowerBound)]
                if !frames.isEmpty { frames[frames.count - 1].text += text }
                position = end.upperBound
            } else if rest.starts(with: "<!--".utf8) {
                position = rest.firstRange(of: Array("-->".utf8))?.upperBound ?? octets.count
            } else {
                guard let close = end(ofTag: rest) else { return frames.isEmpty }
                let tag = octets[(position + 1)..<close]
                position = close + 1
                guard tag.first.map({ !"?!".utf8.contains($0) }) ?? false else { continue }
                if tag.first == UInt8(ascii: "/") {
                    guard end(name(tag.dropFirst()), &frames, body) else { return false }
                } else {
                    guard frames.count < maxDepth, let frame = begin(tag) else { return false }
                    if !frames.isEmpty { frames[frames.count - 1].hasChildren = true }
                    frames.append(frame)
                    if tag.last == UInt8(ascii: "/") { guard end(frame.name, &frames, body) else { return false } }
                }
            }
        }
        return true
    }

    /// Where a tag closes, quotation marks respected. No tag is very long.
    private static func end(ofTag rest: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8 = 0
        for position in rest.indices.prefix(1 << 13) {
            switch rest[position] {
            case UInt8(ascii: ">") where quote == 0: return position
            case quote where quote != 0: quote = 0
            case UInt8(ascii: "\""), UInt8(ascii: "'"): if quote == 0 { quote = rest[position] }
            default: break
            }
        }
        return nil
    }

    /// The name without the prefix of its namespace; empty where no name stands.
    private static func name(_ tag: ArraySlice<UInt8>) -> String {
        let name = tag.prefix { $0.isLetterOrDigit || ":._-".utf8.contains($0) }
        return (name.lastIndex(of: 58).map { name[($0 + 1)...] } ?? name).text
    }

    private static func begin(_ tag: ArraySlice<UInt8>) -> Frame? {
        let name = name(tag)
        guard tag.first?.isLetterOrDigit == true, !name.isEmpty, !WebPage.isTag(name) else { return nil }
        var record: NestedRecords.Record = []
        var rest = tag.drop { !$0.isBlank && $0 != 10 && $0 != 13 }
        while let sign = rest.firstIndex(of: UInt8(ascii: "=")), record.count < maxFields {
            let value = rest[(sign + 1)...]
            guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { break }
            let end = value.dropFirst().firstIndex(of: quote) ?? value.endIndex
            let label = rest[..<sign].drop { $0 <= 32 }
            record.append((Self.name(label[...]), escaped(WebPage.decoded(value[..<end].dropFirst()))))
            rest = value[end...].dropFirst()
        }
        return Frame(name: name, record: record)
    }

    /// An element ends: one with text alone is a value of the one around it, which is given where it has another of that name
    /// already.
    private static func end(_ name: String, _ frames: inout [Frame], _ body: (String, NestedRecords.Record) -> Void)
        -> Bool
    {
        guard let frame = frames.popLast(), frame.name == name else { return false }
        guard let parent = frames.indices.last else {
            body(frame.name, frame.record)
            return true
        }
        let words = frame.text[...].withoutLineEnds
        guard !frame.hasChildren, !words.isEmpty else {
            body(frame.name, frame.record)
            return true
        }
        if frames[parent].record.contains(where: { $0.name == name }) {
            body(frames[parent].name, frames[parent].record)
            frames[parent].record = []
        }
        if frames[parent].record.count < maxFields { frames[parent].record.append((name, escaped(words))) }
        return true
    }

    /// As a string of JSON has it, without its quotation marks.
    private static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for octet in text {
            switch octet {
            case 10: out += Array("\\n".utf8)
            case 13: out += Array("\\r".utf8)
            case 9: out += Array("\\t".utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), octet]
            default: out.append(octet)
            }
        }
        return out
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks and line ends around it.
    fileprivate var withoutLineEnds: ArraySlice<UInt8> {
        let start = drop { $0 <= 32 }
        return start.dropLast(start.reversed().prefix { $0 <= 32 }.count)
    }
}
