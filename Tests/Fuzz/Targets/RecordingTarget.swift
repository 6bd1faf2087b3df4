import Tracing

/// Recordings: whatever is read can be written, and is read again as it was.
enum RecordingTarget: FuzzTarget {
    static let name = "recordings"

    static func check(_ octets: [UInt8]) {
        let isOne = RecordingReader.recognises(octets)
        guard let recording = try? RecordingReader.read(octets) else { return }
        expect(isOne, "what is read as a recording is not recognised as one")
        Properties.expectSound(recording)
    }
}
