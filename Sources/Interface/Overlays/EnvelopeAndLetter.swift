import SMTP
import Screen
import Tracing

/// Envelope and letter side by side: what the servers go by, and what the reader sees. They are two things (RFC 5321 §2.3.1), and
/// where they differ is marked: answers go to From and bounces to the reverse-path; a name in To or Cc delivers nothing; who
/// stands in the envelope alone has a blind copy.
///
/// ```
/// Envelope: what the servers go by      Letter: what the reader sees
/// from  ada@sender.example            ≠ From: Ada Lovelace <lovelace@sender.example>
///                                       answers go to From, bounces to the reverse-path
/// to    bob@receiver.example          = To: bob@receiver.example
/// ```
struct EnvelopeAndLetter: Equatable {
    /// One row: what the envelope says, what the letter says of the same, and what to know where they differ.
    struct Pair: Equatable {
        /// `from`, `to`, or nothing where the envelope has none.
        var label = ""
        let envelope: String
        /// The field; empty where none says it.
        var field = ""
        var letter = ""
        let isSame: Bool
        /// What to know of a difference.
        var remark = ""
    }

    let pairs: [Pair]
    /// What names the mail does not show in full: thousands of recipients are not read to their end.
    static let maxPairs = 40
    /// From so many columns on they stand side by side, below that one above the other.
    static let sideBySide = 64

    /// `handedIn` is whom the mail was for at step 1, where it has been seen there as well.
    init(_ mail: TracedMail, handedIn: [Path]) {
        let fields = HeaderField.fields(of: mail.content)
        let own = mail.forwardPaths.prefix(Self.maxPairs)
        let named = Self.named(fields)
        var pairs = [Self.from(mail.reversePath, fields)]
        pairs += own.map { path in Self.to(path, spoken(path), named) }
        let isIn = { (mailbox: Mailbox, paths: [Path]) in
            paths.contains { $0.mailbox?.isSame(as: mailbox) == true }
        }
        for (name, mailbox) in named.prefix(Self.maxPairs) where !isIn(mailbox, mail.forwardPaths) {
            let (words, remark) = isIn(mailbox, handedIn) ? Self.before : Self.absent
            let letter = WireText.shown(mailbox.octets)
            pairs.append(Pair(envelope: words, field: name, letter: letter, isSame: false, remark: remark))
        }
        for path in handedIn.prefix(Self.maxPairs) {
            guard let mailbox = path.mailbox, !isIn(mailbox, mail.forwardPaths) else { continue }
            guard !named.contains(where: { $0.mailbox.isSame(as: mailbox) }) else { continue }
            pairs.append(Self.to(path, "\(spoken(path)) (step 1)", []))
        }
        let more = mail.forwardPaths.count - own.count
        if more > 0 { pairs.append(Pair(label: "to", envelope: "\(more.grouped) more", isSame: true)) }
        self.pairs = pairs
    }

    private static let absent = ("not in this envelope", "a name in the letter delivers nothing")
    private static let before = ("in the envelope of step 1", "the sender's own server sees to it")

    /// Everybody in To and Cc; a Bcc field is rare and tells too much, but one that is there names people.
    private static func named(_ fields: [HeaderField]) -> [(name: String, mailbox: Mailbox)] {
        ["To", "Cc", "Bcc"].flatMap { name in
            fields.filter { $0.isNamed(name) }.flatMap { field in field.mailboxes.map { (name, $0) } }
        }
    }

    private static func from(_ path: Path?, _ fields: [HeaderField]) -> Pair {
        let envelope = path.map(spoken) ?? "not known"
        guard let field = fields.first(where: { $0.isNamed("From") }) else {
            return Pair(label: "from", envelope: envelope, letter: "in no field", isSame: false)
        }
        let isSame = field.mailboxes.contains { own in path?.mailbox?.isSame(as: own) ?? false }
        return Pair(
            label: "from",
            envelope: envelope,
            field: "From",
            letter: WireText.shown(field.body.prefix(200)),
            isSame: isSame,
            remark: isSame ? "" : "answers go to From, bounces to the reverse-path"
        )
    }

    private static func to(_ path: Path, _ words: String, _ named: [(name: String, mailbox: Mailbox)]) -> Pair {
        let found = path.mailbox.flatMap { own in named.first { $0.mailbox.isSame(as: own) } }
        guard let found else {
            return Pair(label: "to", envelope: words, letter: "in no field: a blind copy (Bcc)", isSame: false)
        }
        let letter = WireText.shown(found.mailbox.octets)
        return Pair(label: "to", envelope: words, field: found.name, letter: letter, isSame: true)
    }

    // MARK: Drawn

    func lines(columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        columns >= Self.sideBySide ? beside(columns, glyphs) : below(columns, glyphs)
    }

    private func sign(_ pair: Pair, _ glyphs: Glyphs) -> StyledLine {
        pair.isSame
            ? StyledLine("=", .dim) : StyledLine(String(glyphs.differs), .finding, emphasis: .bold)
    }

    private static let headings = ("Envelope: what the servers go by", "Letter: what the reader sees")

    private func beside(_ columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        let widest = pairs.map { envelope($0).columns }.max() ?? 0
        let left = min(max(widest, Self.headings.0.count), columns / 2 - 2)
        let right = columns - left - 4
        let blank = { (count: Int) in StyledLine(String(repeating: " ", count: max(0, count))) }
        func row(_ one: StyledLine, _ sign: StyledLine, _ other: StyledLine) -> StyledLine {
            one + blank(left - one.columns + 1) + sign + blank(2 - sign.columns) + other
        }
        let bold = { (text: String) in StyledLine(text, .heading, emphasis: .bold) }
        var lines = [row(bold(Self.headings.0), blank(1), bold(Self.headings.1))]
        for pair in pairs {
            let ones = Wrap.lines(envelope(pair), columns: left, hanging: 6)
            let others = Wrap.lines(letter(pair), columns: right, hanging: 4) + remark(pair, right)
            for index in 0..<max(ones.count, others.count) {
                let one = index < ones.count ? ones[index] : StyledLine("")
                let other = index < others.count ? others[index] : StyledLine("")
                lines.append(row(one, index == 0 ? sign(pair, glyphs) : blank(1), other))
            }
        }
        return lines
    }

    private func below(_ columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        var lines = [StyledLine("Envelope", .heading, emphasis: .bold) + StyledLine(" and letter", .heading)]
        for pair in pairs {
            lines += Wrap.lines(envelope(pair), columns: columns, hanging: 6)
            let other = StyledLine("    ") + sign(pair, glyphs) + StyledLine(" ") + letter(pair)
            lines += Wrap.lines(other, columns: columns, hanging: 8)
        }
        return lines
    }

    private func envelope(_ pair: Pair) -> StyledLine {
        let label = pair.label + String(repeating: " ", count: 6 - pair.label.count)
        return StyledLine(label, .client, emphasis: .bold)
            + StyledLine(pair.envelope, pair.label.isEmpty ? .dim : .client)
    }

    private func letter(_ pair: Pair) -> StyledLine {
        guard !pair.field.isEmpty else { return StyledLine(pair.letter, pair.isSame ? .plain : .finding) }
        return StyledLine("\(pair.field): ", .server, emphasis: .bold) + StyledLine(pair.letter)
    }

    private func remark(_ pair: Pair, _ columns: Int) -> [StyledLine] {
        pair.remark.isEmpty ? [] : Wrap.lines(StyledLine(pair.remark, .dim), columns: columns)
    }
}
