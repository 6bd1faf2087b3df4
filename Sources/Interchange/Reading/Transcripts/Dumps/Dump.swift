import SMTP
import Tracing

/// Octets that a program printed as a dump: packet by packet, or in hexadecimal. It is rewritten as one line a piece, which
/// is read like any log.
///
/// It decides where pieces begin and which octets are theirs. It does not read them: who spoke, and what, is decided where
/// every log is read. Wrong input is a dump that lost octets: what is missing is left out and made up by nobody.
enum Dump {
    /// A piece of what one end sent.
    struct Piece {
        /// As the program printed it.
        var time: ArraySlice<UInt8> = []
        /// What tells connections apart.
        var connection: [UInt8] = []
        /// The end with the port of a server, as far as ports tell.
        var side: Side
        var octets: [UInt8]
        /// The octets are those of the wire; otherwise line ends were put in, or dots in the place of what cannot be printed.
        var isExact: Bool
        /// Octets of the piece that the dump does not show.
        var missing = 0
    }

    /// The dump's pieces as lines, and what its program is called; nil when the text is no dump.
    static func lines(of octets: [UInt8]) -> (octets: [UInt8], program: String)? {
        guard let kind = Self.kind(of: octets) else { return nil }
        switch kind {
        case .packets: return (PacketDump.read(octets), "packets as tcpdump prints them")
        case .ngrep: return (NgrepDump.read(octets), "packets as ngrep prints them")
        case .curl: return (CurlDump.read(octets), "a trace of curl")
        case .rows: return (SharkDump.readRows(octets), "packets as tshark lists them")
        case .trees: return (SharkDump.readTrees(octets), "packets as tshark prints them with -V")
        case .stream: return (SharkDump.readStream(octets), "a stream as tshark follows it")
        case .sockets: return (SocketTrace.read(octets), "a trace of sockets in .NET")
        case .socat: return (SocatDump.read(octets), "what socat passed on")
        case .flows: return (FlowDump.read(octets), "packets as tcpflow prints them")
        case .pieces: return (SharkExports.readPieces(octets), "a stream that Wireshark saved")
        case .payloads: return (SharkExports.readPayloads(octets), "payloads in hexadecimal")
        case .characters: return (CharacterRow.read(octets), "a dump of characters, as od -c prints it")
        case .hex: return HexDump.read(octets).map { ($0, "a dump in hexadecimal") }
        }
    }

    private enum Kind {
        case packets, ngrep, curl, rows, trees, stream, sockets, socat, flows, pieces, payloads, characters, hex
    }

    /// The lines that are looked at for the first sign of a dump.
    private static let maxLines = 60

    private static func kind(of octets: [UInt8]) -> Kind? {
        var lines = TextLines(octets)
        var (hex, characters, payloads, other) = (0, 0, 0, 0)
        // Rows that tell a packet may have its octets below them.
        var hasRows = false
        for _ in 0..<maxLines {
            guard let line = lines.next() else { break }
            // A dump in the mail of a dialogue makes no dump of the dialogue.
            if line.isEmpty { continue }
            if LineShape(line).side != nil { return nil }
            if CurlDump.head(line) != nil { return .curl }
            if NgrepDump.head(line) != nil { return .ngrep }
            if PacketDump.head(line) != nil { return .packets }
            if SharkDump.Row(line) != nil {
                hasRows = true
                continue
            }
            if SharkDump.beginsTree(line) { return .trees }
            if SharkDump.beginsStream(line) { return .stream }
            if SocketTrace.head(line) != nil { return .sockets }
            if SocatDump.head(line) != nil { return .socat }
            if FlowDump.head(line) != nil { return .flows }
            if SharkExports.beginsPiece(line) { return .pieces }
            if let row = HexRow(line), row.offset != nil, row.octets.count >= 1 {
                hex += 1
            } else if CharacterRow.octets(line) != nil {
                characters += 1
            } else if SharkExports.payload(line) != nil {
                payloads += 1
            } else {
                other += 1
            }
        }
        if hasRows { return hex > 0 ? .hex : .rows }
        let most = max(hex, characters, payloads)
        guard most > other else { return nil }
        return most == hex ? .hex : most == characters ? .characters : .payloads
    }

