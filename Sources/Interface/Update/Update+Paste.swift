/// A session that comes as a paste: gathered at the prompt, opened with Enter.
extension State {
    /// The most that is gathered, in octets; a longer log belongs into a file.
    static let maxPasted = 1 << 20
    /// The most that a terminal's paste brings at once (`Key.paste`).
    static let maxAtOnce = 65_000

    mutating func pastePressed() {
        guard !session.source.isLive, !session.source.isWatched else {
            view.notice = "a session goes on here; open a paste with 'ehlo replay -' in another terminal"
            return
        }
        prompt.ask(.paste(""))
    }

    /// What an input means while a paste is gathered: more of it, Enter that opens it, or keys that give it up.
    mutating func answerPaste(_ input: Input, after text: String) -> [Effect] {
        switch input {
        case .typed(let character): gather(String(character), after: text)
        case .pasted(let more): gather(more, after: text)
        case .erased, .erasedAll, .escapePressed: leavePrompt()
        case .enterPressed: return finishPrompt()
        default: break
        }
        return []
    }

    /// Takes what came; the prompt tells how much it is by now.
    private mutating func gather(_ more: String, after text: String) {
        let all = String(decoding: (text + more).utf8.prefix(Self.maxPasted), as: UTF8.self)
        let lines = all.utf8.count { $0 == 10 } + (all.hasSuffix("\n") ? 0 : 1)
        let isCut = more.utf8.count >= Self.maxAtOnce || all.utf8.count >= Self.maxPasted
        let size = "\(lines.grouped) \(lines == 1 ? "line" : "lines")" + (isCut ? ", cut off: use a file" : "")
        prompt.ask(.paste(all), about: size)
    }
}
