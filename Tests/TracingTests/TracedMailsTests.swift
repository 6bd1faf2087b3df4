import SMTP
import Testing

@testable import Tracing

/// Mails and the starts of parts come out as they were put in, however small they are kept.
@Suite struct TracedMailsTests {
    private typealias Dice = RandomSessionTests.Dice

    private static func mail(_ dice: inout Dice) -> TracedMail {
        let named = Command.path(of: Array("RCPT TO:<m\(Int.random(in: 0...2, using: &dice))@b.example>".utf8))
        let paths: [Path] = [.null, .postmaster, named ?? .null]
        var mail = TracedMail(leg: .relay, transaction: Int.random(in: 0...70_000, using: &dice))
        mail.reversePath = Bool.random(using: &dice) ? paths.randomElement(using: &dice) : nil
        mail.forwardPaths = Array(paths.shuffled(using: &dice).prefix(Int.random(in: 0...2, using: &dice)))
        let most = Int.random(in: 0..<20, using: &dice) == 0 ? 40_000 : 90
        let octet = UInt8.random(in: 0...255, using: &dice)
        mail.content = [UInt8](repeating: octet, count: Int.random(in: 0...most, using: &dice))
        mail.lineCount = Int.random(in: 0...9, using: &dice)
        if Bool.random(using: &dice) { mail.octetsLeftOut = Int.random(in: 0...2, using: &dice) }
        return mail
    }

    @Test(arguments: 0..<10) func `mails come out as they went in`(seed: UInt64) {
        var dice = Dice(state: seed)
        var (plain, kept): ([TracedMail], TracedMails) = ([], TracedMails())
        for _ in 0..<400 {
            if plain.isEmpty || Int.random(in: 0..<3, using: &dice) == 0 {
                let mail = Self.mail(&dice)
                plain.append(mail)
                kept.append(mail)
            }
            let index = Bool.random(using: &dice) ? plain.count - 1 : Int.random(in: plain.indices, using: &dice)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0:
                plain[index].content += [1, 2, 3]
                kept[index].content += [1, 2, 3]
            case 1:
                (plain[index].code, plain[index].answer) = (250, [UInt8(index % 7)])
                (kept[index].code, kept[index].answer) = (250, [UInt8(index % 7)])
                kept.putAway(index)
            case 2:
                plain[index].cut = .brokenOff
                kept[index].cut = .brokenOff
            default: kept.putAway(index)
            }
        }
        #expect(Array(kept) == plain)
        #expect(kept.hasCut == plain.contains { $0.octetsLeftOut > 0 })
        let before = kept
        kept[0].content = [9]
        #expect(Array(before) == plain && Array(kept) != plain)
    }

    @Test(arguments: [1, 3, 70_000]) func `starts are those that were added`(step: Int) {
        var (plain, starts): ([Int], LineStarts) = ([], LineStarts())
        for number in 0..<200 where number % 5 != 0 {
            plain.append(number * step)
            starts.append(number * step)
        }
        #expect(Array(starts) == plain)
        for line in [0, 1, step, 7 * step, 65_535, 65_536, 65_537, 150 * step + 1, 200 * step] {
            #expect(starts.count(before: line) == plain.count { $0 < line })
        }
    }
}
