import SMTP

/// What is set aside before the lines of a log: what a logging system puts there, and what its lines have in common.
struct LineFront {
    /// Whether a logging system put times and names before the lines.
    var isLogged = false
    /// What was learned from the lines themselves.
    var learned: LearnedPrefix?

    /// A line with what stood before it taken off.
    struct Line {
        var rest: ArraySlice<UInt8>
        var time: TimeStamp?
        /// What tells sessions apart; nil for a line without a prefix.
        var process: [UInt8]?
        var program: Side?
    }

    func take(_ raw: ArraySlice<UInt8>) -> Line {
        var line = Line(rest: raw)
        if isLogged, let prefix = LogPrefix.read(raw) {
            line = Line(rest: prefix.rest, time: prefix.time, process: Array(prefix.process), program: prefix.program)
        }
        if let (rest, time, session) = learned?.take(from: line.rest) {
            line.rest = rest
            line.time = line.time ?? time
            line.process = (line.process ?? []) + session
        }
        return line
    }

    /// What is known that may stand before the lines of a sample, the plainest first.
    static func plain(_ lines: [ArraySlice<UInt8>]) -> [LineFront] {
        let isLogged = lines.contains { LogPrefix.read($0) != nil }
        return [LineFront()] + (isLogged ? [LineFront(isLogged: true)] : [])
    }

    /// What their lines have in common before the dialogue, behind what a logging system put there if it did, and without that.
    static func learned(_ lines: [ArraySlice<UInt8>], isLogged: Bool) -> [LineFront] {
        var fronts: [LineFront] = []
        if isLogged, let learned = LearnedPrefix(lines.map { LogPrefix.read($0)?.rest ?? $0 }) {
            fronts.append(LineFront(isLogged: true, learned: learned))
        }
        if let learned = LearnedPrefix(lines) { fronts.append(LineFront(learned: learned)) }
        return fronts
    }
}
