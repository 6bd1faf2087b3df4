import Foundation
import SMTP
import Testing
import Tracing

/// A session of a fixture: of `Traced/`, of the dialogues that drive client and server, or a bundled recording.
struct Session: Sendable, CustomStringConvertible {
    let name: String
    let events: [WireEvent]
    var description: String { name }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let recordings = TracedDialog.files(
        in: tests.deletingLastPathComponent().appending(path: "lessons/sessions"),
        extension: "ehlo"
    )
    private static let dialogs = TracedDialog.files(in: tests.appending(path: "SMTPTests/Dialogs"), extension: "dialog")

    static let all: [Session] =
        TracedDialog.all.map { Session(name: $0.name, events: $0.events) }
        + dialogs.map { Session(name: "Dialogs/" + $0.lastPathComponent, events: events(ofDialog: $0)) }
        + recordings.map { Session(name: "sessions/" + $0.lastPathComponent, events: recording($0)?.events ?? []) }

    static func octets(_ file: URL) -> [UInt8] { (try? Data(contentsOf: file)).map(Array.init) ?? [] }
    static func recording(_ file: URL) -> Recording? { try? RecordingReader.read(octets(file)) }

    /// The `C:` and `S:` lines and the `-- close` of a dialogue.
    private static func events(ofDialog file: URL) -> [WireEvent] {
        let lines = String(decoding: octets(file), as: UTF8.self).split(separator: "\n")
        return lines.enumerated().compactMap { number, line in
            let said = Array(line.utf8.dropFirst(line.utf8.count > 2 ? 3 : 2)) + [13, 10]
            let kind: WireEvent.Kind? =
                if line.hasPrefix("C:") { .octets(from: .client, said) } else if line.hasPrefix("S:") {
                    .octets(from: .server, said)
                } else if line == "-- close" { .close(by: .server) } else { nil }
            return kind.map { WireEvent($0, leg: .relay, at: Double(number) / 1000) }
        }
    }
}

extension WireEvent {
    /// The same octets one at a time, or cut at every `size` octets.
    func split(every size: Int) -> [WireEvent] {
        guard case .octets(let side, let octets, let secrets) = kind else { return [self] }
        return stride(from: 0, to: octets.count, by: size).map { start in
            let piece = start..<min(start + size, octets.count)
            let inside = secrets.filter { $0.overlaps(piece) }.map { secret -> Range<Int> in
                let clamped = secret.clamped(to: piece)
                return clamped.lowerBound - start..<clamped.upperBound - start
            }
            return WireEvent(.octets(from: side, Array(octets[piece]), credentials: inside), leg: leg, at: time)
        }
    }
}

/// What must hold for every trace, whatever was on the wire.
func expectSound(_ trace: Trace, _ name: String) {
    // Not `#expect`: this is asked hundreds of thousands of times.
    var covered = 0
    for stop in trace.stops {
        if stop.lines.lowerBound != covered { Issue.record("\(name): the stops leave a gap before \(stop.lines)") }
        covered = stop.lines.upperBound
    }
    if covered != trace.lines.count {
        Issue.record("\(name): the stops end at \(covered) of \(trace.lines.count) lines")
    }
    for (index, line) in trace.lines.enumerated() {
        var end = 0
        for span in line.spans {
            if span.range.lowerBound != end || span.range.isEmpty {
                Issue.record("\(name), line \(index): span \(span.kind) at \(span.range) instead of \(end)")
            }
            end = span.range.upperBound
        }
        if end != line.octets.count + line.ending.octets.count {
            Issue.record(
                "\(name), line \(index): spans end at \(end) of \(line.octets.count) octets and \(line.ending)"
            )
        }
        if line.index != index || trace.stop(ofLine: index).map({ trace.stops[$0].place }) != line.place {
            Issue.record("\(name), line \(index) is not in the stop of its place")
        }
        for secret in line.secrets where !(0...line.octets.count).contains(secret.upperBound) {
            Issue.record("\(name), line \(index): secret \(secret) is outside the line")
        }
        _ = (line.replyCode, line.enhanced, line.verbName)
    }
}
