/// A part of a lesson that is read in one look.
public struct Card: Sendable {
    /// What the part is called, as `What goes wrong`; empty for the opening.
    public let heading: String
    public let blocks: [Block]

    /// The most lines of a card, and how wide they are: what has room under the wire of an 80×24 terminal.
    public static let maxLines = 10
    public static let columns = 55

    /// A lesson in cards, THE rule: a part between two headings is one; one that is too long breaks between its paragraphs, and
    /// between the items of a list. A paragraph stays whole, however long it is.
    public static func cards(of blocks: [Block]) -> [Card] {
        parts(of: blocks).flatMap { heading, blocks -> [Card] in
            var cards: [[Block]] = []
            for block in blocks.flatMap(pieces) {
                let joined = joined(cards.last ?? [], block)
                if let last = cards.indices.last, lines(joined) <= maxLines {
                    cards[last] = joined
                } else {
                    cards.append([block])
                }
            }
            return cards.map { Card(heading: heading, blocks: $0) }
        }
    }

    /// The parts that are longer than a card: what each is called, and how many lines it has.
    public static func longParts(of blocks: [Block]) -> [(heading: String, lines: Int)] {
        parts(of: blocks).map { ($0, lines($1)) }.filter { $0.1 > maxLines }
    }

    /// What stands between the headings, without what is empty.
    private static func parts(of blocks: [Block]) -> [(heading: String, blocks: [Block])] {
        var parts: [(heading: String, blocks: [Block])] = [("", [])]
        for block in blocks {
            if case .heading(let level, let words) = block, level <= 2 {
                parts.append((words.plainText, []))
            } else {
                parts[parts.count - 1].blocks.append(block)
            }
        }
        return parts.filter { !$0.blocks.isEmpty }
    }

    private static func lines(_ blocks: [Block]) -> Int { PlainText.lines(blocks, columns: columns).count }

    /// The items of a list that is longer than a card, each as a list of its own.
    private static func pieces(_ block: Block) -> [Block] {
        guard case .list(let ordered, let start, let tight, let items) = block, lines([block]) > maxLines else {
            return [block]
        }
        return items.enumerated().map { .list(ordered: ordered, start: start + $0, tight: tight, items: [$1]) }
    }

    /// A block behind the others; an item that was parted from its list goes back to it.
    private static func joined(_ blocks: [Block], _ next: Block) -> [Block] {
        guard case .list(let ordered, let start, let tight, let items)? = blocks.last,
            case .list(ordered, let number, tight, let more) = next, !ordered || number == start + items.count
        else { return blocks + [next] }
        return blocks.dropLast() + [.list(ordered: ordered, start: start, tight: tight, items: items + more)]
    }
}
