import Interchange
import Interface
import SMTP
import Tracing

/// What a person looks at without stepping on, and where they jump to.
extension PlainPrompt {
    /// The lines that were shown so far.
    private var shownLines: Int { trace.stops.indices.contains(position) ? trace.stops[position].lines.upperBound : 0 }

    // MARK: Jumping

    mutating func showTrouble() throws {
        let last = shownLines > 0 ? shownLines - 1 : nil
        guard let line = trace.troubleIndex.line(after: last), let stop = trace.stop(ofLine: line) else {
            return try say(shownLines > 0 ? "Nothing went wrong after this." : "Nothing went wrong so far.")
        }
        try showAnew(stop)
    }

    /// The next step that holds a text; behind the last it begins again.
    mutating func find(_ text: String?) throws {
        guard let wanted = text ?? pattern, !wanted.isEmpty else {
            return try say("Say what to look for, as find 250.")
        }
        pattern = wanted
        let pattern = SearchPattern(wanted)
        let isInStop = { (stop: Trace.Stop, trace: Trace) in
            trace.lines[stop.lines].contains { pattern.isIn($0.octets) }
        }
        let stops = trace.stops
        let order = Array(stops.indices.dropFirst(position + 1)) + Array(stops.indices.prefix(position + 1))
        guard let found = order.first(where: { isInStop(stops[$0], trace) }) else {
            return try say("No line here holds '\(Escaping.message(wanted))'.")
        }
        if found <= position { try say("Looking on from the beginning.") }
        try showAnew(found)
    }

    mutating func showEnd() throws {
        if case .live(let run) = source, !run.isOver {
            return try say("The session is not over; Enter goes on with it.")
        }
        guard let last = trace.stops.indices.last else { return try say("Nothing happened in this session.") }
        if position != last { try showAnew(last) }
        try printer.print(walk.closing(trace))
    }

    // MARK: Looking

    func sayWhere() throws {
        guard trace.stops.indices.contains(position) else { return try say("The walk has not begun; Enter begins it.") }
        let stop = trace.stops[position]
        try say("This is step \(stop.place.label). \(StopSentence.text(of: stop, in: trace))")
        var sofar = VerdictSoFar()
        let isLast = shownLines == trace.lines.count
        let isOver: Bool = if case .live(let run) = source { run.isOver && isLast } else { isLast }
        sofar.read(trace.lines, isWhole: isOver)
        let standing = sofar.end ?? sofar.standing(before: shownLines)
        let held = standing.holder.words.full
        try say("The mail: \(held)\(standing.share.map { ", \($0)" } ?? "").")
    }

    func showMessage() throws {
        let mail = trace.mails.last { $0.leg == .relay } ?? trace.mails.last
        guard let content = trace.delivered.last ?? mail?.content, !content.isEmpty else {
            return try say("No mail has gone over the wire yet.")
        }
        if let mail {
            try say("Envelope, from: \(mail.reversePath.map(Self.spoken) ?? "not known").")
            try say("Envelope, to: \(mail.forwardPaths.map(Self.spoken).joined(separator: ", ")).")
        }
        try say("What a reader gets, \(content.count) octets\(trace.delivered.isEmpty ? "" : ", as it was delivered").")
        try printer.print(walk.message(content))
    }

    private static func spoken(_ path: Path) -> String {
        switch path {
        case .null: "the null reverse-path"
        case .postmaster: "postmaster"
        case .mailbox(let mailbox): WireText.shown(mailbox.octets)
        case .malformed(let octets): WireText.shown(octets)
        }
    }

    /// Octets of a line in rows of sixteen, counted from 1.
    func showOctets() throws {
        guard trace.stops.indices.contains(position) else { return try say("The walk has not begun; Enter begins it.") }
        for line in trace.lines[trace.stops[position].lines] {
            let octets = line.isWire ? line.octets + line.ending.octets : line.message
            guard !octets.isEmpty else { continue }
            let who = line.isWire ? (line.speaker == .client ? "Client" : "Server") : "DNS message"
            try say("\(who), \(octets.count) octets.")
            for start in stride(from: 0, to: octets.count, by: 16) {
                let row = octets[start..<min(start + 16, octets.count)]
                try printer.print("Octets from \(start + 1): \(row.map { $0.hex(2) }.joined(separator: " "))")
            }
        }
    }

    func showHosts() throws {
        let hosts = ConnectionMatrix(trace).sentences
        guard !hosts.isEmpty else { return try say("No host has been tried.") }
        for sentence in hosts { try say(sentence) }
    }

    func showTimeline() throws {
        guard position >= 0 else { return try say("The walk has not begun; Enter begins it.") }
        for stop in trace.stops.prefix(position + 1) {
            let time = WalkText.seconds(trace.lines[stop.lines.upperBound - 1].time)
            try say("\(time) seconds, step \(stop.place.label). \(StopSentence.text(of: stop, in: trace))")
        }
    }

    // MARK: Files

    func showSessions() throws {
        let rows = listing()
        guard rows.count > 1 else { return try say("This is the only session here.") }
        for row in rows { try printer.print(row) }
        try say("The option --session N shows another one.")
    }

    func save(_ name: String) throws {
        let path = HomePath.expanded(name)
        let session: WrittenSession =
            switch source {
            case .recording(let recording, _): WrittenSession(recording)
            case .live(let run): WrittenSession(Recording(header: header, events: run.events), trace: trace)
            }
        let words: String
        do throws(FileError) { words = try SessionWriter.saved(session, as: path, settings, library) } catch {
            words =
                error.kind == .exists ? "not saved: \(path) is there already; give another name" : "not saved: \(error)"
        }
        try say("\(words.prefix(1).uppercased())\(words.dropFirst()).")
    }
}
