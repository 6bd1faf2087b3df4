import Notation

/// A tag, which is a name, an equals sign and a value, with blanks around each (RFC 6376 §3.2).
struct Tag {
    let name: [UInt8]
    /// Without the blanks around it; nil without an equals sign.
    let value: [UInt8]?

    init(_ octets: ArraySlice<UInt8>) {
        let equals = octets.firstIndex(of: UInt8(ascii: "="))
        name = octets[..<(equals ?? octets.endIndex)].trimmingWhiteSpace
        value = equals.map { octets[($0 + 1)...].trimmingWhiteSpace }
    }
}

/// Tags with their values, as DKIM and DMARC write their records and fields (RFC 6376 §3.2, RFC 7489 §6.3).
///
///     v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
///
/// Nil for what is no such list: a piece without its equals sign, a name that is no tag-name, or a name that comes twice.
struct TagList {
    /// The name of the first tag.
    let first: String?
    private let values: [String: [UInt8]]

    init?(_ text: some Collection<UInt8>) {
        var values: [String: [UInt8]] = [:]
        var first: String?
        let pieces = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { Array($0) }
        for (place, piece) in pieces.enumerated() {
            // A semicolon may stand at the end.
            if place == pieces.count - 1, piece.allSatisfy(\.isWhiteSpace), place > 0 { continue }
            let tag = Tag(piece[...])
            guard let value = tag.value, Self.isName(tag.name),
                values.updateValue(value, forKey: tag.name.lossyText) == nil
            else { return nil }
            first = first ?? tag.name.lossyText
        }
        self.first = first
        self.values = values
    }

    /// The value, without the blanks around it; nil without the tag.
    subscript(_ name: String) -> [UInt8]? { values[name] }

    /// The octets that a Base64 value means, blanks anywhere in it left out.
    func base64(_ name: String) -> [UInt8]? { values[name].flatMap { Base64.decode($0.filter { !$0.isWhiteSpace }) } }

    private static func isName(_ name: [UInt8]) -> Bool {
        name.first?.isAlpha == true && name.allSatisfy { $0.isLetDig || $0 == UInt8(ascii: "_") }
    }
}

extension Collection<UInt8> {
    /// Without the blanks at either end.
    var trimmingWhiteSpace: [UInt8] {
        drop(while: \.isWhiteSpace).reversed().drop(while: \.isWhiteSpace).reversed()
    }
}
