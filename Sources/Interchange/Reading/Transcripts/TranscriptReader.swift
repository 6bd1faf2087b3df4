public import Tracing

/// Reads sessions from what other programs write about them: logs, debugging output, text copied from a terminal.
///
/// Linear in the length of the text: a plan is made from its beginning, then every line is looked at once.
public enum TranscriptReader {
    /// Whether there is a session in it.
    public static func recognises(_ octets: [UInt8]) -> Bool {
        TranscriptFile(octets).isDialogue || beginsAsDialogue(octets)
    }

    /// Whether there is one in the beginning of a long text which, read as a whole, has none.
    static func beginsAsDialogue(_ octets: [UInt8]) -> Bool {
        let start = octets.prefix(1 << 20)
        return start.count < octets.count && ReadingPlan(TranscriptText(Array(start)).octets) != nil
    }

    /// The sessions in the order in which they begin; none when nothing in it is a dialogue.
    public static func read(_ octets: [UInt8]) -> [Recording] {
        let file = TranscriptFile(octets)
        return (0..<file.count).map(file.recording)
    }
}
