import Tracing

/// The life of a server's connection, from the client's call to the closed socket. Every transition is in this file.
///
/// It decides when the server may speak, and how the connection is said to have ended: the first reason counts. It does not
/// know sockets, nor what is said. Wrong input: an event that has no place where the connection stands is allowed and ignored;
/// a transition that says whether it happened then says `false`.
enum ServerLife: Equatable {
    /// The socket is made and not connected yet.
    case accepted
    /// A client is there; nobody has said that the server may speak.
    case waiting(Input)
    case serving(Input, Output)
    /// The handshake is under way; nothing is said or heard beside it.
    case securing
    /// The connection is being closed, for this reason.
    case closing(WireEvent.Kind)
    case closed

    /// What comes from the client.
    enum Input: Equatable {
        case open
        /// It says no more, for this reason. What it said before is still heard and answered.
        case ended(WireEvent.Kind)
    }

    /// What goes to the client.
    enum Output: Equatable {
        case ready
        /// A reply waits to be let pass, or is on its way octet by octet.
        case held
    }

    /// Whether what the dialogue wants done may be done now.
    var mayAct: Bool {
        switch self {
        case .serving(_, .ready): true
        case .accepted, .waiting, .serving(_, .held), .securing, .closing, .closed: false
        }
    }

    /// Whether a reply that was held is still worth while to write.
    var isHolding: Bool {
        switch self {
        case .serving(_, .held): true
        case .accepted, .waiting, .serving(_, .ready), .securing, .closing, .closed: false
        }
    }

    /// Whether the client says no more, so that the server closes once all is answered.
    var hasHeardAll: Bool {
        switch self {
        case .serving(.ended, _): true
        case .accepted, .waiting, .serving(.open, _), .securing, .closing, .closed: false
        }
    }

    // MARK: Transitions

    @discardableResult mutating func connect() -> Bool {
        switch self {
        case .accepted: move(to: .waiting(.open))
        case .waiting, .serving, .securing, .closing, .closed: false
        }
    }

    /// The server may speak.
    @discardableResult mutating func start() -> Bool {
        switch self {
        case .waiting(let input): move(to: .serving(input, .ready))
        case .accepted, .serving, .securing, .closing, .closed: false
        }
    }

    @discardableResult mutating func hold() -> Bool {
        switch self {
        case .serving(let input, .ready): move(to: .serving(input, .held))
        case .accepted, .waiting, .serving(_, .held), .securing, .closing, .closed: false
        }
    }

    @discardableResult mutating func release() -> Bool {
        switch self {
        case .serving(let input, .held): move(to: .serving(input, .ready))
        case .accepted, .waiting, .serving(_, .ready), .securing, .closing, .closed: false
        }
    }

    /// STARTTLS was agreed on, or TLS comes first. Not with a client that says no more.
    @discardableResult mutating func startTLS() -> Bool {
        switch self {
        case .serving(.open, .ready): move(to: .securing)
        case .accepted, .waiting, .serving(.ended, _), .serving(_, .held), .securing, .closing, .closed: false
        }
    }

    @discardableResult mutating func secured() -> Bool {
        switch self {
        case .securing: move(to: .serving(.open, .ready))
        case .accepted, .waiting, .serving, .closing, .closed: false
        }
    }

    /// The client says no more, the connection broke, or TLS failed.
    mutating func end(_ reason: WireEvent.Kind) {
        switch self {
        case .waiting(.open): self = .waiting(.ended(reason))
        case .serving(.open, let output): self = .serving(.ended(reason), output)
        case .accepted, .securing: self = .closing(reason)
        case .waiting(.ended), .serving(.ended, _), .closing, .closed: break
        }
    }

    /// The server closes.
    @discardableResult mutating func close() -> Bool {
        switch self {
        case .waiting(.ended(let reason)), .serving(.ended(let reason), _): move(to: .closing(reason))
        case .accepted, .waiting(.open), .serving(.open, _), .securing: move(to: .closing(.close(by: .server)))
        case .closing, .closed: false
        }
    }

    /// The socket is closed; how it came to that. Nil when that was told already.
    mutating func closed() -> WireEvent.Kind? {
        defer { self = .closed }
        switch self {
        case .accepted, .waiting(.open), .serving(.open, _), .securing: return .close(by: .client)
        case .waiting(.ended(let reason)), .serving(.ended(let reason), _), .closing(let reason): return reason
        case .closed: return nil
        }
    }

    private mutating func move(to next: ServerLife) -> Bool {
        self = next
        return true
    }
}
