@testable import Tracing

/// Recordings: whatever is read can be written, and is read again as it was; what is read quickly is what it says.
enum RecordingTarget: FuzzTarget {
    static let name = "recordings"

    static func check(_ octets: [UInt8]) {
        for line in octets.split(separator: 10) {
            guard let quick = PlainStoredEvent.read(line) else { continue }
            expect(StoredEvent.readAnyJSON(line) == .success(quick), "read quickly it is \(quick)")
        }
        // The last line may be torn off anywhere; nothing behind its end is looked at.
        let last = octets.split(separator: 10).last?.prefix(300) ?? []
        for count in 0..<last.count { _ = PlainStoredEvent.read(Array(last.prefix(count))[...]) }
        let isOne = RecordingReader.recognises(octets)
        guard let recording = try? RecordingReader.read(octets) else { return }
        expect(isOne, "what is read as a recording is not recognised as one")
        Properties.expectSound(recording)
    }
}
