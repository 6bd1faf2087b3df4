import Foundation
import FoundationXML
import Testing

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
        // Style and script hold signs of their own; both are constant.
        let page = page.replacing(/<(style|script)>.*?<\/(style|script)>/.dotMatchesNewlines()) { "<\($0.1)></\($0.1)>" }
        for piece in page.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: ">") else {
                odd.append(String(piece.prefix(60)))
                continue
            }
            let words = piece[..<end]
            if piece[piece.index(after: end)...].contains(">") { odd.append(String(piece.prefix(60))) }
            let isClosing = words.hasPrefix("/")
            let name = String(words.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" })
            let rest = String(words.drop { $0 == "/" }.dropFirst(name.count))
            let found = rest.matches(of: /\s([a-z\-]+)(?:="([^"]*)")?/)
            if rest.replacing(/\s[a-z\-]+(?:="[^"]*")?/, with: "") != "" { odd.append("<\(words)>") }
            let attributes = found.map { (String($0.1), String($0.2 ?? "")) }
            tags.append(Tag(name: name, isClosing: isClosing, attributes: attributes))
        }
        self.tags = tags
        self.odd = odd
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
