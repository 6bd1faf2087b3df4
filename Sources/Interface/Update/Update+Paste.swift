/// A session that comes as a paste: gathered at the prompt, opened with Enter.
extension State {
    /// The most that is gathered, in octets; a longer log belongs into a file.
    static let mostPasted = 1 << 20
    /// The most that a terminal's paste brings at once (`Key.paste`).
    static let mostAtOnce = 65_000

    mutating func askForPaste() {
        guard !source.isLive, !source.isWatched else {
            notice = "a session goes on here; open a paste with 'ehlo replay -' in another terminal"
            return
        }
        pasted = ""
        ask(.paste)
    }

    /// Takes what came; the prompt tells how much it is by now.
    mutating func takePaste(_ text: String) {
        pasted = String(decoding: (pasted + text).utf8.prefix(Self.mostPasted), as: UTF8.self)
        let lines = pasted.utf8.count { $0 == 10 } + (pasted.hasSuffix("\n") ? 0 : 1)
        let isCut = text.utf8.count >= Self.mostAtOnce || pasted.utf8.count >= Self.mostPasted
        typed = "\(lines.grouped) \(lines == 1 ? "line" : "lines")" + (isCut ? ", cut off: use a file" : "")
        caret = typed.count
    }
}
