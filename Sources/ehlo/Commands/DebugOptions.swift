import ArgumentParser
import Networking
import Tracing

/// The option of the commands that have something to tell of their machines.
struct DebugOptions: ParsableArguments {
    @Option(
        name: .customLong("debug-log"),
        help: ArgumentHelp(
            "Add to this file what ehlo's own machines do, for a report of a fault. Credentials are masked.",
            valueName: "file"
        ),
        completion: .file()
    )
    var debugLog: String?

    /// Opens the file, and has every connection of this process written down from now on.
    func open() throws(CommandError) {
        guard let debugLog else { return }
        let file = try AddedLines(debugLog, for: "--debug-log", called: "the debug log")
        DebugLog.open { file.write($0) }
    }

    /// Writes down a session that is only read.
    func tell(_ recording: Recording, number: Int) throws(CommandError) {
        guard let debugLog else { return }
        let file = try AddedLines(debugLog, for: "--debug-log", called: "the debug log")
        for line in ObserverLines.lines(of: recording) { file.write("session \(number) \(WireText.shown(line.utf8))") }
    }
}
