import SMTP
import Screen
import ScreenSupport
import Tracing

@testable import Interface

/// Inputs and keys to throw at the interface.
enum Chance {
    /// Every input that a key of the table stands for.
    static let inputs = KeyTable.rows.map(\.input)

    static let keys: [Key] =
        KeyTable.rows.flatMap(\.keys) + [
            .up, .down, .left, .right, .insert, .delete, .backspace, .function(5), .control("@"), .resize, .unknown,
            .character("7"), .character("日"), .character("\u{301}"), .paste("250 \u{1B}[2J\n日本"), .paste(""),
            .mouse(column: 0, row: 0, kind: .press), .mouse(column: 40, row: 12, kind: .press),
            .mouse(column: -1, row: 9999, kind: .press), .mouse(column: 5, row: 5, kind: .wheelUp),
            .mouse(column: 5, row: 5, kind: .wheelDown), .mouse(column: 5, row: 5, kind: .release),
        ]

    static let sizes = [
        (0, 0), (1, 1), (2, 2), (3, 1), (1, 30), (200, 1), (39, 12), (40, 11), (40, 12), (41, 13), (71, 20), (72, 20),
        (72, 19),
        (80, 24), (80, 50), (115, 30), (116, 30), (120, 40), (200, 12), (200, 60), (500, 20),
    ]

    /// Whatever can happen from outside and by hand.
    static func input(_ dice: inout Dice, _ state: State) -> Input? {
        switch UInt8.random(in: 0..<20, using: &dice) {
        case 0:
            let size = sizes.randomElement(using: &dice) ?? (80, 24)
            return .resized(columns: size.0, rows: size.1)
        case 1: return .timerFired(Int.random(in: 0...state.view.timer + 1, using: &dice))
        case 2 where state.session.source.isLive:
            let octets = ["", "EHLO a\r\n", "MAIL FROM:<a\u{1B}@\u{202E}日本>\r\n", "From: a\r\n\r\n.\r\n"]
            let pending = octets.randomElement(using: &dice).map {
                Session.Pending(step: .mail, octets: Array($0.utf8), target: "mx\u{1B}[2J 日本 \u{202E}")
            }
            return .held(Bool.random(using: &dice) ? pending : nil)
        case 2: return .noticed(String(repeating: "words \u{1B} 日 ", count: Int.random(in: 0..<9, using: &dice)))
        default: return keys.randomElement(using: &dice).flatMap { KeyTable.input(for: $0, in: state) }
        }
    }
}

/// Lines that have broken terminal programs.
enum Hostile {
    static let octets: [[UInt8]] = [
        Array(UInt8.min...UInt8.max).filter { $0 != 10 && $0 != 13 },
        Array("250 \u{1B}[2J\u{1B}]0;title\u{07}\u{1B}[31m red".utf8),
        Array("250 \u{202E}gpj.exe\u{202C} \u{2066}x\u{2069} \u{200F}".utf8),
        Array("250 zero\u{200B}\u{200D}\u{FEFF}\u{2060}width \u{FE0F}\u{E0041}".utf8),
        Array("250 日本語のメール 한국어 ｆｕｌｌ 👍👨‍👩‍👧🇩🇪❤️".utf8),
        Array("250 한글 \u{1112}\u{1161}\u{11AB} नि".utf8),
        Array(("250 z" + String(repeating: "\u{301}", count: 500)).utf8),
        Array("250 \u{301}\u{301} begins with marks".utf8),
        Array("250 ".utf8) + [0xC3, 0x28, 0xE2, 0x82, 0xF0, 0x9F, 0xFF, 0xFE, 0xED, 0xA0, 0x80],
        Array(repeating: UInt8(ascii: "x"), count: 1 << 20),
        Array(repeating: 0, count: 4000),
        Array(String(repeating: "日", count: 3000).utf8),
        Array(repeating: 0x1B, count: 3000),
        [], [0], [13], [0x80],
        Array(String(repeating: "long word ", count: 400).utf8),
    ]

    /// A session whose every line is hostile, said by both sides at every place where a session says something.
    static func events() -> [WireEvent] {
        var events: [WireEvent] = []
        var time = 0.0
        func say(_ side: Side, _ octets: [UInt8], leg: Leg = .relay) {
            time += 1.5
            events.append(WireEvent(.octets(from: side, octets + [13, 10]), leg: leg, at: time))
        }
        events.append(WireEvent(.note("note \u{1B}[2J 日本 \u{202E}"), leg: .relay, at: 0))
        events.append(WireEvent(.connect(to: "mx\u{1B}[2J.example [::1]:25"), leg: .relay, at: 0))
        events.append(WireEvent(.connected(to: "日本\u{202E}.example:25"), leg: .relay, at: 0))
        events.append(WireEvent(.dnsQuery([1, 2, 3]), leg: .lookup, at: 0))
        events.append(WireEvent(.dnsAnswer(Array(repeating: 0xC0, count: 40)), leg: .lookup, at: 0))
        for line in octets { say(.server, line) }
        for line in octets where line.count < 5000 { say(.client, line) }
        say(.server, Array("220 日本\u{202E}\u{1B}[2J.example ESMTP".utf8))
        say(.client, Array("EHLO \u{1B}[2J日本.example".utf8))
        for line in octets where line.count < 5000 { say(.server, Array("250-".utf8) + line) }
        say(.server, Array("250 HELP".utf8))
        say(.client, Array("MAIL FROM:<\u{1B}日本\u{301}@x\u{202E}> SIZE=\u{1B} 日=本".utf8))
        say(.server, Array("250 OK".utf8))
        say(.client, Array("RCPT TO:<\u{0}\u{7F}@\u{E0041}>".utf8))
        say(.server, Array("250 OK".utf8))
        say(.client, Array("DATA".utf8))
        say(.server, Array("354 go".utf8))
        say(.client, Array("Subject: \u{1B}[2J 日本 \u{202E}".utf8))
        say(.client, [])
        for line in octets where line.count < 5000 { say(.client, line) }
        say(.client, [UInt8(ascii: ".")])
        say(.server, Array("250 ".utf8) + [0xFF, 0x00, 0x1B])
        events.append(
            WireEvent(.delivered(octets.filter { $0.count < 5000 }.flatMap { $0 + [13, 10] }), leg: .relay, at: time)
        )
        events.append(WireEvent(.error("broken \u{1B}[2J 日本"), leg: .relay, at: time + 1e6))
        return events
    }

    static func state(_ columns: Int, _ rows: Int) -> State {
        var state = State(
            title: "hostile \u{1B}[2J 日本 \u{202E} " + String(repeating: "long ", count: 40),
            origin: "from \u{1B}[2J 日本 \u{202E}",
            began: "2020-04-03T03:59:34Z",
            source: .replay,
            trace: Tracer.trace(of: events())
        )
        (state.view.columns, state.view.rows) = (columns, rows)
        return state
    }
}