    // MARK: The lines

    /// What a dump becomes in which lines stand below a head each: `text` of every head, with what stands below it up to the next
    /// head, or to a line that `ends` it. What stands above the first head, and behind an end, is no part of the dump.
    static func gathered<Head>(
        _ octets: [UInt8],
        below head: (ArraySlice<UInt8>) -> Head?,
        endedBy ends: (ArraySlice<UInt8>) -> Bool = { _ in false },
        as text: (Head, [ArraySlice<UInt8>]) -> [UInt8]
    ) -> [UInt8] {
        var gathered: [UInt8] = []
        var open: Head?
        var body: [ArraySlice<UInt8>] = []
        func end() {
            if let open { gathered += text(open, body) }
            (open, body) = (nil, [])
        }
        var lines = TextLines(octets)
        while let line = lines.next() {
            if let next = head(line) {
                end()
                open = next
            } else if open != nil {
                if ends(line) { end() } else { body.append(line) }
            }
        }
        end()
        return gathered
    }

    /// What begins a line of a rewritten dump: no text that somebody pastes begins so.
    private static let sign = Array("\u{1}dump\t".utf8)

    static func line(_ piece: Piece) -> [UInt8] {
        var line = sign
        line.append(piece.side == .client ? UInt8(ascii: "C") : UInt8(ascii: "S"))
        line.append(piece.isExact ? UInt8(ascii: "=") : piece.missing > 0 ? UInt8(ascii: "/") : UInt8(ascii: "~"))
        line.append(9)
        line +=
            Array("\(piece.missing)\t".utf8) + piece.time.filter { $0 != 9 } + [9] + piece.connection.filter { $0 != 9 }
            + [9]
        for octet in piece.octets {
            switch octet {
            case 10: line += Array("\\n".utf8)
            case 13: line += Array("\\r".utf8)
            case UInt8(ascii: "\\"): line += Array("\\\\".utf8)
            default: line.append(octet)
            }
        }
        line.append(10)
        return line
    }

    /// A line of a rewritten dump.
    @Sendable static func peel(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.starts(with: sign) else { return LinkFact.inRemark(line.trimmed).map { Peeled(.link($0)) } }
        let fields = line.dropFirst(sign.count).split(separator: 9, maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, let mark = fields[0].first else { return nil }
        let side: Side = mark == UInt8(ascii: "C") ? .client : .server
        let octets = unescaped(fields[4])
        let missing = min(Int(fields[1].text) ?? 0, 1 << 20)
        var peeled: Peeled
        switch fields[0].last {
        case UInt8(ascii: "="): peeled = Peeled(.wrote(side, octets))
        case UInt8(ascii: "/"): peeled = Peeled(.cut(side, octets[...], missing: missing))
        default: peeled = Peeled(.said(side, octets[...]))
        }
        peeled.session = Array(fields[3])
        peeled.time = TimeStamp.read(fields[2])?.stamp
        return peeled
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var octets: [UInt8] = []
        var isEscaped = false
        for octet in text {
            if isEscaped {
                octets.append(octet == UInt8(ascii: "n") ? 10 : octet == UInt8(ascii: "r") ? 13 : octet)
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                octets.append(octet)
            }
        }
        return octets
    }

    // MARK: Ends

    /// The connection between two ends, the same in both directions, and which side the first is: a server has a known port,
    /// or the lower one.
    static func connection(_ from: ArraySlice<UInt8>, _ to: ArraySlice<UInt8>, portMark: UInt8) -> ([UInt8], Side) {
        let ports = [from, to].map { end -> Int in
            let port = end[(end.lastIndex(of: portMark).map { $0 + 1 } ?? end.endIndex)...]
            let names = ["smtp": 25, "submission": 587, "submissions": 465, "smtps": 465]
            return names[port.text] ?? Int(port.text) ?? 65_536
        }
        let known = ports.map { [25, 465, 587, 2525, 24, 1025].contains($0) }
        let isServer = known[0] != known[1] ? known[0] : ports[0] < ports[1]
        let ends = isServer ? [from, to] : [to, from]
        return (Array(ends.joined(separator: [32])), isServer ? .server : .client)
    }
}
