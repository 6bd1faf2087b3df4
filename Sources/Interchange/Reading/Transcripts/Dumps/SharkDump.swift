import SMTP

/// What tshark prints of mail: a line a packet, a tree a packet with -V, or a stream with `-z follow`.
///
/// It decides which words are octets of the wire. Where tshark shows mail data otherwise than it was sent, nothing of it is
/// made up: it is left out.
enum SharkDump {
    // MARK: A line a packet

    /// `    4   0.030000  203.0.113.9 → 198.51.100.7 SMTP 85 S: 220 mx.receiver.example ESMTP`.
    struct Row {
        var time: ArraySlice<UInt8>
        var from: ArraySlice<UInt8>
        var to: ArraySlice<UInt8>
        var protocolName: ArraySlice<UInt8>
        /// Nil in a row of another protocol.
        var said: ArraySlice<UInt8>?

        init?(_ line: ArraySlice<UInt8>) {
            let words = line.split(maxSplits: 7, whereSeparator: \.isBlank)
            guard words.count == 8, words[0].allSatisfy(\.isDigit), words[1].contains(UInt8(ascii: ".")),
                ["→", "->"].contains(words[3].text), words[6].allSatisfy(\.isDigit)
            else { return nil }
            (time, from, to, protocolName) = (words[1], words[2], words[4], words[5])
            if protocolName.starts(with: "SMTP".utf8) { said = words[7].trimmed }
        }
    }

    static func readRows(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var lines = TextLines(octets)
        while let line = lines.next() {
            guard let row = Row(line), let said = row.said else { continue }
            // The hosts tell connections apart as far as a row does; which is the server the row says itself.
            let ends = [row.from, row.to].map(Array.init).sorted { $0.lexicographicallyPrecedes($1) }
            var piece = Dump.Piece(
                connection: Array(ends.joined(separator: [32])),
                side: .client,
                octets: [],
                isExact: true
            )
            if let reply = said.after("S: ") {
                (piece.side, piece.octets) = (.server, replyLines(reply))
            } else if row.protocolName.starts(with: "SMTP/IMF".utf8) || isFragment(said) {
                (piece.octets, piece.missing, piece.isExact) = ([UInt8(ascii: ".")], 1, false)
                // Fragments come before the packet that ends the mail.
                if isFragment(said) { continue }
            } else if let command = said.after("C: ") {
                piece.octets = Array(withoutLabel(command)) + [13, 10]
            } else {
                continue
            }
            text += Dump.line(piece)
        }
        return text
    }

    private static func isFragment(_ said: ArraySlice<UInt8>) -> Bool {
        said.firstRange(of: Array("DATA fragment".utf8)) != nil
    }

    /// Lines of a reply stand between bars, all but the first without their code.
    private static func replyLines(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let lines = text.replacing(Array(" | ".utf8), with: [10]).split(separator: 10, omittingEmptySubsequences: false)
        guard let first = lines.first, lines.count > 1, first.dropFirst(3).first == UInt8(ascii: "-") else {
            return Array(text) + [13, 10]
        }
        let code = first.prefix(3)
        return lines.enumerated().flatMap { index, line -> [UInt8] in
            let mark: UInt8 = index == lines.count - 1 ? 32 : UInt8(ascii: "-")
            return (index == 0 ? Array(line) : Array(code) + [mark] + line) + [13, 10]
        }
    }

    private static let labels = ["User: ", "Pass: ", "Username: ", "Password: ", "Username/Password: "]

    /// What tshark took a response for is no part of it.
    private static func withoutLabel(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        labels.lazy.compactMap { text.after(mark: $0) }.first ?? text
    }

    // MARK: A tree a packet

    /// `Frame 4: 85 bytes on wire (680 bits), …`.
    static func beginsTree(_ line: ArraySlice<UInt8>) -> Bool {
        guard let rest = line.after("Frame "), let colon = rest.prefix(20).firstIndex(of: UInt8(ascii: ":")) else {
            return false
        }
        return rest[..<colon].allSatisfy(\.isDigit)
            && rest[colon...].firstRange(of: Array(" bytes on wire".utf8)) != nil
    }

