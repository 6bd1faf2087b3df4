import Foundation

/// How the octets of a session are cut before somebody reads them.
enum Delivery: Sendable, CaseIterable {
    case turns, octets, byChance

    func pieces(of octets: [UInt8], _ dice: inout Dice) -> [[UInt8]] {
        switch self {
        case .turns: return [octets]
        case .octets: return octets.map { [$0] }
        case .byChance:
            var rest = octets[...]
            var pieces: [[UInt8]] = []
            while !rest.isEmpty {
                let count = Int(dice.next() % 9) + 1
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            return pieces
        }
    }
}

/// Numbers by chance, the same in each run (Steele, Lea, Flood: splitmix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SecretSpelling {
    /// The session as a recording by somebody who masks nothing.
    func recording(_ delivery: Delivery) -> [UInt8] {
        var dice = Dice(state: 7)
        var lines = [
            #"{"ehlo":1,"began":"2026-11-24T23:26:19Z","title":"A login","source":"another recorder"}"#,
            #"[0,"relay","connect","mx.receiver.example [192.0.2.25]:25"]"#,
            #"[0,"relay","connected","mx.receiver.example [192.0.2.25]:25"]"#,
        ]
        for (number, turn) in session.enumerated() {
            let (kind, text): (String, String)
            switch turn {
            case .client(let said): (kind, text) = ("client", said)
            case .server(let said): (kind, text) = ("server", said)
            case .lost(let count):
                lines.append(#"[\#(number),"relay","gap","client \#(count)"]"#)
                continue
            }
            for piece in delivery.pieces(of: Array(text.utf8), &dice) {
                let octets = Data(piece).base64EncodedString()
                lines.append(#"[\#(number),"relay","\#(kind)",{"base64":"\#(octets)"}]"#)
            }
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The session as packets between two hosts.
    func capture(_ delivery: Delivery) -> [UInt8] {
        var dice = Dice(state: 11)
        var talk = PacketTalk()
        talk.open()
        for turn in session {
            switch turn {
            case .client(let text):
                for piece in delivery.pieces(of: Array(text.utf8), &dice) { talk.say(piece, fromClient: true) }
            case .server(let text):
                for piece in delivery.pieces(of: Array(text.utf8), &dice) { talk.say(piece, fromClient: false) }
            case .lost(let count): talk.lose(count)
            }
        }
        return talk.file
    }

    /// The session in the notation of a log: `client` and `server` write a line without its end.
    func log(client: (String) -> String, server: (String) -> String) -> [UInt8] {
        let lines = session.flatMap { turn -> [String] in
            switch turn {
            case .client(let text): Self.lines(text).map(client)
            case .server(let text): Self.lines(text).map(server)
            case .lost: []
            }
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func lines(_ text: String) -> [String] {
        text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init).dropLast(text.hasSuffix("\n") ? 1 : 0)
    }
}

/// A TCP connection as a capture of raw IPv4 packets, built octet by octet; it shares nothing with the code under test.
struct PacketTalk {
    private var packets: [UInt8]
    private var time = 1_700_000_000
    private var clientSaid: UInt32 = 1001
    private var serverSaid: UInt32 = 5001

    init() {
        packets = Self.number(0xA1B2_C3D4, 4).reversed() + [2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        packets += [0, 0, 4, 0, 101, 0, 0, 0]
    }

    var file: [UInt8] { packets }

    private static func number(_ value: Int, _ octets: Int) -> [UInt8] {
        (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    mutating func open() {
        (clientSaid, serverSaid) = (1000, 5000)
        segment([], fromClient: true, flags: 2)
        segment([], fromClient: false, flags: 0x12)
        (clientSaid, serverSaid) = (1001, 5001)
        segment([], fromClient: true, flags: 0x10)
    }

    mutating func say(_ octets: [UInt8], fromClient: Bool) {
        segment(octets, fromClient: fromClient, flags: 0x18)
        if fromClient { clientSaid += UInt32(octets.count) } else { serverSaid += UInt32(octets.count) }
    }

    /// Octets of the client that nobody captured.
    mutating func lose(_ count: Int) { clientSaid += UInt32(count) }

    private mutating func segment(_ octets: [UInt8], fromClient: Bool, flags: UInt8) {
        let ports = fromClient ? [40_000, 25] : [25, 40_000]
        let numbers = fromClient ? [clientSaid, serverSaid] : [serverSaid, clientSaid]
        var tcp = ports.flatMap { Self.number($0, 2) } + numbers.flatMap { Self.number(Int($0), 4) }
        tcp += [0x50, flags] + Self.number(65_535, 2) + [0, 0, 0, 0] + octets
        let hosts: [[UInt8]] = fromClient ? [[192, 0, 2, 1], [192, 0, 2, 25]] : [[192, 0, 2, 25], [192, 0, 2, 1]]
        let frame = [0x45, 0] + Self.number(tcp.count + 20, 2) + [0, 1, 0, 0, 64, 6, 0, 0] + hosts[0] + hosts[1] + tcp
        time += 1
        packets += Self.number(time, 4).reversed() + [0, 0, 0, 0]
        packets += Self.number(frame.count, 4).reversed() + Self.number(frame.count, 4).reversed() + frame
    }
}
