import Captures
import Tracing

/// What a file is, told by its octets alone: a name can lie, and often there is none.
public enum FileKind: Equatable, Sendable {
    /// A recorded session (`.ehlo`).
    case recording
    /// Packets, as pcap or pcapng.
    case capture
    /// A session as somebody copied it from a terminal or a program logged it.
    case transcript
    /// Text that is nothing of the above.
    case text
    /// Packed by gzip, xz, zstd or zip.
    case compressed
    case binary
    case empty

    /// How many octets from the start are looked at to tell text from the rest.
    static let maxOctets = 4096

    public static func of(_ octets: [UInt8]) -> FileKind {
        if octets.isEmpty { return .empty }
        if RecordingReader.recognises(octets) { return .recording }
        if CaptureFile.recognises(octets) { return .capture }
        if packed.contains(where: octets.starts(with:)) { return .compressed }
        guard TranscriptText.isText(octets.prefix(maxOctets)) else { return .binary }
        return TranscriptReader.recognises(octets) ? .transcript : .text
    }

    /// Why it cannot be read, and what to do; nil for what can be read.
    public var refusal: String? {
        switch self {
        case .recording, .capture, .transcript: nil
        case .compressed: "this is a compressed file; unpack it first"
        case .text:
            "there is no SMTP dialogue in this text; it should hold lines such as '220 mx.example ESMTP' and 'EHLO client.example'"
        case .binary: "this is no recording; record one with 'ehlo live RECIPIENT --record FILE'"
        case .empty: "this file is empty; record a session with 'ehlo live RECIPIENT --record FILE'"
        }
    }

    private static let packed: [[UInt8]] = [
        [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B, 3, 4],
    ]
}
