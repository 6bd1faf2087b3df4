import Glibc
import Interchange
import Networking
import SMTP
import Stage
import Synchronization
import Tracing

/// The same walk to two personas, side by side.
struct PersonaComparison {
    /// What one of the two did.
    struct Walk {
        let persona: Persona
        /// Each thing the client said with what was answered to it; the first is the greeting.
        var turns: [Turn]
        /// What became of the mail, a sentence each.
        var ends: [String]
    }

    /// Something a client said, and the answer.
    struct Turn: Equatable {
        /// Which turn of a session it is, as `MAIL`; equal ones are put side by side.
        var key: String
        /// The lines as they are shown.
        var lines: [String]
        /// The lines with what is bound to differ taken out: the names of the servers, ids.
        var compared: [String]
    }

    /// Both walks.
    let left: Walk
    let right: Walk

    // MARK: Walking

    /// Sends the mail to a server that plays the persona.
    static func walk(_ persona: Persona, _ mail: SandboxConfiguration) throws -> Walk {
        let events = Mutex<[WireEvent]>([])
        let mails = Mutex<[SandboxServer.Mail]>([])
        let server = SandboxServer(persona, onEvent: { _ in }, onMail: { mail in mails.withLock { $0.append(mail) } })
        let recipients = mail.recipients.map { String($0.octets.lossyText.dropFirst().dropLast()) }
        do {
            try blocking {
                let address = try await server.start(port: 0).first ?? ""
                var style = LiveSession.Style()
                if persona.policy.family == .lmtp { style.hello = .lhlo }
                let options = try LiveSession.Options(
                    recipients: recipients,
                    sender: mail.sender.octets.lossyText.trimmingAngles,
                    clientName: "client.sender.example",
                    server: address,
                    content: mail.content,
                    send: true,
                    style: style
                )
                _ = await LiveSession(options).run { event in events.withLock { $0.append(event) } }
                await server.stop()
            }
        } catch {
            throw CommandError(.unavailable, "the persona '\(persona.name)' cannot be walked: \(error)")
        }
        let trace = Tracer.trace(of: events.withLock { $0 })
        return Walk(persona: persona, turns: turns(trace, persona), ends: ends(mails.withLock { $0 }))
    }

    private static func ends(_ mails: [SandboxServer.Mail]) -> [String] {
        guard !mails.isEmpty else { return ["no mail came in"] }
        return mails.map { mail in
            switch mail.fate {
            case .accepted:
                "the mail was accepted for \(mail.envelope.forwardPaths.count == 1 ? "one recipient" : "\(mail.envelope.forwardPaths.count) recipients")"
            case .notAccepted(let why): "the mail was not accepted: \(why)"
            }
        }
    }

    private static func turns(_ trace: Trace, _ persona: Persona) -> [Turn] {
        var turns = [Turn(key: "greeting", lines: [], compared: [])]
        for line in trace.lines where line.isWire && line.leg == .relay {
            let isClient = line.speaker == .client
            switch line.content {
            case .command:
                let isHello = ["EHLO", "HELO", "LHLO"].contains(line.verbName)
                turns.append(Turn(key: isHello ? "hello" : line.verbName ?? "", lines: [], compared: []))
            case .mailData where turns.last?.key != "content":
                turns.append(Turn(key: "content", lines: [], compared: []))
            case .saslResponse, .opaque, .record, .chunk, .tls: continue
            case .reply, .mailData, .event: break
            }
            let shown = (isClient ? "C: " : "S: ") + WireText.shown(line.octets)
            let last = turns.count - 1
            turns[last].lines.append(shown)
            turns[last].compared.append(Self.compared(shown, persona))
        }
        for index in turns.indices where turns[index].key == "hello" { turns[index].sortOffer() }
        return turns
    }

    /// Without what differs between any two servers and says nothing: the name, the queue id.
    private static func compared(_ line: String, _ persona: Persona) -> String {
        // Whether it is the last of its reply is not what differs.
        let line = line.hasPrefix("S: 250-") ? "S: 250 " + line.dropFirst(7) : line
        let words = line.replacing(persona.policy.domain, with: "HOST").split(separator: " ").map { word in
            let isID =
                word.utf8.count >= 7 && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && word.contains(where: \.isNumber) && word.contains(where: \.isLetter)
            return isID ? "ID" : String(word)
        }
        return words.joined(separator: " ")
    }

    // MARK: Side by side

    /// A row: how the two compare, and the two cells.
    struct Row: Equatable {
        enum Mark: String { case same = " ", differs = "*", onlyLeft = "<", onlyRight = ">" }
        var mark: Mark
        var left: [String]
        var right: [String]
    }

