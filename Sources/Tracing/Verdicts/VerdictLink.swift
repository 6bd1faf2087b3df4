import SMTP

/// What `VerdictReading` knows of the connection under way.
struct VerdictLink: Sendable {
    var number = 0
    /// Whom it is made to; nil where that was not told.
    var endpoint: EndpointName?
    /// It is tried, and nobody has answered.
    var isTrying = false
    /// Which sides have said anything.
    var spoken = Sides()
    /// A command was sent in the clear.
    var hasAsked = false
    var hasReplied = false
    /// EHLO waits for its answer.
    var awaitsHello = false
    var hasQuit = false
    /// The server has said that it closes (RFC 5321 §3.8).
    var said421 = false
    var isClosed = false
    /// Sides whose application data went by in TLS (RFC 8446 §5.1), and whether TLS was spoken at all.
    var sealed = Sides()
    var speaksTLS = false
    /// Which sides speak TLS without STARTTLS, and the line where that began.
    private(set) var unasked = Sides()
    private(set) var unaskedLine: Int?
    /// STARTTLS was accepted.
    var awaitsTLS = false
    /// What is said inside TLS is known.
    var isOpened = false

    init(number: Int = 0, endpoint: EndpointName? = nil, isTrying: Bool = false) {
        (self.number, self.endpoint, self.isTrying) = (number, endpoint, isTrying)
    }

    /// What it means when the connection ends now and the server has not said a word; nil where it has.
    var silence: LinkFailure? {
        guard number > 0, !isClosed, !isTrying, !spoken.contains(.server), !speaksTLS else { return nil }
        return endpoint?.beginsWithTLS == true ? .tlsExpected : .noGreeting
    }

    /// Only the client speaks TLS, so that what the server says now comes in the clear.
    var onlyClientSpeaksTLS: Bool { speaksTLS && unasked.only == .client }

    /// It failed. Where TLS came to nothing, what went by sealed was the handshake.
    mutating func failed(_ failure: LinkFailure?) {
        isClosed = true
        if failure == .tlsFailed { sealed = Sides() }
    }

    /// A side sends a record of TLS. Says what is wrong where the other has spoken in the clear (RFC 8314 §3.3).
    mutating func begins(_ side: Side, inLine line: Int?) -> LinkFailure? {
        guard !awaitsTLS else { return nil }
        unasked.insert(side)
        unaskedLine = unaskedLine ?? line
        guard !speaksTLS else { return nil }
        switch side {
        case .client: return hasReplied ? .clearExpected : nil
        case .server: return hasAsked && !hasReplied ? .tlsExpected : nil
        }
    }
}
