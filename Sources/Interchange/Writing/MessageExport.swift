public import Tracing

/// The messages of a session as their octets went over the wire, without the stuffed dots and the closing one.
public enum MessageExport {
    /// The trace with every mail whole, where one was too long for the trace that is shown.
    public static func whole(_ trace: Trace, _ recording: Recording) -> Trace {
        trace.hasCutMail ? Tracer.trace(of: recording.events, keepsWholeMails: true) : trace
    }

    /// What can be written, one entry a message: those the recipient's server was sent, else those the sender's own was.
    /// The trace must be `whole`, or of a long mail there is only the beginning.
    public static func messages(_ trace: Trace) -> [TracedMail] {
        let relayed = trace.mails.filter { $0.leg == .relay && !$0.content.isEmpty }
        return relayed.isEmpty ? trace.mails.filter { !$0.content.isEmpty } : relayed
    }

    /// What is missing in messages that are written, in sentences; nothing where all of them are whole.
    public static func warnings(_ messages: [TracedMail]) -> [String] {
        let several = messages.count > 1
        return messages.enumerated().compactMap { index, mail in
            let which = several ? "message \(index + 1)" : "the message"
            if mail.hasGap { return "\(which) is not whole: the recording lacks octets of it" }
            return mail.outcome == .brokenOff
                ? "\(which) is not whole: it was broken off, and what was sent of it is written" : nil
        }
    }

    /// `mail-2.eml` for the second of `mail.eml`.
    public static func name(_ path: String, number: Int) -> String {
        let ending = ExportFormat.ending(of: path)
        guard !ending.isEmpty else { return "\(path)-\(number)" }
        let stem = path.dropLast(ending.count + 1)
        return "\(stem)-\(number).\(path.suffix(ending.count))"
    }
}
