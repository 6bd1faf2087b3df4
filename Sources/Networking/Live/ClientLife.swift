/// The life of a client's connection, from the call to the ending that was told. Every transition is in this file.
///
/// It decides what may happen when: whether anything may be said, held back, heard or closed. It does not know sockets, nor what
/// is said. Wrong input: an event that has no place where the connection stands is allowed and ignored; the transition then
/// says `false`, and nothing may be done that belongs to it.
enum ClientLife: Equatable {
    /// The connection does not stand yet.
    case connecting
    /// Octets pass both ways.
    case open(Speech)
    /// The handshake is under way; nothing is said or heard beside it.
    case securing
    /// QUIT was answered, and the server is about to close, which is its part (RFC 5321 §3.8).
    case parting
    /// The server says no more. What it said before is still heard.
    case ended
    /// The client has closed; what the dialogue has left to do is done.
    case closed
    /// How it ended was told. Nothing is told after that.
    case finished

    /// Whether the dialogue may speak.
    enum Speech: Equatable {
        case free
        /// What it wants to send waits to be let pass, under this number.
        case held(Int)
        /// In the place of what was held somebody else has sent a line, and the answer to that is awaited.
        case interrupted
    }

    /// Whether the dialogue has to wait for somebody's leave to speak.
    var isHeld: Bool {
        switch self {
        case .open(.held), .open(.interrupted): true
        case .connecting, .open(.free), .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// Whether the end of the connection is still to be told, as the doing of whoever closes first.
    var isConnected: Bool {
        switch self {
        case .open, .securing, .parting: true
        case .connecting, .ended, .closed, .finished: false
        }
    }

    // MARK: Transitions

    /// The connection stands.
    @discardableResult mutating func connect() -> Bool {
        switch self {
        case .connecting: move(to: .open(.free))
        case .open, .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// What the dialogue wants to send has to wait. Not once the server has said that it is leaving: nobody would hear it.
    @discardableResult mutating func hold(_ number: Int) -> Bool {
        switch self {
        case .open: move(to: .open(.held(number)))
        case .connecting, .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// What was held under this number may go; not what was held before, and is out of date.
    @discardableResult mutating func release(_ number: Int) -> Bool {
        switch self {
        case .open(.held(number)): move(to: .open(.free))
        case .connecting, .open, .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// Somebody else's line went out, and what was held will not.
    @discardableResult mutating func interrupt() -> Bool {
        switch self {
        case .open(.held), .open(.interrupted): move(to: .open(.interrupted))
        case .connecting, .open(.free), .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// The dialogue goes on, with something else than what was held.
    @discardableResult mutating func goOn() -> Bool {
        switch self {
        case .open(.held), .open(.interrupted): move(to: .open(.free))
        case .connecting, .open(.free), .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// STARTTLS was agreed on, or TLS comes first.
    @discardableResult mutating func startTLS() -> Bool {
        switch self {
        case .open(.free): move(to: .securing)
        case .connecting, .open(.held), .open(.interrupted), .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// The handshake is over.
    @discardableResult mutating func secured() -> Bool {
        switch self {
        case .securing: move(to: .open(.free))
        case .connecting, .open, .parting, .ended, .closed, .finished: false
        }
    }

    /// TLS failed, in the handshake or later, or the server was silent for too long: what is left to the dialogue is to end.
    @discardableResult mutating func fail() -> Bool {
        switch self {
        case .open, .securing: move(to: .open(.free))
        case .connecting, .parting, .ended, .closed, .finished: false
        }
    }

    /// The client waits for the server to close.
    @discardableResult mutating func part() -> Bool {
        switch self {
        case .open(.free): move(to: .parting)
        case .connecting, .open(.held), .open(.interrupted), .securing, .parting, .ended, .closed, .finished: false
        }
    }

    /// The server says no more, or the connection broke.
    @discardableResult mutating func end() -> Bool {
        switch self {
        case .open, .securing, .parting: move(to: .ended)
        case .connecting, .ended, .closed, .finished: false
        }
    }

    /// The client closes.
    @discardableResult mutating func close() -> Bool {
        switch self {
        case .connecting, .open, .securing, .parting, .ended: move(to: .closed)
        case .closed, .finished: false
        }
    }

    /// How it ended is told now, or nobody wants to know any more.
    @discardableResult mutating func finish() -> Bool {
        switch self {
        case .connecting, .open, .securing, .parting, .ended, .closed: move(to: .finished)
        case .finished: false
        }
    }

    private mutating func move(to next: ClientLife) -> Bool {
        self = next
        return true
    }
}
