/// The form of a mail that is signed: white space that servers on the way may change does not count (RFC 6376 §3.4.2, §3.4.4).
///
///     B : Y<TAB>            b:Y Z
///     <TAB>Z
enum RelaxedCanonicalization {
    /// A field that is already unfolded, without its line end.
    static func field(_ field: HeaderField) -> [UInt8] {
        field.name.map(\.lowercased) + [UInt8(ascii: ":")] + reduced(field.body).trimmingWhiteSpace
    }

    /// The body, each line ended by CRLF, without empty lines at its end.
    static func body(of content: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        // What stands after the last line that is not empty.
        var count = 0
        for line in DotStuffing.lines(of: content).drop(while: { !$0.isEmpty }).dropFirst() {
            var line = reduced(line)
            if line.last == 32 { line.removeLast() }
            body += line + [13, 10]
            if !line.isEmpty { count = body.count }
        }
        return Array(body.prefix(count))
    }

    /// Each run of blanks as one space.
    private static func reduced(_ line: [UInt8]) -> [UInt8] {
        var reduced: [UInt8] = []
        for octet in line where !(octet.isWhiteSpace && reduced.last == 32) {
            reduced.append(octet.isWhiteSpace ? 32 : octet)
        }
        return reduced
    }
}
