import Screen
import Testing

/// Every sign of a set, by name. A sign added later is met here too.
private func signs(_ value: Any) -> [(name: String, text: String)] {
    Mirror(reflecting: value).children.flatMap { child -> [(String, String)] in
        switch child.value {
        case let sign as Character: [(child.label ?? "", String(sign))]
        case let text as String: [(child.label ?? "", text)]
        case let list as [Character]: list.map { (child.label ?? "", String($0)) }
        case let frame as Glyphs.Frame: signs(frame)
        default: []
        }
    }
}

@Test(arguments: [Glyphs.unicode, .ascii])
func `signs are as wide as they promise`(glyphs: Glyphs) {
    let all = signs(glyphs)
    #expect(all.count > 30)
    for sign in all where !["arrow", "ellipsis"].contains(sign.name) {
        #expect(TextWidth.columns(of: sign.text) == 1, "\(sign.name)")
    }
    for sign in all { #expect(TextWidth.drawn(sign.text).count == sign.text.count, "\(sign.name)") }
    for sign in all where glyphs.isASCII { #expect(sign.text.utf8.allSatisfy { $0 < 0x80 }, "\(sign.name)") }
}

@Test(arguments: [Glyphs.unicode, .ascii])
func `the five marks of a step differ`(glyphs: Glyphs) {
    #expect(Set([glyphs.done, glyphs.now, glyphs.tocome, glyphs.failed, glyphs.skipped]).count == 5)
    #expect(glyphs.light != glyphs.heavy)
}

@Test func `the marks of the four classes of replies differ, and are those of the rules`() {
    let marks = { (glyphs: Glyphs) in
        String([glyphs.positive, glyphs.intermediate, glyphs.transientFailure, glyphs.permanentFailure])
    }
    #expect(marks(.unicode) == "✔…↻✘")
    #expect(marks(.ascii) == "+.~x")
}
