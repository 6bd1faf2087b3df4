import Captures
import Tracing

/// What a file is, told by its octets alone: a name can lie, and often there is none.
public enum FileKind: Equatable, Sendable {
    /// A recorded session (`.ehlo`).
    case recording
    /// Packets, as pcap or pcapng.
    case capture
    /// A session as somebody copied it from a terminal or a log.
    case transcript
    /// Text that is nothing of the above.
    case text
    /// Packed by gzip, xz, zstd or zip.
    case compressed
    case binary
    case empty

    /// How many octets from the start are looked at.
    static let mostOctets = 4096

    public static func of(_ octets: [UInt8]) -> FileKind {
        if octets.isEmpty { return .empty }
        if RecordingReader.recognises(octets) { return .recording }
        if CaptureFile.recognises(octets) { return .capture }
        if packed.contains(where: octets.starts(with:)) { return .compressed }
        let start = octets.prefix(mostOctets)
        // Text has no NUL and no control octet but these; ESC is there for what was copied from a terminal.
        let isText = start.allSatisfy { $0 >= 32 || [9, 10, 12, 13, 27].contains($0) }
        guard isText else { return .binary }
        return hasDialogue(start) ? .transcript : .text
    }

    /// Why it cannot be read, and what to do; nil for what can be read.
    public var refusal: String? {
        switch self {
        case .recording, .capture: nil
        case .transcript: "this is a text transcript; reading transcripts comes with a later version"
        case .compressed: "this is a compressed file; unpack it first"
        case .text, .binary: "this is no recording; record one with 'ehlo live RECIPIENT --record FILE'"
        case .empty: "this file is empty; record a session with 'ehlo live RECIPIENT --record FILE'"
        }
    }


    private static let packed: [[UInt8]] = [
        [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B, 3, 4],
    ]

    /// Whether some line looks like SMTP, behind whatever mark a program put before it.
    private static func hasDialogue(_ octets: ArraySlice<UInt8>) -> Bool {
        let words = ["EHLO ", "HELO ", "MAIL FROM:", "RCPT TO:", "220 ", "220-", "250 ", "250-"].map { Array($0.utf8) }
        return octets.split(whereSeparator: { $0 == 10 || $0 == 13 }).contains { line in
            let marks = line.prefix(12).prefix {
                !$0.isLetterOrDigit || $0 == UInt8(ascii: "C") || $0 == UInt8(ascii: "S")
            }
            let said = line.dropFirst(marks.count)
            return words.contains { word in
                said.prefix(word.count).map(\.inUpperCase) == word
            }
        }
    }
}

extension UInt8 {
    fileprivate var inUpperCase: UInt8 { (0x61...0x7A).contains(self) ? self - 32 : self }

    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(inUpperCase)
    }
}
