import Testing

@testable import Curses

@Suite struct CopyTests {
    @Test(
        arguments: [
            (["TERM": "xterm-kitty"], true), (["TERM": "foot-extra"], true), (["TERM": "xterm-256color"], false),
            (["TERM": "xterm-256color", "WT_SESSION": "1"], true),
            (["TERM": "xterm", "TERM_PROGRAM": "WezTerm"], true),
            (["TERM": "xterm-kitty", "TMUX": "/tmp/x"], false), (["TERM": "alacritty", "STY": "1"], false),
            ([:], false),
        ] as [([String: String], Bool)]
    )
    func `which terminals are known to take what is copied`(variables: [String: String], takes: Bool) {
        #expect(Terminal.takesCopies { variables[$0] } == takes)
    }
}
