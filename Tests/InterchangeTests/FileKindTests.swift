import Interchange
import Testing

@Suite struct FileKindTests {
    @Test(
        arguments: [
            ("{\"ehlo\":1}\n", .recording),
            ("\u{FEFF}{\"ehlo\":1}\n", .recording),  // a byte order mark does no harm
            ("", .empty),
            ("220 mx ESMTP\r\nEHLO a\r\n", .transcript),
            ("C: EHLO a\nS: 250 mx\n", .transcript),
            ("~> ehlo a\n", .transcript),  // verbs are read in any case
            ("hello\nworld\n", .text),
            ("{\"json\":1}\n", .text),
            ("\0\0\0", .binary),
            ("a\u{1}b", .binary),
        ] as [(String, FileKind)]
    )
    func `the octets tell the kind`(octets: String, kind: FileKind) {
        #expect(FileKind.of(Array(octets.utf8)) == kind)
    }

    @Test(
        arguments: [
            [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0xC3, 0xD4], [0x4D, 0x3C, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D],
            [0x0A, 0x0D, 0x0D, 0x0A], [0xA1, 0xB2, 0xCD, 0x34],
        ] as [[UInt8]]
    )
    func `captures are known in both orders of octets`(magic: [UInt8]) {
        #expect(FileKind.of(magic + [0, 0, 0, 0]) == .capture)
        #expect(FileKind.of(Array(magic.dropLast())) != .capture)
    }

    @Test func `sessions are not refused, whoever wrote them down`() {
        let all: [FileKind] = [
            .recording, .capture, .transcript, .mailLog, .text, .compressed, .binary, .empty,
            .otherCapture(by: "somebody"),
        ]
        #expect(all.filter { $0.refusal == nil } == [.recording, .capture, .transcript, .mailLog])
        #expect(FileKind.of([0x1F, 0x8B, 8]) == .compressed)
        #expect(FileKind.of([0x50, 0x4B, 3, 4]) == .compressed)
        #expect(
            FileKind.of(Array("mail.log".utf8) + Array(repeating: 0, count: 249) + Array("ustar\0".utf8)) == .compressed
        )
    }

    @Test func `a capture of another program is named, with the line that converts it`() {
        let kind = FileKind.of(Array("iptrace 2.0".utf8) + [UInt8](repeating: 0, count: 20))
        #expect(kind == .otherCapture(by: "AIX' iptrace"))
        #expect(
            kind.refusal
                == "this is a capture of AIX' iptrace, which is not read here; convert it with 'editcap -F pcapng FILE FILE.pcapng'"
        )
    }

    @Test func `a record of another program that quotes EHLO is no recording`() {
        #expect(FileKind.of(Array(#"{"ip":"192.0.2.25","ehlo":"250-mx.example\r\n"}"#.utf8)) != .recording)
        #expect(FileKind.of(Array(#"{ "ehlo" : 1, "began": "" }"#.utf8)) == .recording)
    }
}
