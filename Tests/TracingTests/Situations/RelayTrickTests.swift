import Testing

@testable import Tracing

/// Spellings of an address that carry another, and spellings that only look so.
@Suite struct RelayTrickTests {
    @Test(
        arguments: [
            ("<x%c.example@b.example>", .percent, "x@c.example"),
            ("<x%c.example@[192.0.2.1]>", .percent, "x@c.example"),
            ("<\"x%c.example\">", .percent, "x@c.example"),
            ("<\"x%c.example\"@b.example>", .percent, "x@c.example"),
            ("<c.example!x>", .bang, "x@c.example"),
            ("<c.example!x@b.example>", .bang, "x@c.example"),
            ("<x@c.example@b.example>", .twoAts, "x@c.example"),
            ("<\"x@c.example\"@b.example>", .quoted, "x@c.example"),
            ("<\"x@c.example\">", .quoted, "x@c.example"),
            ("<@b.example:x@c.example>", .sourceRoute, "x@c.example"),
            ("<@b.example,@d.example:X@C.example>", .sourceRoute, "x@c.example"),
            ("x%c.example@b.example", .percent, "x@c.example"),
        ] as [(String, RelayTrick, String)]
    )
    func `another address stands in it`(path: String, trick: RelayTrick, target: String) {
        let found = RelayTrick.read(Array(path.utf8))
        #expect(found?.trick == trick && found?.target == Array(target.utf8))
    }

    @Test(arguments: [
        "<x@c.example>", "<50%@b.example>", "<50%off@b.example>", "<wow!@b.example>", "<a!b@b.example>", "<>",
        "<postmaster>",
        "<\"x y\"@b.example>", "<\"a@b\"@c.example>", "<SRS0=ab=cd=c.example=x@b.example>", "<x+c.example@b.example>",
        "<list-bounces+x=c.example@b.example>", "<@b.example>", "<x%1.5@b.example>",
    ])
    func `nothing stands in it`(path: String) { #expect(RelayTrick.read(Array(path.utf8)) == nil) }
}