    static func readTrees(_ octets: [UInt8]) -> [UInt8] {
        var reader = TreeReader()
        var lines = TextLines(octets)
        while let line = lines.next() { reader.take(line) }
        reader.end()
        return reader.text
    }

    private struct TreeReader {
        var text: [UInt8] = []
        private var time: ArraySlice<UInt8> = []
        private var (from, to): (ArraySlice<UInt8>, ArraySlice<UInt8>) = ([], [])
        private var isInMail = false
        private var length = 0
        private var isNew = true
        private var flows = TCPFlows()
        /// The reply under way, and the texts of its lines: under one heading may stand several.
        private var reply: Dump.Piece?
        private var texts: [ArraySlice<UInt8>] = []

        mutating func take(_ line: ArraySlice<UInt8>) {
            if reply != nil, line.starts(with: "     ".utf8) {
                if let words = line.after("        Response parameter: ") { texts.append(words) }
                return
            }
            end()
            if SharkDump.beginsTree(line) { (time, from, to, isInMail) = ([], [], [], false) }
            if line.first?.isBlank == false { isInMail = line.starts(with: "Simple Mail Transfer Protocol".utf8) }
            if let arrival = line.after("    Arrival Time: ") {
                time = arrival.split(separator: 32).first { $0.count { $0 == UInt8(ascii: ":") } == 2 } ?? []
            } else if line.starts(with: "Internet Protocol".utf8) {
                (from, to) = (value("Src: ", line), value("Dst: ", line))
            } else if line.starts(with: "Transmission Control Protocol".utf8) {
                from += [58] + value("Src Port: ", line)
                to += [58] + value("Dst Port: ", line)
                // No packet is longer, whatever the text says.
                length = UInt16(value("Len: ", line).text).map(Int.init) ?? 0
                isNew = isNewSegment(line)
            } else if isInMail, isNew, let said = line.after("    "), said.first?.isBlank == false {
                say(said)
            }
        }

        private mutating func isNewSegment(_ line: ArraySlice<UInt8>) -> Bool {
            guard let sequence = UInt32(value("Seq: ", line).text), length > 0 else { return true }
            let place = [UInt8](repeating: 0, count: min(length, 1 << 16))
            return !flows.take(place[...], at: sequence, of: Array(from + [32] + to)).isEmpty
        }

        private func value(_ name: String, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            guard let found = line.firstRange(of: Array(name.utf8)) else { return [] }
            return line[found.upperBound...].prefix { $0 != UInt8(ascii: ",") && $0 != 32 }
        }

        private mutating func say(_ said: ArraySlice<UInt8>) {
            let (connection, side) = Dump.connection(from, to, portMark: 58)
            var piece = Dump.Piece(time: time, connection: connection, side: side, octets: [], isExact: true)
            let said = said.after("[truncated]") ?? said
            if let words = said.after("Response: ") {
                piece.octets = lines(words)
                reply = piece
                return
            } else if let words = said.after("Command Line: ") {
                piece.octets = lines(words)
            } else if said.elementsEqual("C: .".utf8) {
                (piece.octets, piece.missing, piece.isExact) = ([UInt8(ascii: ".")], max(1, length - 3), false)
            } else if let response = labels.lazy.compactMap({ said.after(mark: $0) }).first {
                piece.octets = Array(response) + [13, 10]
            } else {
                return
            }
            text += Dump.line(piece)
        }

        /// Lines whose ends are written out.
        private func lines(_ words: ArraySlice<UInt8>) -> [UInt8] {
            words.replacing(Array("\\r\\n".utf8), with: [10]).split(separator: 10).flatMap { $0 + [13, 10] }
        }

