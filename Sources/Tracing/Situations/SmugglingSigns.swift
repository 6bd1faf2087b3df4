import SMTP

/// Looks for commands in the mail data, behind a dot that only a careless server takes for its end (RFC 5321 §4.1.1.4).
///
/// A client whose lines are wrong says its next command when the server has answered; who hides a mail in a mail does not wait.
struct SmugglingSigns: Sendable {
    /// How many lines behind the dot are looked at for the first command: some servers want an empty line before it.
    private static let maxLines = 3

    private var linesLeft = 0
    private var isTried = false
    private var commands = 0
    private var isTaken = false
    /// The mail data under way has not come to its end.
    private var isOpen = false
    private var lines = SituationLines()
    private var dotLine: Int?

    /// How the last line ended.
    private var previous = WireLine.Ending.crlf

    /// Whether the lines that come now have to be seen one by one.
    var isLooking: Bool { linesLeft > 0 }

    /// A line of mail data. A careless server may end lines at each CR that is in it (RFC 5321 §2.3.8).
    mutating func content(_ line: WireLine, number: Int?) {
        isOpen = true
        defer { previous = line.ending }
        guard line.octets.contains(13) else {
            return piece(line.octets, isDot: DotStuffing.resemblesEnd(line, after: previous), number)
        }
        for part in line.octets.split(separator: 13) {
            piece(Array(part), isDot: part.filter { $0 != 0 } == [UInt8(ascii: ".")], number)
        }
    }

    private mutating func piece(_ octets: [UInt8], isDot: Bool, _ line: Int?) {
        if isDot {
            (linesLeft, dotLine) = (Self.maxLines, line)
        } else if linesLeft > 0 {
            if Self.isCommand(octets) {
                if !isTried || commands == 0 { lines.add(dotLine) }
                isTried = true
                commands += 1
                linesLeft = Self.maxLines
                lines.add(line)
            } else {
                linesLeft -= 1
            }
        }
    }

    mutating func ended() { (isOpen, linesLeft, previous) = (false, 0, .crlf) }

    /// The server said something: what comes behind that is no longer hidden. What it says yes to although nobody asked it, it found in
    /// the mail.
    mutating func replied(_ turn: CommandSequence.Turn?, _ code: UInt16) {
        linesLeft = 0
        guard isTried, code / 100 == 2 || code == 354 else { return }
        if turn == .mailData ? isOpen : turn == nil { isTaken = true }
        if turn == .mailData { isOpen = false }
    }

    /// The commands that a mail begins with, each with what must follow it.
    private static func isCommand(_ octets: [UInt8]) -> Bool {
        switch Command(reading: octets).verb {
        case .mail, .rcpt: Command(reading: octets).path != nil
        case .ehlo, .helo, .lhlo, .bdat: octets.count > 5
        case .data, .rset: octets.count == 4
        default: false
        }
    }

    var situation: Situation? {
        isTried ? Situation(.smuggling(commands: commands, isTaken: isTaken), lines: lines.all) : nil
    }
}
