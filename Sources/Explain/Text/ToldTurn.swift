import Lessons

/// What a program says was answered, or was being done when something failed: THE rule for bounces, logs and errors alike.
///
/// A command that is named counts first, behind words that only name one; then the words of programs (`lessons/wordings/`, kind
/// occasion). It does not know replies: what these nearly always answer is `LikelyTurn`.
extension Explainer {
    func turn(toldIn words: some StringProtocol) -> AnsweredTurn? {
        if let command = words.behind(">>> ") { return AnsweredTurn(named: command.prefix(Self.reach)) }
        for mark in Self.marks {
            if let named = words.behind(mark), let turn = AnsweredTurn(named: named.prefix(Self.reach)) { return turn }
        }
        return library.wordings.best([.occasion], for: WordingText(String(words)))?.likelyTurn
    }

    /// What stands in front of the name of a command, THE table.
    private static let marks = ["in reply to ", "in response to ", "server after ", "timeout after ", "failed after "]
    /// How far behind the mark the name is looked for.
    private static let reach = 40
}
