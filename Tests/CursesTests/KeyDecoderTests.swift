import Curses
import Screen
import Testing

private func octets(_ text: String) -> [UInt8] { Array(text.utf8) }
private let esc = "\u{1B}"

/// What a terminal sends, and the keys it means. None of these needs to wait for more.
private let sequences: [([UInt8], [Key])] = [
    (octets("n"), [.character("n")]), (octets(" "), [.character(" ")]), (octets("é日👍"), "é日👍".map { .character($0) }),
    ([0x0D], [.enter]), ([0x0A], [.enter]), ([0x09], [.tab]), ([0x7F], [.backspace]), ([0x08], [.backspace]),
    ([0x03], [.control("c")]), ([0x00], [.control("@")]), ([0x1C], [.control("\\")]), ([0x1A], [.control("z")]),
    // Cursor keys in both modes, and with Shift, Alt or Control.
    (octets("\(esc)[A\(esc)[B\(esc)[C\(esc)[D"), [.up, .down, .right, .left]),
    (octets("\(esc)OA\(esc)OB\(esc)OC\(esc)OD"), [.up, .down, .right, .left]),
    (octets("\(esc)[1;5C\(esc)O5D"), [.right, .left]),
    (
        octets("\(esc)[H\(esc)[F\(esc)OH\(esc)OF\(esc)[1~\(esc)[4~\(esc)[7~\(esc)[8~"),
        [.home, .end, .home, .end, .home, .end, .home, .end]
    ),
    (octets("\(esc)[2~\(esc)[3~\(esc)[5~\(esc)[6~\(esc)[5;2~"), [.insert, .delete, .pageUp, .pageDown, .pageUp]),
    (octets("\(esc)[Z"), [.backTab]),
    (
        octets("\(esc)OP\(esc)OS\(esc)[[A\(esc)[[E\(esc)[11~\(esc)[15~\(esc)[24~\(esc)[34~"),
        [1, 4, 1, 5, 1, 5, 12, 20].map { .function($0) }
    ),
    (octets("\(esc)\(esc)[A"), [.escape, .up]),
    // The mouse in both codings; columns and rows count from 1 on the wire.
    (
        octets("\(esc)[<0;1;1M\(esc)[<0;10;3m\(esc)[<64;5;6M\(esc)[<65;5;6M"),
        [
            .mouse(column: 0, row: 0, kind: .press), .mouse(column: 9, row: 2, kind: .release),
            .mouse(column: 4, row: 5, kind: .wheelUp), .mouse(column: 4, row: 5, kind: .wheelDown),
        ]
    ),
    (
        octets("\(esc)[M !!\(esc)[M#*#q"),
        [.mouse(column: 0, row: 0, kind: .press), .mouse(column: 9, row: 2, kind: .release), .character("q")]
    ),
    (octets("\(esc)[<32;1;1M\(esc)[<0;0;1M\(esc)[<0;1M"), [.unknown, .unknown, .unknown]),
    // Pastes: one key, CR and CR LF are line ends, an escape inside stays text.
    (octets("\(esc)[200~RSET\rQUIT\r\nx\ny\(esc)[201~n"), [.paste("RSET\nQUIT\nx\ny"), .character("n")]),
    (octets("\(esc)[200~\(esc)[A \(esc)\(esc)[20\(esc)[201~"), [.paste("\(esc)[A \(esc)\(esc)[20")]),
    (octets("\(esc)[200~\(esc)[201~"), [.paste("")]),
    ([0x1B] + octets("[200~") + [0xFF, 0x41, 0x1B] + octets("[201~"), [.paste("\u{FFFD}A")]),
    // Fault A10: answers of the terminal. Not one of their letters is a key.
    (octets("\(esc)[24;80R"), [.unknown]), (octets("\(esc)[?62;1;4c"), [.unknown]),
    (octets("\(esc)[>0;276;0c"), [.unknown]),
    (octets("\(esc)[?2004;1$y"), [.unknown]), (octets("\(esc)[I\(esc)[O"), [.unknown, .unknown]),
    (octets("\(esc)]11;rgb:0000/qqqq/nnnn\u{07}n"), [.unknown, .character("n")]),
    (octets("\(esc)]52;c;cXVpdA==\(esc)\\n"), [.unknown, .character("n")]),
    (octets("\(esc)P>|xterm(388)\(esc)\\"), [.unknown]), (octets("\(esc)_Gi=1;OK\(esc)\\"), [.unknown]),
    (octets("\(esc)[999999999999999999999999A"), [.unknown]), (octets("\(esc)[3;A\(esc)[2A"), [.unknown, .unknown]),
    (octets("\(esc)q"), [.unknown]), (octets("\(esc)(B"), [.unknown]),
    (octets("\(esc)[99~\(esc)Oq"), [.unknown, .unknown]),
    // Broken off: what breaks it off counts.
    (octets("\(esc)[1\(esc)[A"), [.unknown, .up]), (octets("\(esc)[1\u{18}q"), [.unknown, .character("q")]),
    // Octets that are no UTF-8, and controls coded as UTF-8.
    ([0xFF, 0x41], [.unknown, .character("A")]), ([0xC3, 0x41], [.unknown, .character("A")]),
    ([0xE2, 0x82, 0x0D], [.unknown, .enter]), ([0xC0, 0x80], [.unknown, .unknown]),
    ([0xED, 0xA0, 0x80, 0x71], [.unknown, .character("q")]), ([0xC2, 0x9B], [.unknown]),
]

