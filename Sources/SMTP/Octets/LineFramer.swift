/// Cuts a stream of octets into lines, however the octets are delivered. Loses nothing.
///
/// It knows line feeds and carriage returns and nothing of SMTP: what a bare LF means is decided by who reads the lines
/// (RFC 5321 §2.3.8 forbids it; `ServerDialogue` does not end a line there).
public struct LineFramer: Sendable {
    /// A line longer than this is given out in pieces that end in nothing, so that memory stays bounded.
    public static let maxLine = 65_536

    private var buffer: [UInt8] = []
    /// Where in `buffer` the octets begin that were not given out; moved instead of moving all that follows.
    private var head = 0
    /// Up to where in `buffer` no line feed was found.
    private var searched = 0
    /// Whether the buffer is an array of somebody else's, whose room is of no use here.
    private var isShared = false

    public init() {}

    /// Octets that were not given out yet.
    public var unread: ArraySlice<UInt8> { buffer[head...] }
    /// How many they are.
    public var unreadCount: Int { buffer.count - head }
    /// Octets that came after the last complete line.
    public var unfinished: [UInt8] { Array(unread) }

    public mutating func append(_ octets: some Sequence<UInt8>) {
        if buffer.isEmpty, let whole = octets as? [UInt8] {
            // What comes when all before it was given out is not copied.
            (buffer, isShared) = (whole, true)
        } else {
            buffer.append(contentsOf: octets)
            isShared = false
        }
    }

    /// The next complete line, or nil when its end has not come yet.
    public mutating func nextLine() -> WireLine? { nextLine(within: .max) }

    /// The next line that ends within the next `limit` octets; when it does not, those octets as a line that ends in
    /// nothing, once all of them have come: so a BDAT chunk ends where its size says (RFC 3030 §2).
    public mutating func nextLine(within limit: UInt64) -> WireLine? {
        let available = buffer.count - head
        let window = Int(min(limit, UInt64(available)))
        // Two octets beyond the longest line may be its CRLF, so only then is it known to be longer.
        let bound = head + min(window, Self.maxLine + 2)
        if searched < bound, let feed = buffer[searched..<bound].firstIndex(of: 10) {
            let isCRLF = feed > head && buffer[feed - 1] == 13
            return take(feed - head - (isCRLF ? 1 : 0), ending: isCRLF ? .crlf : .lf)
        }
        searched = max(searched, bound)
        if window >= Self.maxLine + 2 { return take(Self.maxLine, ending: .none) }
        return window > 0 && UInt64(window) == limit ? take(window, ending: .none) : nil
    }

    /// Passes over the lines at the front that are of 1000 octets at most (RFC 5321 §4.5.3.1.6), end in CRLF, begin with no
    /// dot and hold only printable ASCII and tabs; gives how many they were. `look` sees them on the way.
    public mutating func passPlainLines(
        _ look: ((UnsafeBufferPointer<UInt8>) -> Void)? = nil
    ) -> (lines: Int, octets: Int) {
        let passed = buffer.withUnsafeBufferPointer { octets in
            let rest = UnsafeBufferPointer(rebasing: octets[head...])
            let passed = Self.plainLines(rest)
            look?(UnsafeBufferPointer(rebasing: rest[..<passed.octets]))
            return passed
        }
        head += passed.octets
        searched = max(searched, head)
        giveBack()
        return passed
    }

    /// How many such lines octets begin with, and how many octets they are.
    static func plainLines(_ octets: UnsafeBufferPointer<UInt8>) -> (lines: Int, octets: Int) {
        var (line, lines) = (0, 0)
        while line < octets.count, octets[line] != UInt8(ascii: ".") {
            var at = line
            while at < octets.count, (32...126).contains(octets[at]) || octets[at] == 9 { at += 1 }
            guard at + 1 < octets.count, octets[at] == 13, octets[at + 1] == 10, at + 2 - line <= 1000 else { break }
            line = at + 2
            lines += 1
        }
        return (lines, line)
    }

    /// Every complete line there is.
    public mutating func lines() -> [WireLine] {
        var all: [WireLine] = []
        while let line = nextLine() { all.append(line) }
        return all
    }

    /// What is left when the stream ends: a line that ends in nothing, if there were octets.
    public mutating func finish() -> WireLine? {
        unread.isEmpty ? nil : take(unread.count, ending: .none)
    }

    /// Exactly `count` octets regardless of line ends, as BDAT asks for (RFC 3030 §2); fewer when no more have come.
    public mutating func take(octets count: Int) -> [UInt8] { take(min(count, unread.count), ending: .none).octets }

    /// Throws away what has come and not been read, and says how much that was (RFC 3207 §4.2).
    public mutating func discard() -> Int {
        defer { self = LineFramer() }
        return unread.count
    }

    private mutating func take(_ count: Int, ending: WireLine.Ending) -> WireLine {
        let line = WireLine(Array(buffer[head..<head + count]), ending: ending)
        head += line.count
        searched = head
        giveBack()
        return line
    }

    private mutating func giveBack() {
        // Given back at times that are rare enough for each octet to be moved about once.
        if head == buffer.count {
            if isShared { buffer = [] } else { buffer.removeAll(keepingCapacity: head <= Self.maxLine) }
            (searched, head, isShared) = (0, 0, false)
        } else if head > Self.maxLine && head * 2 > buffer.count {
            buffer.removeSubrange(..<head)
            (searched, head, isShared) = (searched - head, 0, false)
        }
    }
}

extension LineFramer: Equatable {
    /// Equal are framers that will give out the same.
    public static func == (left: LineFramer, right: LineFramer) -> Bool { left.unread == right.unread }
}