        /// The reply is whole. With several texts under its first line, each is a line of it, with its code (RFC 5321 §4.2.1).
        mutating func end() {
            guard var piece = reply else { return }
            defer { (reply, texts) = (nil, []) }
            if texts.count > 1, piece.octets.dropFirst(3).first == UInt8(ascii: "-"),
                piece.octets.count(where: { $0 == 10 }) == 1
            {
                let code = piece.octets.prefix(3)
                piece.octets = texts.enumerated().flatMap { index, text in
                    code + [index < texts.count - 1 ? UInt8(ascii: "-") : 32] + text + [13, 10]
                }
            }
            text += Dump.line(piece)
        }
    }

    // MARK: A stream

    static func beginsStream(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: "Follow: tcp,ascii".utf8) }

    /// A count before each piece, indented before what the second node sent.
    static func readStream(_ octets: [UInt8]) -> [UInt8] {
        var lines = TextLines(octets)
        var nodes: [ArraySlice<UInt8>] = []
        var text: [UInt8] = []
        var stream: [UInt8] = []
        while let line = lines.next() {
            if beginsStream(line) { nodes = [] }
            if let filter = line.after("Filter: ") { stream = Array(filter) }
            if line.starts(with: "Node ".utf8), let colon = line.firstRange(of: Array(": ".utf8)) {
                nodes.append(line[colon.upperBound...])
            }
            let digits = line.first == 9 ? line.dropFirst() : line
            guard nodes.count == 2, !digits.isEmpty, digits.allSatisfy(\.isDigit), let count = Int(digits.text) else {
                continue
            }
            let firstSide = Dump.connection(nodes[0], nodes[1], portMark: 58).1
            var said: [UInt8] = []
            // The line ends are CRLF on the wire, whatever became of them in the text.
            while said.count < count, let next = lines.next() { said += next + [13, 10] }
            if said.count > count { said.removeLast(min(2, said.count - count)) }
            text += Dump.line(
                .init(
                    connection: stream,
                    side: line.first == 9 ? firstSide.other : firstSide,
                    octets: said,
                    isExact: true
                )
            )
        }
        return text
    }
}

/// What .NET's tracing of sockets prints: a line that tells the direction, then rows in hexadecimal.
enum SocketTrace {
    /// `… Data from Socket#21083178::Receive`: what tells the connection, and the side.
    static func head(_ line: ArraySlice<UInt8>) -> (connection: ArraySlice<UInt8>, side: Side)? {
        guard let found = line.firstRange(of: Array("Data from Socket#".utf8)) else { return nil }
        let rest = line[found.upperBound...]
        guard let end = rest.firstRange(of: Array("::".utf8)) else { return nil }
        let call = rest[end.upperBound...]
        let side: Side? =
            call.starts(with: "Receive".utf8) ? .server : call.starts(with: "Send".utf8) ? .client : nil
        return side.map { (rest[..<end.lowerBound], $0) }
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var lines = TextLines(octets)
        var piece: Dump.Piece?
        while let line = lines.next() {
            let next = head(line)
            if next != nil, let whole = piece, !whole.octets.isEmpty { text += Dump.line(whole) }
            if let next {
                piece = .init(connection: Array(next.connection), side: next.side, octets: [], isExact: true)
            } else if let close = line.firstRange(of: Array("] 0".utf8)) {
                // `00000000 : 32 32 30 20 6D 78 2E 72-65 63 …`: a hyphen stands in the middle.
                let row = line[(close.upperBound - 1)...]
                let octets = row.dropFirst(10).prefix(48).map { $0 == UInt8(ascii: "-") ? 32 : $0 }
                piece?.octets += HexRow((Array(row.prefix(8)) + [58] + octets)[...])?.octets ?? []
            }
        }
        if let piece, !piece.octets.isEmpty { text += Dump.line(piece) }
        return text
    }
}

extension ArraySlice<UInt8> {
    /// What stands before an ending; nil when it does not end so.
    fileprivate func before(_ ending: String) -> ArraySlice<UInt8>? {
        suffix(ending.utf8.count).elementsEqual(ending.utf8) ? dropLast(ending.utf8.count) : nil
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
