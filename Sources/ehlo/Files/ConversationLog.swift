import Glibc
import Interchange
import Tracing

/// A line about each conversation that is over, at the end of a file: the columns of `--list`, and the findings.
///
///     3  2026-11-26T10:00:00Z  127.0.0.1:40312  mx.example  <a@a.example>  <b@b.example>  refused 550 RCPT 5.1.1  bare-lf
///
/// The columns are parted by tabs; what is not known, and no finding, is `–`. Lines are only ever added, so that `tail -f` follows.
final class ConversationLog {
    private let descriptor: Int32
    private let path: String

    /// Findings of one conversation that are named; of more the number is told.
    private static let maxFindings = 20

    init(_ path: String) throws(CommandError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(
                .cannotCreate,
                "--log: \(Escaping.message(path)) cannot be written (\(String(cString: strerror(errno)))); give another name"
            )
        }
    }

    deinit { close(descriptor) }

    func write(_ listing: SessionListing, _ trace: Trace) throws(CommandError) {
        var found: [String] = []
        for line in trace.lines {
            for finding in line.findings where !found.contains(finding.id) { found.append(finding.id) }
        }
        let more = found.count > Self.maxFindings ? ["\(found.count - Self.maxFindings) more"] : []
        let findings = found.isEmpty ? "–" : (found.prefix(Self.maxFindings) + more).joined(separator: ",")
        let line = (listing.cells + [findings]).joined(separator: "\t") + "\n"
        guard let error = WholeLines.add(line, to: descriptor) else { return }
        throw CommandError(
            .inputOutput,
            "--log: writing to \(Escaping.message(path)) failed (\(String(cString: strerror(error)))); free some space or log elsewhere"
        )
    }
}
