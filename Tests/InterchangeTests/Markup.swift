import Foundation
import FoundationXML
import Testing

@testable import Interchange

/// What stands between `<` and `>` in a page, found by signs alone: in a page of ours nothing else may hold them.
struct Markup {
    struct Tag {
        let name: String
        let isClosing: Bool
        let attributes: [(name: String, value: String)]
    }

    let tags: [Tag]
    /// What has a sign of markup and is no tag.
    let odd: [String]

    init(_ page: String) {
        var tags: [Tag] = []
        var odd: [String] = []
        for piece in Self.withoutConstants(page).utf8.split(
            separator: UInt8(ascii: "<"),
            omittingEmptySubsequences: false
        )
        .dropFirst() {
            let closing = piece.indices.filter { piece[$0] == UInt8(ascii: ">") }
            guard closing.count == 1, let tag = Self.tag(piece[..<closing[0]]) else {
                odd.append(String(decoding: piece.prefix(60), as: UTF8.self))
                continue
            }
            tags.append(tag)
        }
        self.tags = tags
        self.odd = odd
    }

    /// Style and script hold signs of their own; both are constant.
    private static func withoutConstants(_ page: String) -> String {
        page.replacing("<style>\(HTMLStyle.text)</style>", with: "").replacing(HTMLScript.text, with: "")
    }

    /// A name and attributes of the form `name="value"` or `name`, and nothing else; nil when it is another thing.
    private static func tag(_ octets: Substring.UTF8View) -> Tag? {
        var rest = octets[...]
        func take(while isWanted: (UInt8) -> Bool) -> String {
            let taken = rest.prefix(while: isWanted)
            rest = rest.dropFirst(taken.count)
            return String(decoding: taken, as: UTF8.self)
        }
        func isName(_ octet: UInt8) -> Bool {
            (97...122).contains(octet) || (48...57).contains(octet) || octet == UInt8(ascii: "-")
        }
        let isClosing = !take { $0 == UInt8(ascii: "/") }.isEmpty
        let name = take { isName($0) || $0 == UInt8(ascii: "!") }
        var attributes: [(name: String, value: String)] = []
        while !rest.isEmpty {
            guard take(while: { $0 == 32 }) == " " else { return nil }
            let attribute = take(while: isName)
            guard !attribute.isEmpty else { return nil }
            var value = ""
            if rest.starts(with: "=\"".utf8) {
                rest = rest.dropFirst(2)
                value = take { $0 != UInt8(ascii: "\"") }
                guard rest.first == UInt8(ascii: "\"") else { return nil }
                rest = rest.dropFirst()
            }
            attributes.append((attribute, value))
        }
        return Tag(name: name, isClosing: isClosing, attributes: attributes)
    }

    func values(of attribute: String) -> [String] {
        tags.flatMap { $0.attributes.filter { $0.name == attribute }.map(\.value) }
    }
}

/// Reads XML with libxml2 and says whether it is well-formed, and which elements it has.
final class WellFormed: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var attributes: Set<String> = []
    private(set) var text = ""
    private(set) var isWellFormed = false

    init(_ xml: String) {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        self.attributes.formUnion(attributes.keys)
        text += "\n"
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
