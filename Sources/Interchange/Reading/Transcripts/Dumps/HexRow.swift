import SMTP

/// A line of a dump in hexadecimal: an offset perhaps, up to sixteen octets in groups, and the same as text, which is ignored.
///
/// tcpdump -x, xxd, hexdump -C, Wireshark, curl and ngrep group and pad them differently.
struct HexRow {
    /// Nil for a row that shows none.
    private(set) var offset: Int?
    private(set) var octets: [UInt8] = []
    /// Blanks before the offset: Wireshark indents what one of the sides said.
    private(set) var indent: Int
    private(set) var isTabbed: Bool

    init?(_ line: ArraySlice<UInt8>) {
        let line = line.prefix(120)
        let text = line.drop(while: \.isBlank)
        indent = text.startIndex - line.startIndex
        isTabbed = line.first == 9
        var rest = text
        var hasWords = false
        if let (offset, behind) = Self.offset(text) {
            hasWords = rest.prefix { $0.hexValue != nil }.count == 7
            (self.offset, rest) = (offset, behind)
        }
        readOctets(rest)
        // hexdump alone and od -x print numbers of 16 bits, the low octet of each behind the high one.
        if hasWords, octets.count % 2 == 0, rest.dropFirst().prefix(while: { $0.hexValue != nil }).count == 4 {
            for at in stride(from: 0, to: octets.count, by: 2) { octets.swapAt(at, at + 1) }
        }
        guard !octets.isEmpty else { return nil }
    }

    /// `0x0010:  `, `00000010  `, `0010: `; od has six digits or seven, and one blank behind them.
    private static func offset(_ text: ArraySlice<UInt8>) -> (Int, ArraySlice<UInt8>)? {
        let digits = (text.after("0x") ?? text).prefix { $0.hexValue != nil }
        let behind = text[digits.endIndex...]
        if [6, 7].contains(digits.count), behind.first == 32 { return (Int(digits.text, radix: 16) ?? 0, behind) }
        guard digits.count == 4 || digits.count == 8 else { return nil }
        guard behind.first == UInt8(ascii: ":") || behind.starts(with: [32, 32]) || behind.first == 9 else {
            return nil
        }
        let value = digits.reduce(0) { $0 << 4 | Int($1.hexValue ?? 0) }
        return (value, behind.first == UInt8(ascii: ":") ? behind.dropFirst() : behind)
    }

    private mutating func readOctets(_ text: ArraySlice<UInt8>) {
        var rest = text
        while octets.count < 16 {
            let gap = rest.prefix { $0 == 32 || $0 == 9 }.count
            // Wide gaps part the text from the octets, but for one in their middle.
            guard octets.isEmpty || gap <= 2 || gap <= 4 && octets.count == 8 else { return }
            let group = rest.dropFirst(gap).prefix { $0.hexValue != nil }
            guard group.count == 2 || group.count == 4, gap > 0 || octets.isEmpty else { return }
            let behind = rest[group.endIndex...]
            guard behind.first.map(\.isBlank) ?? true else { return }
            for pair in stride(from: group.startIndex, to: group.endIndex, by: 2) {
                octets.append((group[pair].hexValue ?? 0) << 4 | (group[pair + 1].hexValue ?? 0))
            }
            rest = behind
        }
    }
}

/// A stream in hexadecimal: both sides apart, one of them indented, as Wireshark follows a stream; packets; or a text alone.
enum HexDump {
    /// The lines of the dump; nil when its octets are none that can be read.
    static func read(_ octets: [UInt8]) -> [UInt8]? {
        var lines = TextLines(octets)
        var text: [UInt8] = []
        var flows = TCPFlows()
        var block: [UInt8] = []
        var isIndented = false
        var sides: Set<Bool> = []
        var pieces: [(isIndented: Bool, octets: [UInt8])] = []
        func end() {
            guard !block.isEmpty else { return }
            if let piece = flows.piece(ofPacket: block, time: []) {
                text += Dump.line(piece)
            } else if !IPPacket.isPacket(block) {
                pieces.append((isIndented, block))
                sides.insert(isIndented)
            }
            block = []
        }
        while let line = lines.next() {
            guard let row = HexRow(line), let offset = row.offset else {
                end()
                continue
            }
            if (row.indent > 0) != isIndented || offset == 0 { end() }
            isIndented = row.indent > 0
            block += row.octets
        }
        end()
        guard text.isEmpty else { return text }
        // One side alone, or both in one stream: its text is what it says.
        guard sides.count == 2 else {
            var whole = pieces.flatMap(\.octets)
            // The half of the last number of 16 bits, where the octets are odd.
            if whole.last == 0 { whole.removeLast() }
            return whole.isEmpty || !TranscriptText.isText(whole) ? nil : whole
        }
        for piece in pieces {
            text += Dump.line(.init(side: piece.isIndented ? .server : .client, octets: piece.octets, isExact: true))
        }
        return text
    }
}
