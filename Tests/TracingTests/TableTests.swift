import SMTP
import Testing

@testable import Tracing

/// The tables of this module: steps, findings, anchors.
@Suite struct TableTests {
    @Test func `there are fourteen steps, in the order and with the actors of the post`() {
        #expect(Step.allCases.map(\.number) == Array(1...14))
        #expect(Step.allCases.filter { $0.actor == .recipient }.map(\.number) == [4, 6, 8, 10, 13])
        for step in Step.allCases {
            #expect(step.shortTitle.count <= 15)
            #expect(step.title.hasPrefix("recipient") == (step.actor == .recipient))
            #expect(step.next?.number == (step == .quit ? nil : step.number + 1))
        }
        #expect(Step.mail < .mailReply)
    }

    @Test(arguments: [
        (0, "6"), (1, "6a"), (26, "6z"), (27, "6aa"), (52, "6az"), (53, "6ba"), (702, "6zz"), (703, "6aaa"),
    ])
    func `sub-steps have letters`(substep: Int, label: String) {
        #expect(Place(.ehloReply, substep: substep).label == label)
    }

    @Test(arguments: Departure.Kind.allCases) func `every departure has its row`(kind: Departure.Kind) throws {
        let finding = Finding(Departure(kind, at: 1..<2))
        #expect(finding.id == kind.rawValue)
        #expect(finding.anchor.path == "finding/\(kind.rawValue)")
        #expect(finding.range == 1..<2)
        let spec = #/RFC \d{3,4} (§\d+(\.\d+)*(, §\d+(\.\d+)*)?|appendix [A-Z](\.\d+)*)/#
        #expect(try spec.wholeMatch(in: finding.spec) != nil, "\(finding.spec)")
        #expect(finding.message.first?.isUppercase == true || finding.message.first?.isNumber == true)
        #expect(finding.message.last?.isPunctuation == false)
        #expect(finding.message.count <= 80)
    }

    @Test(arguments: [
        ("reply/250@RCPT", ["reply/250@RCPT", "reply/250", "reply/2yz", "reply/unknown"]),
        ("reply/unknown", ["reply/unknown", "reply/unknown"]),
        ("status/5.1.1", ["status/5.1.1", "status/x.1.1", "status/x.1.x", "status/5.x.x"]), ("status/5", ["status/5"]),
        ("command/FOO", ["command/FOO", "command/unknown"]), ("field/Subject", ["field/Subject", "syntax/field-name"]),
        ("step/7", ["step/7"]), ("nothing", ["nothing"]), ("", [""]),
        ("extension/", ["extension/", "extension/unknown"]),
    ])
    func `an anchor falls back from the particular to the general`(path: String, chain: [String]) {
        #expect(LessonAnchor(path).withFallbacks.map(\.path) == chain)
    }

    @Test func `a reply explained without its verb is explained all the same`() {
        let anchor = LessonAnchor("reply/250@RCPT")
        #expect(anchor.isSpecific(anchor))
        #expect(anchor.isSpecific(LessonAnchor("reply/250")))
        #expect(!anchor.isSpecific(LessonAnchor("reply/25")))
        #expect(!anchor.isSpecific(LessonAnchor("reply/2yz")))
    }

    @Test(
        arguments: [
            ([72, 105], "Hi"), ([27, 91, 50, 74], "\\x1B[2J"), ([0xC3, 0xBC], "ü"), ([0xFC], "\\xFC"),
            ([0xE2, 0x80, 0xAE], "\\xE2\\x80\\xAE"),
            ([0xC2, 0x9B], "\\xC2\\x9B"), ([0xE2, 0x80], "\\xE2\\x80"), ([0xC0, 0x80], "\\xC0\\x80"),
            ([13, 10, 0, 127], "\\x0D\\x0A\\x00\\x7F"),
            ([0xED, 0xA0, 0x80, 65], "\\xED\\xA0\\x80A"), ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"), ([], ""),
        ] as [([UInt8], String)]
    )
    func `octets are shown and do nothing`(octets: [UInt8], shown: String) {
        #expect(WireText.shown(octets) == shown)
    }
}
