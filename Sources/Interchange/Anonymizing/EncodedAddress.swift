import Notation

/// An address as a parameter or a report carries it: in xtext, where `+C3` stands for an octet (RFC 3461 §4), or in unitext, where
/// `\x{FC}` stands for a character (RFC 6533 §3).
struct EncodedAddress {
    /// A character of the text, or a form that stands for octets.
    private struct Unit {
        let raw: ArraySlice<UInt8>
        let octets: [UInt8]
    }

    private let units: [Unit]
    private let isUnitext: Bool

    /// What stands before such an address: a parameter (RFC 3461 §4, RFC 4954 §5), or the type of an address (RFC 3461 §4.2).
    static let marks = [" ORCPT=", " ENVID=", " AUTH=", "rfc822;", "utf-8;"].map { Array($0.utf8) }

    /// Nil where there is no form in it, or one that is not whole.
    init?(_ text: ArraySlice<UInt8>) {
        isUnitext = text.contains(UInt8(ascii: "\\"))
        var units: [Unit] = []
        var rest = text
        while let octet = rest.first {
            let isForm = octet == UInt8(ascii: isUnitext ? "\\" : "+")
            guard isForm else {
                units.append(Unit(raw: rest.prefix(1), octets: [octet]))
                rest = rest.dropFirst()
                continue
            }
            guard let unit = isUnitext ? Self.character(rest) : Self.octet(rest) else { return nil }
            units.append(unit)
            rest = rest.dropFirst(unit.raw.count)
        }
        guard units.contains(where: { $0.raw.count > 1 }) else { return nil }
        self.units = units
    }

    /// The address itself.
    var octets: [UInt8] { units.flatMap(\.octets) }

    /// Another address of as many octets, in as many octets of text: what was a form still is one. In unitext a character beyond
    /// ASCII becomes another one that names nobody.
    func holding(_ other: [UInt8]) -> [UInt8] {
        var rest = other[...]
        return units.flatMap { unit -> [UInt8] in
            let octets = rest.prefix(unit.octets.count)
            rest = rest.dropFirst(unit.octets.count)
            guard unit.raw.count > 1 else { return Array(octets) }
            guard !isUnitext else { return unit.octets.count > 1 ? Self.neutral(unit.raw) : Array(unit.raw) }
            return octets.flatMap { Array("+\($0.hex(2, uppercase: true))".utf8) }
        }
    }

    /// `+` and two hexadecimal digits in capitals.
    private static func octet(_ text: ArraySlice<UInt8>) -> Unit? {
        let digits = text.dropFirst().prefix(2)
        guard digits.count == 2, digits.allSatisfy({ !(0x61...0x7A).contains($0) }), let value = number(digits) else {
            return nil
        }
        return Unit(raw: text.prefix(3), octets: [UInt8(value)])
    }

    /// A backslash, `x` and two to six hexadecimal digits in braces.
    private static func character(_ text: ArraySlice<UInt8>) -> Unit? {
        guard text.prefix(3).elementsEqual("\\x{".utf8), let end = text.firstIndex(of: UInt8(ascii: "}")) else {
            return nil
        }
        let digits = text[(text.startIndex + 3)..<end]
        guard (2...6).contains(digits.count), let scalar = number(digits).flatMap(UnicodeScalar.init) else {
            return nil
        }
        return Unit(raw: text[text.startIndex...end], octets: Array(String(Character(scalar)).utf8))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        let isHex = digits.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF) }
        return isHex ? UInt32(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }

    /// A form of the same length, of a character that stands for itself.
    private static func neutral(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        let digits = ["E4", "3B1", "20AC", "1F4E7", "10FFFD"]
        let chosen = digits[min(max(0, raw.count - 6), digits.count - 1)]
        return Array("\\x{\(chosen)}".utf8)
    }
}
