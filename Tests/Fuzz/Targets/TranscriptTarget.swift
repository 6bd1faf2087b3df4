import Interchange

/// Text that somebody pasted: what session may be in it.
enum TranscriptTarget: FuzzTarget {
    static let name = "transcripts"

    static func check(_ octets: [UInt8]) {
        let isOne = TranscriptReader.recognises(octets)
        let file = TranscriptFile(octets)
        expect(isOne || file.count == 0, "there are sessions in what is no transcript")
        for number in 0..<min(file.count, 4) { Properties.expectSound(file.recording(number), cuts: [5]) }
    }
}
