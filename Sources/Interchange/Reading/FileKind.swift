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
    /// The log of a mail server, whose lines tell of messages by their queue ids.
    case mailLog
    /// Text that is nothing of the above.
    case text
    /// Packets in a format that is not read, with the name of who writes it.
    case otherCapture(by: String)
    /// Packed by something that is not unpacked here, or packed twice.
    case compressed
    case binary
    case empty

    /// How many octets from the start are looked at to tell text from the rest.
    static let maxOctets = 4096

    public static func of(_ octets: [UInt8]) -> FileKind { told(octets).kind }

    /// The same, and the transcript where it was read as one to know: how a text is to be read takes a while to find out.
    static func told(_ octets: [UInt8]) -> (kind: FileKind, transcript: TranscriptFile?) {
        if octets.isEmpty { return (.empty, nil) }
        if RecordingReader.recognises(octets) { return (.recording, nil) }
        if CaptureFile.recognises(octets) { return (.capture, nil) }
        if let program = ForeignCapture.program(of: octets) { return (.otherCapture(by: program), nil) }
        if isPacked(octets) { return (.compressed, nil) }
        guard TranscriptText.isText(octets.prefix(maxOctets)) else { return (.binary, nil) }
        // In a long log a dialogue is sought where the log tells of no message.
        if octets.count > MailLogFile.minLong, MailLogFile.recognises(octets) {
            return (TranscriptReader.recognises(MailLogFile.rest(of: octets)) ? .transcript : .mailLog, nil)
        }
        let transcript = TranscriptFile(octets)
        if transcript.isDialogue || TranscriptReader.beginsAsDialogue(octets) { return (.transcript, transcript) }
        return (MailLogFile.recognises(octets) ? .mailLog : .text, nil)
    }

    /// Whether octets begin as something that was compressed does.
    static func isPacked(_ octets: [UInt8]) -> Bool {
        Compression.of(octets) != nil || packed.contains(where: octets.starts(with:))
            || octets.dropFirst(257).starts(with: "ustar".utf8)
    }

    /// Why it cannot be read, and what to do; nil for what can be read.
    public var refusal: String? {
        switch self {
        case .recording, .capture, .transcript, .mailLog: nil
        case .otherCapture(let program):
            "this is a capture of \(program), which is not read here; convert it with 'editcap -F pcapng FILE FILE.pcapng'"
        case .compressed: "this file is packed twice, or in a form that is not read here; unpack it first"
        case .text:
            "there is no SMTP dialogue in this text; it should hold lines such as '220 mx.example ESMTP' and 'EHLO client.example'"
        case .binary: "this is no recording; record one with 'ehlo live RECIPIENT --record FILE'"
        case .empty: "this file is empty; record a session with 'ehlo live RECIPIENT --record FILE'"
        }
    }

    /// zip, compress, 7z, lzip, an old lz4, lzma, rar and lzop; tar says so further in.
    private static let packed: [[UInt8]] = [
        [0x50, 0x4B, 3, 4], [0x1F, 0x9D], [0x37, 0x7A, 0xBC, 0xAF], [0x4C, 0x5A, 0x49, 0x50], [0x02, 0x21, 0x4C, 0x18],
        [0x5D, 0, 0, 0x80, 0], [0x52, 0x61, 0x72, 0x21, 0x1A], [0x89, 0x4C, 0x5A, 0x4F],
    ]
}
