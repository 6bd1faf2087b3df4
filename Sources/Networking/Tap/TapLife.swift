import SMTP
import Tracing

/// The life of one of the two sockets of a tap, in the words of TCP (RFC 9293 §3.3.2). Every transition is in this file.
///
/// It decides who has said that no more comes. It does not know sockets, nor what is said. Wrong input: an event that has no place where the connection
/// stands is allowed and ignored; the transition then says `false`.
enum TapEndLife: Equatable {
    case connecting
    case connected(Flow)
    /// The socket is gone, and this is how far both sides were then.
    case closed(Flow)

    /// Which side has said that no more comes from it.
    enum Flow: Equatable {
        /// Neither.
        case established
        /// The peer, which may still listen.
        case closeWait
        /// We, and still listen.
        case finWait
        /// Both.
        case closing
    }

    private var flow: Flow {
        switch self {
        case .connecting: .established
        case .connected(let flow), .closed(let flow): flow
        }
    }

    /// Whether the peer says no more.
    var isInputEnded: Bool {
        switch flow {
        case .closeWait, .closing: true
        case .established, .finWait: false
        }
    }

    /// Whether all was written that ever will be, and the peer is told so.
    var isOutputEnded: Bool {
        switch flow {
        case .finWait, .closing: true
        case .established, .closeWait: false
        }
    }

    var isClosed: Bool {
        switch self {
        case .closed: true
        case .connecting, .connected: false
        }
    }

    // MARK: Transitions

    @discardableResult mutating func connect() -> Bool {
        switch self {
        case .connecting: move(to: .connected(.established))
        case .connected, .closed: false
        }
    }

    /// The peer says no more.
    @discardableResult mutating func endInput() -> Bool {
        switch self {
        case .connected(.established): move(to: .connected(.closeWait))
        case .connected(.finWait): move(to: .connected(.closing))
        case .connecting, .connected(.closeWait), .connected(.closing), .closed: false
        }
    }

    /// We say no more.
    @discardableResult mutating func endOutput() -> Bool {
        switch self {
        case .connected(.established): move(to: .connected(.finWait))
        case .connected(.closeWait): move(to: .connected(.closing))
        case .connecting, .connected(.finWait), .connected(.closing), .closed: false
        }
    }

    /// The socket is gone.
    @discardableResult mutating func close() -> Bool {
        switch self {
        case .connecting, .connected: move(to: .closed(flow))
        case .closed: false
        }
    }

    private mutating func move(to next: TapEndLife) -> Bool {
        self = next
        return true
    }
}

/// The life of a tapped conversation: a client, and the server it is passed on to. Every transition is in this file.
///
/// It decides what is passed on, what belongs to a handshake, and who is said to have ended it. It does not know sockets.
/// Wrong input: as above.
enum TapLife {
    /// The server is being called; the client is not read yet.
    case dialing
    /// Octets pass both ways.
    case passing(TapSecuring, Farewell)
    /// One end failed, which was told; the other is being taken down.
    case broken
    /// How it ended was told.
    case over

    /// Who says no more.
    enum Farewell: Equatable {
        case none
        /// This side, before the other.
        case said(Side)
        /// And it was told that the other still speaks, which is seen nowhere else.
        case outlived(Side)
    }

    /// How far TLS is.
    var securing: TapSecuring {
        switch self {
        case .passing(let securing, _): securing
        case .dialing, .broken, .over: .untouched
        }
    }

    /// Who said first that no more comes, where it ended in order.
    var endedFirst: Side? {
        switch self {
        case .passing(_, .said(let side)), .passing(_, .outlived(let side)): side
        case .dialing, .passing(_, .none), .broken, .over: nil
        }
    }

    var isOver: Bool {
        switch self {
        case .over: true
        case .dialing, .passing, .broken: false
        }
    }

    /// Whether an end may be read: not while both go into TLS, where only that is read.
    var mayRead: Bool {
        switch self {
        case .passing(let securing, _): !securing.isUnderWay
        case .dialing, .broken, .over: false
        }
    }

    /// Where it stands, for the debug log: without the octets and the facts of TLS that go with it.
    var told: String {
        switch self {
        case .dialing: "dialing"
        case .passing(let securing, let farewell): "passing(\(securing.told), \(farewell))"
        case .broken: "broken"
        case .over: "over"
        }
    }

    // MARK: Transitions

    /// The server has answered the call.
    @discardableResult mutating func connect() -> Bool {
        switch self {
        case .dialing: move(to: .passing(.untouched, .none))
        case .passing, .broken, .over: false
        }
    }

    /// TLS is that far.
    @discardableResult mutating func move(to next: TapSecuring) -> Bool {
        switch self {
        case .passing(_, let farewell): move(to: .passing(next, farewell))
        case .dialing, .broken, .over: false
        }
    }

    /// A side says no more. The first one counts.
    mutating func end(_ side: Side) {
        switch self {
        case .passing(let securing, .none): self = .passing(securing, .said(side))
        case .dialing, .passing(_, .said), .passing(_, .outlived), .broken, .over: break
        }
    }

    /// `side` speaks. Gives the other one, where that has said no more and nobody was told yet.
    mutating func hear(_ side: Side) -> Side? {
        switch self {
        case .passing(let securing, .said(let first)) where first != side:
            self = .passing(securing, .outlived(first))
            return first
        case .dialing, .passing, .broken, .over: return nil
        }
    }

    /// An end failed; whether that is news.
    @discardableResult mutating func fail() -> Bool {
        switch self {
        case .dialing, .passing: move(to: .broken)
        case .broken, .over: false
        }
    }

    @discardableResult mutating func finish() -> Bool {
        switch self {
        case .dialing, .passing, .broken: move(to: .over)
        case .over: false
        }
    }

    private mutating func move(to next: TapLife) -> Bool {
        self = next
        return true
    }
}

/// How far both ends of a tapped conversation are with TLS.
enum TapSecuring {
    /// Nobody has said anything.
    case untouched
    /// In the clear, or TLS that is passed on as it comes. With what the client sent behind STARTTLS before that was answered.
    case clear(behind: [UInt8])
    /// With the server first. With what the client sent of its handshake before its turn.
    case withServer(early: [UInt8])
    /// Then with the client. With what is known of TLS with the server.
    case withClient(TLSFacts)
    case secured

    /// Whether what comes is no TLS of the tap's own, so that STARTTLS may stand in it.
    var isInTheClear: Bool {
        switch self {
        case .untouched, .clear: true
        case .withServer, .withClient, .secured: false
        }
    }

    /// Whether a handshake is under way.
    var isUnderWay: Bool {
        switch self {
        case .withServer, .withClient: true
        case .untouched, .clear, .secured: false
        }
    }

    /// How far it is, in a word.
    fileprivate var told: String {
        switch self {
        case .untouched: "untouched"
        case .clear: "clear"
        case .withServer: "withServer"
        case .withClient: "withClient"
        case .secured: "secured"
        }
    }
}
