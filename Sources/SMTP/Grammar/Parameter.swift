import Notation

/// An ESMTP parameter of MAIL or RCPT: `SIZE=312`, `SMTPUTF8` (RFC 5321 §4.1.2, esmtp-param).
public struct Parameter: Hashable, Sendable {
    /// The keyword as typed; compare without case.
    public let keyword: [UInt8]
    /// What follows the equals sign; nil when there is none.
    public let value: [UInt8]?

    /// The keyword in upper case, as text.
    public var name: String { String(decoding: keyword.map(\.uppercased), as: UTF8.self) }

    /// A parameter of our own. The caller sees to it that keyword and value are of the grammar; `OutgoingLine` refuses line ends.
    public init(_ keyword: String, _ value: String? = nil) {
        self.keyword = Array(keyword.utf8)
        self.value = value.map { Array($0.utf8) }
    }

    init(keyword: [UInt8], value: [UInt8]?) {
        self.keyword = keyword
        self.value = value
    }

    public var octets: [UInt8] { keyword + (value.map { [UInt8(ascii: "=")] + $0 } ?? []) }

    static func read(_ octets: ArraySlice<UInt8>, start: Int) -> Reading<Parameter> {
        let range = start..<start + octets.count
        let equals = octets.firstIndex(of: UInt8(ascii: "="))
        let keyword = Array(octets[..<(equals ?? octets.endIndex)])
        let value = equals.map { Array(octets[($0 + 1)...]) }
        let parameter = Parameter(keyword: keyword, value: value)
        var departures: [Departure] = []
        let isKeyword = keyword.first?.isLetDig == true && keyword.allSatisfy(\.isLetDigHyphen)
        if !isKeyword || value.map({ $0.isEmpty || !$0.allSatisfy(\.isEsmtpValue) }) == true {
            departures.append(Departure(.malformedParameter, at: range))
        }
        if let value, ["ORCPT", "ENVID", "AUTH"].contains(parameter.name), Xtext.decode(value) == nil {
            departures.append(Departure(.malformedXtext, at: range))
        }
        if parameter.name == "SIZE", value.flatMap({ UInt64(decimal: $0) }) == nil {
            departures.append(Departure(.malformedParameter, at: range))
        }
        return Reading(parameter, departures: departures)
    }
}

/// xtext: octets that would not fit a parameter, as `+` and two hexadecimal digits (RFC 3461 §4).
public enum Xtext {
    /// The octets meant; nil when a `+` is not followed by two upper-case hexadecimal digits or an octet may not stand there.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        var decoded: [UInt8] = []
        var rest = text[...]
        while let octet = rest.popFirst() {
            if octet.isXchar {
                decoded.append(octet)
                continue
            }
            guard octet == UInt8(ascii: "+"), rest.count >= 2, rest.prefix(2).allSatisfy(\.isUpperHexDigit),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            decoded.append(value)
            rest = rest.dropFirst(2)
        }
        return decoded
    }

    /// The text that stands for these octets.
    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        octets.flatMap { octet -> [UInt8] in
            if octet.isXchar { return [octet] }
            return Array("+\(octet.hex(2, uppercase: true))".utf8)
        }
    }
}
