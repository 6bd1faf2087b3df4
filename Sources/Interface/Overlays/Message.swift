import SMTP
import Screen
import Tracing

/// The mail as it lies in the mailbox, or as it was sent when nothing says that it was delivered.
enum MessageOverlay {
    static func title(_ state: State) -> String {
        if let outcomes = ConversationMails.title(state) { return outcomes }
        // A narrow frame has room for either this or how much is below.
        if state.view.columns < 60 { return state.session.trace.delivered.isEmpty ? "Message" : "Delivered" }
        if !state.session.trace.delivered.isEmpty {
            let whose = state.session.trace.facts.forwardPaths.first.map { spoken($0) } ?? "the recipient"
            return "Delivered: what \(whose) receives"
        }
        return "The message as a reader sees it"
    }

    /// More of a mail is not worth scrolling through; how much it is is said.
    private static let maxOctets = 256 << 10

    /// An item is a line of the mail, or a piece of one that is longer than two rows.
    static func page(_ state: State, in world: Environment) -> Page {
        if state.session.conversations != nil { return ConversationMails.page(state, in: world) }
        let mail = state.session.trace.mails.last { $0.leg == .relay } ?? state.session.trace.mails.last
        guard let content = state.session.trace.delivered.last ?? mail?.content else {
            return Page(count: 0) { _ in [] }
        }
        return page(of: content, mail, state, in: world)
    }

    /// One mail with its envelope above.
    static func page(of content: [UInt8], _ mail: TracedMail?, _ state: State, in world: Environment) -> Page {
        let columns = max(10, state.view.columns - 4)
        let envelope = envelope(state, mail, columns, world.glyphs)
        let lines = DotStuffing.lines(of: Array(content.prefix(maxOctets)))
        let header = lines.firstIndex(of: []) ?? lines.count
        let pieces = lines.indices.flatMap { index in
            split(lines[index], at: 2 * columns).map { (octets: $0, isHeader: index < header) }
        }
        let leftOut = max(0, content.count - maxOctets) + (mail?.octetsLeftOut ?? 0)
        let count = envelope.count + pieces.count + (leftOut > 0 ? 1 : 0)
        return Page(count: count) { item in
            guard item >= envelope.count else { return [envelope[item]] }
            guard item - envelope.count < pieces.count else {
                return [StyledLine("\(world.glyphs.ellipsis) \(leftOut.grouped) octets more", .dim)]
            }
            let piece = pieces[item - envelope.count]
            let line = styled(piece.octets, isHeader: piece.isHeader, world.glyphs)
            return Wrap.lines(line, columns: columns, hanging: piece.isHeader ? 4 : 0)
        }
    }

    /// The line in pieces, none of which breaks a character of several octets.
    private static func split(_ line: [UInt8], at most: Int) -> [[UInt8]] {
        guard line.count > most else { return [line] }
        var pieces: [[UInt8]] = []
        var rest = line[...]
        while rest.count > most {
            var end = rest.startIndex + most
            while end > rest.startIndex + most - 3, rest[end] & 0xC0 == 0x80 { end -= 1 }
            pieces.append(Array(rest[..<end]))
            rest = rest[end...]
        }
        return pieces + [Array(rest)]
    }

    /// Envelope and letter stand above, side by side; below them the letter as a whole.
    private static func envelope(_ state: State, _ mail: TracedMail?, _ columns: Int, _ glyphs: Glyphs) -> [StyledLine]
    {
        guard let mail else { return [] }
        let submitted = mail.leg == .relay ? state.session.trace.mails.first { $0.leg == .submission } : nil
        let pairs = EnvelopeAndLetter(mail, handedIn: submitted?.forwardPaths ?? [])
        return pairs.lines(columns: columns, glyphs) + [
            StyledLine(""), StyledLine("The letter as a whole", .heading, emphasis: .bold),
        ]
    }

    private static func styled(_ line: [UInt8], isHeader: Bool, _ glyphs: Glyphs) -> StyledLine {
        let units = WireUnits.units(of: line, ending: .none, showsEnding: false, glyphs: glyphs)
        let colon = isHeader ? line.firstIndex(of: UInt8(ascii: ":")) : nil
        var styled = StyledLine()
        for unit in units {
            let isName = colon.map { unit.range.lowerBound <= $0 } ?? false
            // A reader's program shows a tab as white space.
            let isTab = unit.range.count == 1 && line[unit.range.lowerBound] == 9
            styled.append(
                isTab ? "    " : unit.text,
                isTab ? .plain : unit.isPlaceholder ? .control : isName ? .server : .plain,
                emphasis: isName ? .bold : []
            )
        }
        return styled
    }
}