    /// The turns of both, equal ones in one row, in the order of each.
    var rows: [Row] {
        let table = Self.commonLengths(left.turns.map(\.key), right.turns.map(\.key))
        var (i, j) = (0, 0)
        var rows: [Row] = []
        while i < left.turns.count || j < right.turns.count {
            if i < left.turns.count, j < right.turns.count, left.turns[i].key == right.turns[j].key {
                rows += Self.rows(left.turns[i], right.turns[j])
                (i, j) = (i + 1, j + 1)
            } else if j == right.turns.count || i < left.turns.count && table[i + 1][j] >= table[i][j + 1] {
                rows += left.turns[i].lines.map { Row(mark: .onlyLeft, left: [$0], right: []) }
                i += 1
            } else {
                rows += right.turns[j].lines.map { Row(mark: .onlyRight, left: [], right: [$0]) }
                j += 1
            }
        }
        return rows
    }

    /// Line by line within one turn; lines that both have are put side by side.
    private static func rows(_ left: Turn, _ right: Turn) -> [Row] {
        let table = commonLengths(left.compared, right.compared)
        var (i, j) = (0, 0)
        var rows: [Row] = []
        while i < left.lines.count || j < right.lines.count {
            let hasBoth = i < left.lines.count && j < right.lines.count
            if hasBoth, left.compared[i] == right.compared[j] {
                rows.append(Row(mark: .same, left: [left.lines[i]], right: [right.lines[j]]))
                (i, j) = (i + 1, j + 1)
            } else if hasBoth, table[i + 1][j + 1] == table[i][j] {
                rows.append(Row(mark: .differs, left: [left.lines[i]], right: [right.lines[j]]))
                (i, j) = (i + 1, j + 1)
            } else if j == right.lines.count || i < left.lines.count && table[i + 1][j] >= table[i][j + 1] {
                rows.append(Row(mark: .onlyLeft, left: [left.lines[i]], right: []))
                i += 1
            } else {
                rows.append(Row(mark: .onlyRight, left: [], right: [right.lines[j]]))
                j += 1
            }
        }
        return rows
    }

    /// The longest common subsequence of what follows each pair of places.
    private static func commonLengths(_ left: [String], _ right: [String]) -> [[Int]] {
        var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for i in stride(from: left.count - 1, through: 0, by: -1) {
            for j in stride(from: right.count - 1, through: 0, by: -1) {
                table[i][j] = left[i] == right[j] ? table[i + 1][j + 1] + 1 : max(table[i + 1][j], table[i][j + 1])
            }
        }
        return table
    }

    // MARK: As text

    /// Two columns with a mark in front: nothing where both are the same, `*` where they differ, `<` and `>` where only one has it.
    func text(columns: Int) -> [String] {
        let width = max(16, (columns - 5) / 2)
        var lines = [Self.pair(" ", left.persona.name, right.persona.name, width)]
        lines.append(Self.pair(" ", String(repeating: "-", count: width), String(repeating: "-", count: width), width))
        for row in rows {
            let cells = (row.left.flatMap { Self.cut($0, width) }, row.right.flatMap { Self.cut($0, width) })
            for index in 0..<max(cells.0.count, cells.1.count) {
                let first = index < cells.0.count ? cells.0[index] : ""
                let second = index < cells.1.count ? cells.1[index] : ""
                lines.append(Self.pair(row.mark.rawValue, first, second, width))
            }
        }
        lines.append("")
        lines += [left, right].flatMap { walk in walk.ends.map { "\(walk.persona.name): \($0)" } }
        let count = rows.count { $0.mark != .same }
        lines.append(
            count == 0 ? "No differences but names and ids." : "\(count) lines differ: * in both, < > in one alone."
        )
        return lines
    }

    private static func pair(_ mark: String, _ left: String, _ right: String, _ width: Int) -> String {
        let gap = String(repeating: " ", count: max(0, width - left.unicodeScalars.count))
        let line = "\(mark) \(left)\(gap) | \(right)"
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// In pieces of the width, later ones further in.
    private static func cut(_ text: String, _ width: Int) -> [String] {
        var pieces: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while !rest.isEmpty {
            let indent = pieces.isEmpty ? "" : "   "
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: rest.prefix(width - indent.count))
            pieces.append(indent + String(piece))
            rest = rest.dropFirst(width - indent.count)
        }
        return pieces.isEmpty ? [""] : pieces
    }
}

extension PersonaComparison.Turn {
    /// Puts what was offered in the order of the alphabet, since any order says the same.
    fileprivate mutating func sortOffer() {
        let pairs = zip(lines, compared).dropFirst(2).sorted { $0.1 < $1.1 }
        lines = lines.prefix(2) + pairs.map(\.0)
        compared = compared.prefix(2) + pairs.map(\.1)
    }
}

extension String {
    /// Without the angle brackets of a path; the null reverse-path stays as it is.
    fileprivate var trimmingAngles: String { self == "<>" ? self : String(dropFirst().dropLast()) }
}
