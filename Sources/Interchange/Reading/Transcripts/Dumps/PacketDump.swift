import SMTP

/// Packets as tcpdump prints them: a line each, and behind it with -A their text, with -x, -X and -XX their octets.
enum PacketDump {
    /// The line that begins a packet, or with -v the line that goes on with it.
    struct Head {
        var time: ArraySlice<UInt8>
        var from: ArraySlice<UInt8> = []
        var to: ArraySlice<UInt8> = []
        var length: Int?
        var sequence: UInt32?
        var startsStream = false
        /// The first line of what it holds, which tcpdump tells on the ports of mail.
        var text: ArraySlice<UInt8>?
        /// Its text stands in lines of their own, each behind a tab.
        var isIndented = false
        /// `IP (tos 0x0, …)`: the ends stand in the next line.
        var isOpen: Bool { from.isEmpty }
    }

    /// `23:23:09.418069 IP 192.0.2.175.59663 > 198.51.100.118.25: Flags [P.], seq 1:43, …, length 42: SMTP: 220 mx`.
    static func head(_ line: ArraySlice<UInt8>) -> Head? {
        guard let first = line.first, (0x30...0x39).contains(first) || first == 32 || first == UInt8(ascii: "I") else {
            return nil
        }
        if let rest = line.after("IP ") ?? line.after("IP6 ") {
            // Without a time, with -q or -t.
            var head = Head(time: [])
            return ends(rest, &head) && head.length != nil ? head : nil
        }
        let marks = [" IP ", " IP6 "].compactMap { line.prefix(200).firstRange(of: Array($0.utf8)) }
        guard let mark = marks.min(by: { $0.lowerBound < $1.lowerBound }) else { return nil }
        let time = line[..<mark.lowerBound].trimmed
        guard time.contains(UInt8(ascii: ":")) || time.contains(UInt8(ascii: ".")) else { return nil }
        var head = Head(time: time)
        let rest = line[mark.upperBound...]
        if rest.first == UInt8(ascii: "(") { return head }
        return ends(rest, &head) ? head : nil
    }

    /// `a.25 > b.41234: Flags [P.], seq 1:43, length 42`.
    private static func ends(_ text: ArraySlice<UInt8>, _ head: inout Head) -> Bool {
        let text = text.trimmed
        guard let arrow = text.prefix(120).firstRange(of: Array(" > ".utf8)),
            let colon = text[arrow.upperBound...].prefix(120).firstRange(of: Array(": ".utf8))
        else { return false }
        (head.from, head.to) = (text[..<arrow.lowerBound], text[arrow.upperBound..<colon.lowerBound])
        guard !head.from.contains(32), !head.to.contains(32) else { return false }
        let facts = text[colon.upperBound...]
        head.startsStream = facts.starts(with: "Flags [S".utf8)
        if let at = facts.firstRange(of: Array("seq ".utf8)) {
            head.sequence = UInt32(facts[at.upperBound...].prefix { (0x30...0x39).contains($0) }.text)
        }
        if let at = facts.firstRange(of: Array("length ".utf8)) {
            let digits = facts[at.upperBound...].prefix { (0x30...0x39).contains($0) }
            head.length = Int(digits.text)
            let behind = facts[digits.endIndex...]
            if let said = behind.after(": SMTP: ") { head.text = said }
            head.isIndented = behind.starts(with: ": SMTP, length".utf8)
        } else if let digits = facts.after("tcp ") {
            // -q tells no more than how long it is.
            head.length = Int(digits.prefix { (0x30...0x39).contains($0) }.text)
        }
        return true
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        var reader = Reader()
        var lines = TextLines(octets)
        while let line = lines.next() { reader.take(line) }
        reader.end()
        return reader.text
    }

    private struct Reader {
        var text: [UInt8] = []
        private var flows = TCPFlows()
        private var head: Head?
        private var hex: [UInt8] = []
        private var body: [ArraySlice<UInt8>] = []

        mutating func take(_ line: ArraySlice<UInt8>) {
            if let next = PacketDump.head(line) {
                end()
                head = next
                return
            }
            guard var head else { return }
            if head.isOpen, line.first?.isBlank == true {
                if PacketDump.ends(line, &head) { self.head = head }
                return
            }
            if let row = HexRow(line), row.offset != nil, row.isTabbed || row.indent > 0 || !hex.isEmpty {
                hex += row.octets
            } else {
                body.append(line)
            }
        }

        /// The packet under way is whole.
        mutating func end() {
            defer { (head, hex, body) = (nil, [], []) }
            guard let head, !head.isOpen, head.length != 0 || !hex.isEmpty else { return }
            if !hex.isEmpty {
                if let piece = flows.piece(ofPacket: hex, time: head.time) { text += Dump.line(piece) }
                return
            }
            let (connection, side) = Dump.connection(head.from, head.to, portMark: UInt8(ascii: "."))
            guard isNew(head) else { return }
            var piece = Dump.Piece(time: head.time, connection: connection, side: side, octets: [], isExact: false)
            if let payload = payload(head) {
                piece.octets = payload
            } else if let said = head.text {
                piece.octets = Array(said)
                piece.missing = head.length.map { max(0, $0 - said.count - 2) } ?? 0
            }
            if !piece.octets.isEmpty { text += Dump.line(piece) }
        }

        /// Whether the packet was not there before.
        private mutating func isNew(_ head: Head) -> Bool {
            guard let sequence = head.sequence, let length = head.length else { return true }
            let place = [UInt8](repeating: 0, count: min(length, 1 << 16))
            return !flows.take(place[...], at: sequence, of: Array(head.from + [32] + head.to)).isEmpty
        }

        /// What stands behind the headers in the text of a packet: it begins with what the head tells, or is as long as told.
        private func payload(_ head: Head) -> [UInt8]? {
            var lines = head.isIndented ? body.map { $0.first == 9 ? $0.dropFirst() : $0 } : body
            while let last = lines.last, last.isEmpty { lines.removeLast() }
            guard !lines.isEmpty else { return nil }
            let whole = Array(lines.joined(separator: [10])) + [10]
            if let said = head.text, !said.isEmpty, let found = whole.firstRange(of: Array(said)) {
                return Array(whole[found.lowerBound...])
            }
            guard let length = head.length else { return nil }
            // CRs are not printed.
            var (start, count) = (whole.count, 0)
            while start > 0, count < length {
                start -= 1
                count += whole[start] == 10 ? 2 : 1
            }
            return Array(whole[start...])
        }
    }
}
