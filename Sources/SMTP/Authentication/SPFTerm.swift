/// A term of an SPF record: a mechanism with its qualifier, or a modifier (RFC 7208 §4.6.1).
///
///     -all        ip4:192.0.2.0/24        redirect=other.example
public struct SPFTerm: Equatable, Sendable {
    /// The sign in front of a mechanism; nil where there is none, which means `+` (RFC 7208 §4.6.2).
    let qualifier: UInt8?
    /// In lower case.
    public let name: String
    /// What stands behind the name, with the colon, the slash or the equals sign.
    let value: ArraySlice<UInt8>
    /// Whether it is a name with an equals sign behind it; what is not known of these is ignored (RFC 7208 §6, §12).
    let isModifier: Bool

    public init(_ octets: ArraySlice<UInt8>) {
        qualifier = octets.first.flatMap { "+-~?".utf8.contains($0) ? $0 : nil }
        let rest = qualifier == nil ? octets : octets.dropFirst()
        let isInName = { (octet: UInt8) in octet.isLetDig || "-_.".utf8.contains(octet) }
        let longName = octets.first?.isAlpha == true ? octets.prefix(while: isInName) : octets.prefix(0)
        isModifier = octets[longName.endIndex...].first == UInt8(ascii: "=") && !longName.isEmpty
        let name = isModifier ? longName : rest.prefix(while: \.isLetDig)
        self.name = name.map(\.lowercased).lossyText
        value = rest.dropFirst(name.count)
    }
}
