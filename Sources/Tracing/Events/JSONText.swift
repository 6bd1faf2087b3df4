import Notation

/// Text as a JSON string, quotes included (RFC 8259 §7). The one function that escapes for JSON.
///
/// What `WireText` would not show, such as controls, line separators and what turns the direction of text, is written as
/// `\u…`, so that a file printed on a terminal does nothing there.
public func jsonText(_ text: String) -> String {
    // Most is plain ASCII, which stands as it is.
    if text.utf8.allSatisfy(standsInJSON) { return "\"\(text)\"" }
    var json = "\""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x22: json += "\\\""
        case 0x5C: json += "\\\\"
        case 0x0A: json += "\\n"
        case 0x0D: json += "\\r"
        case 0x09: json += "\\t"
        case 0..<0x20, 0x7F: json += escaped(scalar)
        case 0x20..<0x7F: json.unicodeScalars.append(scalar)
        default:
            if WireText.isShown(scalar) {
                json.unicodeScalars.append(scalar)
            } else {
                json += escaped(scalar)
            }
        }
    }
    return json + "\""
}

/// The same put behind what there is of a text.
public func addJSONText(_ text: String, to json: inout [UInt8]) {
    guard text.utf8.allSatisfy(standsInJSON) else { return json += jsonText(text).utf8 }
    json.append(0x22)
    json += text.utf8
    json.append(0x22)
}

/// Octets of a wire made visible, as a JSON string behind what there is of a text.
public func addJSONText(shown octets: [UInt8], to json: inout [UInt8]) {
    guard octets.allSatisfy(standsInJSON) else { return addJSONText(WireText.shown(octets), to: &json) }
    json.append(0x22)
    json += octets
    json.append(0x22)
}

/// Whether an octet stands in a JSON string as it is, and on a screen.
private func standsInJSON(_ octet: UInt8) -> Bool {
    (0x20..<0x7F).contains(octet) && octet != 0x22 && octet != 0x5C
}

/// JSON on one line that another encoder made, with the same characters escaped: they stand only inside its strings.
func jsonShown(_ json: String) -> String {
    json.unicodeScalars.reduce(into: "") { shown, scalar in
        if WireText.isShown(scalar) { shown.unicodeScalars.append(scalar) } else { shown += escaped(scalar) }
    }
}

/// One `\uHHHH`, or two for a character beyond the first 65,536 (RFC 8259 §7).
private func escaped(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
        "\\u" + unit.hex(4)
    }.joined()
}