@Test(arguments: sequences)
func `keys come out however the octets are split`(octets: [UInt8], keys: [Key]) {
    for split in 0...octets.count {
        var decoder = KeyDecoder()
        let came = decoder.feed(octets[..<split]) + decoder.feed(octets[split...])
        #expect(came == keys, "split at \(split)")
        #expect(decoder.patience == nil)
        #expect(decoder.settle().isEmpty)
    }
    var decoder = KeyDecoder()
    #expect(octets.flatMap { decoder.feed([$0]) } == keys)
}

@Test(
    arguments: [
        ([0x1B], 25, [.escape]), (octets("\(esc)["), 250, [.unknown]), (octets("\(esc)[1;"), 250, [.unknown]),
        (octets("\(esc)O"), 250, [.unknown]), (octets("\(esc)[M!"), 250, [.unknown]), ([0xE2, 0x82], 250, [.unknown]),
        (octets("\(esc)]0;quit"), 1000, [.unknown]), (octets("\(esc)Pq"), 1000, [.unknown]),
        (octets("\(esc)[200~half"), 1000, [.paste("half")]), (octets("\(esc)("), 250, [.unknown]),
    ] as [([UInt8], Int, [Key])]
)
func `what stays unfinished is settled as one`(octets: [UInt8], patience: Int, keys: [Key]) {
    var decoder = KeyDecoder()
    #expect(decoder.feed(octets).isEmpty)
    #expect(decoder.patience == patience)
    #expect(decoder.settle() == keys)
    #expect(decoder.feed([0x71]) == [.character("q")])
}

@Test func `a paste is cut at 64 kB, between two scalars`() {
    var decoder = KeyDecoder()
    let keys = decoder.feed(octets("\(esc)[200~a" + String(repeating: "é", count: 100_000) + "\(esc)[201~n"))
    #expect(keys == [.paste("a" + String(repeating: "é", count: 32_767)), .character("n")])
}

@Test func `an endless sequence or string takes no memory and types nothing`() {
    var decoder = KeyDecoder()
    #expect(decoder.feed(octets("\(esc)[") + [UInt8](repeating: 0x31, count: 1_000_000)).isEmpty)
    #expect(decoder.feed(octets("A")) == [.unknown])
    #expect(decoder.feed(octets("\(esc)]") + [UInt8](repeating: 0x71, count: 1_000_000)).isEmpty)
    #expect(decoder.feed([0x07]) == [.unknown])
}

@Test func `no octets whatever can stop it`() {
    var state: UInt64 = 7
    var decoder = KeyDecoder()
    let likely: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3B, 0x31, 0x7E, 0x4D, 0x5D, 0x07, 0x5C, 0xC3, 0xA9, 0x41, 0x32, 0x30]
    for _ in 0..<200_000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let roll = Int(state >> 33)
        _ = decoder.feed([roll % 5 == 0 ? UInt8(truncatingIfNeeded: roll >> 8) : likely[roll % likely.count]])
        if roll % 97 == 0 { _ = decoder.settle() }
    }
    _ = decoder.settle()
    #expect(decoder.feed([0x71]) == [.character("q")])
}
