import Glibc

/// Whether the person's locale says that the terminal reads UTF-8. When not, only ASCII should be drawn.
///
/// Takes on the locale of the environment.
public func localeIsUTF8() -> Bool {
    guard setlocale(LC_CTYPE, "") != nil, let codeset = nl_langinfo(Int32(CODESET)) else { return false }
    return String(cString: codeset) == "UTF-8"
}

/// Sees to it that curses knows wide characters, in whatever locale: their octets are UTF-8 or they are not sent.
func prepareLocale() {
    if !localeIsUTF8() { setlocale(LC_CTYPE, "C.UTF-8") }
}

/// RFC 4648 §4.
func base64(_ octets: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: octets.count, by: 3) {
        let group = octets[start..<min(start + 3, octets.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0..<4 {
            text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
