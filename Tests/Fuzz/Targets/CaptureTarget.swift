import Captures

/// Packet captures: every session in them can be listed, put together and recorded.
enum CaptureTarget: FuzzTarget {
    static let name = "captures"

    static func check(_ octets: [UInt8]) {
        guard let file = CaptureFile(CaptureOctets(octets)) else { return }
        for warning in file.warnings { Properties.expectEscaped(warning, "a warning") }
        let some = 0..<min(file.count, 4)
        file.eachSummary(of: some, atOnce: 2, making: { $1 }) { summaries in
            for summary in summaries {
                var glance = summary.glance
                let words = summary.ends.client + summary.ends.server + glance.verdict().summary
                Properties.expectEscaped(words, "a line of the list")
            }
        }
        for number in some { Properties.expectSound(file.recording(number), cuts: [5]) }
    }
}
