import SMTP
import Tracing

/// What goes from one lane to another in the sequence diagram: lines of one speaker at one stop.
struct SVGArrow {
    enum Kind: String { case client, server, lookup, event }

    let kind: Kind
    let leg: Leg
    let speaker: TraceLine.Speaker
    let lines: Slice<TraceLines>
    /// The stop it is the first arrow of; nil for the others.
    let opens: Trace.Stop?
    let isFailed: Bool
    let isInTLS: Bool

    var time: Double { lines.first?.time ?? 0 }
    var findings: [Finding] { lines.flatMap(\.findings) }

    /// The most lines of text over one arrow.
    static let maxTexts = 14

    /// What stands over the arrow: the lines themselves, of many the first and the last.
    var texts: [String] {
        let all = lines.map { $0.isTLS ? $0.shownText : WireText.shown($0.octets.prefix(2000)) }
        guard all.count > Self.maxTexts else { return all }
        let first = Self.maxTexts - 3
        let left = lines.dropFirst(first).dropLast()
        let octets = left.reduce(0) { $0 + $1.octets.count + $1.ending.octets.count }
        return all.prefix(first) + ["… \(left.count) more lines, \(octets) octets"] + all.suffix(1)
    }

    /// Whether two lines of a stop go together: what one side says, or what is known of TLS.
    private static func isOne(_ line: TraceLine, _ first: TraceLine) -> Bool {
        guard line.speaker == first.speaker, line.leg == first.leg else { return false }
        guard case .event(let anchor) = line.content, case .event(let other) = first.content else {
            return line.speaker != .note
        }
        return anchor.path.hasPrefix("tls/") && other.path.hasPrefix("tls/")
    }

    /// Everything that happened, in order.
    static func all(of trace: Trace) -> [SVGArrow] {
        var arrows: [SVGArrow] = []
        var secured: Set<Leg> = []
        for stop in trace.stops {
            var start = stop.lines.lowerBound
            for next in stop.lines.dropFirst() + [stop.lines.upperBound] {
                let isEnd = next == stop.lines.upperBound
                let (line, first) = (trace.lines[isEnd ? start : next], trace.lines[start])
                guard isEnd || !isOne(line, first) else { continue }
                if case .event(let anchor) = first.content {
                    if anchor.path == "tls/handshake" { secured.insert(first.leg) }
                    if ["link/connect", "link/connected"].contains(anchor.path) { secured.remove(first.leg) }
                }
                arrows.append(
                    SVGArrow(
                        kind: first.speaker == .note
                            ? .event : first.leg == .lookup ? .lookup : first.speaker == .client ? .client : .server,
                        leg: first.leg,
                        speaker: first.speaker,
                        lines: trace.lines[start..<next],
                        opens: start == stop.lines.lowerBound ? stop : nil,
                        isFailed: trace.failed.contains(stop.place),
                        isInTLS: secured.contains(first.leg)
                    )
                )
                if case .event(let anchor) = first.content, anchor.path.hasPrefix("link/close") {
                    secured.remove(first.leg)
                }
                start = next
            }
        }
        return arrows
    }
}

/// The lanes of a sequence diagram and where they stand: the client, the sender's server, the recipient's, and DNS.
struct SVGLanes {
    let names: [(name: String, detail: String, x: Int)]
    private let hasSubmission: Bool

    init(_ trace: Trace) {
        let legs = Set(trace.lines.filter { $0.speaker != .note }.map(\.leg))
        hasSubmission = legs.contains(.submission)
        let hasLookup = legs.contains(.lookup)
        let server = trace.facts.serverDomain.map { WireText.shown($0.prefix(200)) } ?? ""
        let client = trace.facts.clientDomain.map { WireText.shown($0.prefix(200)) } ?? ""
        // A submission alone has the whole width for itself.
        guard !hasSubmission || hasLookup || legs.contains(.relay) else {
            names = [("mail client", client, 112), ("sender's server", server, 868)]
            return
        }
        var names =
            hasSubmission ? [("mail client", "", 112), ("sender's server", client, 372)] : [("sender", client, 112)]
        names.append(("recipient's server", server, hasLookup ? 760 : 868))
        if hasLookup { names.append(("DNS", "", 880)) }
        self.names = names
    }

    /// Where an arrow of a leg begins and ends when the client speaks.
    func ends(of leg: Leg) -> (left: Int, right: Int) {
        let own = hasSubmission ? 1 : 0
        switch leg {
        case .submission: return (names[0].x, names[min(1, names.count - 1)].x)
        case .lookup: return (names[own].x, names[names.count - 1].x)
        case .relay: return (names[own].x, names[min(own + 1, names.count - 1)].x)
        }
    }
}

/// Text in lines that fit, by counting columns of a fixed pitch.
enum SVGText {
    static func wrapped(_ text: String, columns: Int, most: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var width = 0
        for character in text {
            let wide = self.columns(of: character)
            if width + wide > columns {
                // At a space when there is one near the end; wire text has no other place to break.
                var carried = ""
                if let space = line.lastIndex(of: " "), line.distance(from: space, to: line.endIndex) <= columns / 3 {
                    carried = String(line[line.index(after: space)...])
                    line = String(line[...space])
                }
                lines.append(line)
                guard lines.count < most else {
                    lines[most - 1] = String(lines[most - 1].dropLast()) + "…"
                    return lines
                }
                (line, width) = (carried, carried.reduce(0) { $0 + self.columns(of: $1) })
            }
            line.append(character)
            width += wide
        }
        return lines + [line]
    }

    /// Prose in lines that are broken at spaces.
    static func lines(_ text: String, columns: Int, most: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(line)
        let fitting = lines.flatMap { wrapped($0, columns: columns, most: most) }
        guard fitting.count > most else { return fitting }
        return fitting.prefix(most - 1) + [fitting[most - 1] + " …"]
    }

    private static func columns(of character: Character) -> Int {
        switch character.unicodeScalars.first?.value ?? 0 {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
