/// Transparency (RFC 5321 §4.5.2): a line of mail data that begins with a dot gets one more on the wire.
public enum DotStuffing {
    static let dot = UInt8(ascii: ".")

    /// The line as it goes over the wire.
    public static func stuff(_ line: [UInt8]) -> [UInt8] { line.first == dot ? [dot] + line : line }

    /// The line as it was meant: the first dot taken off. A line of one dot is the end of the mail data, not for this.
    public static func unstuff(_ line: [UInt8]) -> [UInt8] { line.first == dot ? Array(line.dropFirst()) : line }

    /// Whether this line ends the mail data: one dot, ended by CRLF, after a line that ended in CRLF (RFC 5321 §4.1.1.4).
    public static func ends(_ line: WireLine, after previous: WireLine.Ending) -> Bool {
        line.octets == [dot] && line.ending == .crlf && previous == .crlf
    }

    /// Whether some servers would have ended the mail data here although RFC 5321 does not: a dot alone with a line end
    /// that is not CRLF on one side or the other, the root of SMTP smuggling (RFC 5321 §4.1.1.4, §2.3.8).
    public static func resemblesEnd(_ line: WireLine, after previous: WireLine.Ending) -> Bool {
        guard line.octets.allSatisfy({ $0 == dot || $0 == 13 || $0 == 0 }), !ends(line, after: previous) else {
            return false
        }
        let bare = line.octets.filter { $0 != 13 && $0 != 0 }
        guard bare == [dot] else { return false }
        return line.octets.count > 1 || line.ending != .crlf || previous != .crlf
    }

    /// Mail data for the wire: every line ended by CRLF, dots stuffed, the closing dot line added.
    ///
    /// Line ends in `content` may be CRLF, LF or CR: each becomes CRLF, so that no server can see an end that is not one. With
    /// `keepingCR` a CR without its LF stays what it is.
    public static func mailData(of content: [UInt8], keepingCR: Bool = false) -> [UInt8] {
        var wire: [UInt8] = []
        wire.reserveCapacity(content.count + content.count / 32 + 3)
        for line in lines(of: content, keepingCR: keepingCR) { wire += stuff(line) + [13, 10] }
        return wire + [dot, 13, 10]
    }

    /// The lines of a text whose line ends may be CRLF, LF or CR, each without its end; with `keepingCR` CRLF or LF alone.
    public static func lines(of content: [UInt8], keepingCR: Bool = false) -> [[UInt8]] {
        guard !keepingCR else { return linesEndedByLF(content) }
        var all: [[UInt8]] = []
        var line: [UInt8] = []
        var afterCR = false
        for octet in content {
            if octet == 10, afterCR {
                afterCR = false
                continue
            }
            afterCR = octet == 13
            if octet == 13 || octet == 10 {
                all.append(line)
                line = []
            } else {
                line.append(octet)
            }
        }
        return line.isEmpty ? all : all + [line]
    }

    private static func linesEndedByLF(_ content: [UInt8]) -> [[UInt8]] {
        let pieces = content.split(separator: 10, omittingEmptySubsequences: false)
        // What stands behind the last LF has no end, and is a line where it is anything.
        let ended = pieces.dropLast().map { Array($0.last == 13 ? $0.dropLast() : $0) }
        return ended + pieces.suffix(1).filter { !$0.isEmpty }.map(Array.init)
    }
}
