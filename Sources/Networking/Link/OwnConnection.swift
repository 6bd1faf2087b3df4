/// Tells which of a server's connections comes from the world's own client, and which from a stranger.
///
/// A server may see a connection before the client knows its own port; until then the answer is deferred.
final class OwnConnection {
    private enum State {
        case absent, connecting
        /// The port the own client speaks from.
        case standing(Int)
    }

    private var state = State.absent
    private var questions: [() -> Void] = []

    /// The client begins to connect; the next `connected` or `failed` says how that went.
    func connecting() { state = .connecting }

    func connected(from port: Int?) { settle(port.map(State.standing) ?? .absent) }

    func failed() { settle(.absent) }

    /// Answers whether a client at `port` is our own, as soon as that is known.
    func ask(_ port: Int?, _ answer: @escaping (Bool) -> Void) {
        switch state {
        case .absent: answer(false)
        case .standing(let own): answer(own == port)
        case .connecting: questions.append { self.ask(port, answer) }
        }
    }

    private func settle(_ state: State) {
        self.state = state
        let waiting = questions
        questions = []
        for question in waiting { question() }
    }
}
