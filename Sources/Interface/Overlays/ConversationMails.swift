import SMTP
import Screen
import Tracing

/// The mails of a conversation, one below the other, each with what became of it.
enum ConversationMails {
    /// `2 mails, 1 accepted`; nil where there is but one session.
    static func title(_ state: State) -> String? {
        guard state.session.conversations != nil else { return nil }
        let mails = state.session.trace.mails
        guard mails.count != 1 else { return "The message" }
        let accepted = mails.count { $0.outcome == .accepted }
        return "\(mails.count) messages, \(accepted) accepted"
    }

    static func page(_ state: State, in world: Environment) -> Page {
        let mails = state.session.trace.mails
        return Page.joined(
            mails.enumerated().map { index, mail in
                let heading = heading(mail, number: index + 1, of: mails.count, state, world.glyphs)
                let body = MessageOverlay.page(of: mail.content, mail, state, in: world)
                return Page.joined([Page(count: heading.count) { [heading[$0]] }, body])
            }
        )
    }

    private static func heading(_ mail: TracedMail, number: Int, of count: Int, _ state: State, _ glyphs: Glyphs)
        -> [StyledLine]
    {
        let name = count == 1 ? "" : "Message \(number) of \(count): "
        let (words, role) = words(mail)
        var line = StyledLine(name, .heading, emphasis: .bold)
        line.append(words, role, emphasis: .bold)
        let lines = Wrap.lines(line, columns: max(10, state.view.columns - 4), hanging: 2)
        return (number > 1 ? [StyledLine("")] : []) + lines + [StyledLine("")]
    }

    /// What became of it and why: the server's own words, where it had any.
    private static func words(_ mail: TracedMail) -> (String, Role) {
        let answer = (mail.code.map(String.init) ?? "") + " " + WireText.shown(mail.answer)
        return switch mail.outcome {
        case .accepted: ("accepted: \(answer)", .done)
        case .refused: ("refused: \(answer)", .failed)
        case .brokenOff: ("broken off before its end; the server keeps nothing of it", .failed)
        case .unanswered: ("not answered: only the server knows whether it took it", .failed)
        case .underWay: ("under way", .now)
        }
    }
}
