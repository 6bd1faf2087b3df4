import Notation

/// The client's side of one AUTH exchange, a state machine (RFC 4954 §4): which response answers which challenge.
///
/// It decides what is sent after AUTH, and that an exchange which goes wrong or on too long is called off. It does not know
/// reply codes, whether the line is protected, or how the exchange ends. Wrong input: a call after the end is our bug and calls
/// the exchange off; a challenge too many, or one that is not what the mechanism says, is the server's departure and does the
/// same, with `trouble` telling why; what a challenge of PLAIN or LOGIN says is ignored, because there only its place counts.
public struct ClientSASL: Sendable {
    enum State: Sendable {
        case start
        /// The initial response was too long for the command line and waits for an empty challenge.
        case holding([UInt8], then: After)
        case user, password, cramChallenge
        case serverFirst(SCRAM)
        case serverFinal(SCRAM)
        case tokenError
        /// The last line is out.
        case done
        /// The last line was the asterisk; why, where the server is to blame.
        case calledOff(SASLError?)
    }

    /// What follows once a held response is out.
    enum After: Sendable {
        case done, tokenError
        case serverFirst(SCRAM)
    }

    /// RFC 5802 §5.1 sets no bound; beyond this a server only wants to keep a client busy.
    static let maxIterations = 1_000_000
    /// A challenge that is longer has nothing to do with these mechanisms.
    static let maxChallenge = 12_288

    public let mechanism: Mechanism
    /// What the last line of the client says once it is decoded, the secret left out.
    public private(set) var meaning: String?
    /// Why the exchange was called off.
    public var trouble: SASLError? { if case .calledOff(let trouble) = state { trouble } else { nil } }
    /// Whether the last line was the asterisk; there is nothing to say after it.
    public var isCalledOff: Bool { if case .calledOff = state { true } else { false } }
    private let credentials: Credentials
    private let digests: SASLDigests?
    private var state = State.start

    public init(_ mechanism: Mechanism, _ credentials: Credentials, _ digests: SASLDigests? = nil) {
        self.mechanism = mechanism
        self.credentials = credentials
        self.digests = digests
    }

    /// The best of the mechanisms both sides have; nil when there is none.
    public static func mechanism(offeredIn hello: Hello, hasDigests: Bool = false) -> Mechanism? {
        Mechanism.spoken.first { row in
            row.sends != .token && (hasDigests || !row.needsDigests) && isOffered(row, in: hello)
        }
    }

    /// Whether the server offers this one. Servers of the 1990s write `AUTH=LOGIN`.
    public static func isOffered(_ mechanism: Mechanism, in hello: Hello) -> Bool {
        hello.parameters(of: "AUTH").contains { $0.equalsIgnoringCase(mechanism.name.utf8) }
    }

    /// Accepted by the server: what is wrong with that, as where it has not proved what the mechanism lets it prove.
    public func accepted() -> SASLError? {
        switch state {
        case .serverFirst, .serverFinal, .holding(_, then: .serverFirst): .noProof
        case .calledOff(let trouble): trouble
        case .start, .holding(_, then: .done), .holding(_, then: .tokenError), .user, .password, .cramChallenge,
            .tokenError, .done:
            nil
        }
    }

    // MARK: Lines

    /// The line that opens the exchange, with the initial response when the line stays short enough.
    public mutating func start() -> OutgoingLine {
        guard case .start = state else { return callOff(nil) }
        switch mechanism {
        case .plain: return open(plainResponse, saying: "user \(shownUser), password •••", then: .done)
        case .login:
            state = .user
            return bareLine
        case .xoauth2: return open(tokenResponse, saying: "user \(shownUser), token •••", then: .tokenError)
        case .cramMD5:
            state = .cramChallenge
            return bareLine
        case .scramSHA256:
            guard let digests else { return callOff(nil) }
            let scram = SCRAM(user: credentials.user, nonce: digests.nonce())
            return open(scram.clientFirst, saying: scram.clientFirst.lossyText, then: .serverFirst(scram))
        case .digestMD5, .oauthBearer, .external, .anonymous, .gssapi, .gs2Kerberos, .spnego, .ntlm, .kerberosV4,
            .scramSHA1, .scramSHA1Plus, .scramSHA256Plus, .scramSHA512, .scramSHA512Plus, .gs2KerberosPlus, .eap,
            .eapPlus, .otp, .skey, .securID, .oauth10A, .openID20, .saml20, .xoauth, .yahooCookie:
            return callOff(.notSpoken)
        }
    }

    /// AUTH without an initial response, as where the server speaks first.
    private var bareLine: OutgoingLine { line(of: "AUTH \(mechanism.name)".utf8) }

    /// The response to a challenge (334) with this text; `*` calls the exchange off (RFC 4954 §4).
    public mutating func challenged(_ text: [UInt8] = []) -> OutgoingLine {
        switch state {
        case .holding(let response, let next):
            follow(next)
            return line(of: Base64.encode(response))
        case .user:
            state = .password
            meaning = "user \(shownUser)"
            return line(of: Base64.encode(credentials.user))
        case .password:
            state = .done
            meaning = "password •••"
            return line(of: Base64.encode(credentials.secret))
        case .cramChallenge: return answerCRAM(text)
        case .serverFirst(let scram): return answerServerFirst(text, scram)
        case .serverFinal(let scram): return answerServerFinal(text, scram)
        case .tokenError:
            // The reason stands in the challenge; an empty response fetches the refusal.
            state = .done
            meaning = "nothing, to fetch the refusal"
            return OutgoingLine(trusted: "")
        case .start: return callOff(nil)
        case .done, .calledOff: return callOff(.tooManyChallenges)
        }
    }

    private mutating func open(_ response: [UInt8], saying meaning: String, then next: After) -> OutgoingLine {
        let command = Array("AUTH \(mechanism.name)".utf8)
        let whole = command + [32] + Base64.encode(response)
        self.meaning = meaning
        // RFC 4954 §4: an initial response that makes the command line too long waits for the challenge.
        guard whole.count <= 510 else {
            state = .holding(response, then: next)
            return line(of: command)
        }
        follow(next)
        return line(of: whole)
    }

    private mutating func follow(_ next: After) {
        switch next {
        case .done: state = .done
        case .tokenError: state = .tokenError
        case .serverFirst(let scram): state = .serverFirst(scram)
        }
    }

    private var shownUser: String { credentials.user.lossyText }
    private var plainResponse: [UInt8] { [0] + credentials.user + [0] + credentials.secret }

    private var tokenResponse: [UInt8] {
        Array("user=".utf8) + credentials.user + [1] + Array("auth=Bearer ".utf8) + credentials.secret + [1, 1]
    }

    // MARK: Challenges with a meaning

    private mutating func decoded(_ text: [UInt8]) -> [UInt8]? {
        guard text.count <= Self.maxChallenge else { return nil }
        return Base64.decode(text)
    }

    private mutating func answerCRAM(_ text: [UInt8]) -> OutgoingLine {
        guard let challenge = decoded(text) else { return callOff(.notBase64) }
        guard let digests, !challenge.isEmpty else { return callOff(.malformedChallenge) }
        state = .done
        let digest = digests.hmacMD5(credentials.secret, challenge).hexadecimal
        meaning = "user \(shownUser), a proof of 32 digits"
        return line(of: Base64.encode(credentials.user + [32] + digest))
    }

    private mutating func answerServerFirst(_ text: [UInt8], _ scram: SCRAM) -> OutgoingLine {
        guard let first = decoded(text) else { return callOff(.notBase64) }
        guard let digests else { return callOff(nil) }
        var scram = scram
        do throws(SASLError) {
            let final = try scram.clientFinal(answering: first, password: credentials.secret, digests)
            state = .serverFinal(scram)
            meaning = "\(scram.finalWithoutProof.lossyText),p=•••"
            return line(of: Base64.encode(final))
        } catch { return callOff(error) }
    }

    private mutating func answerServerFinal(_ text: [UInt8], _ scram: SCRAM) -> OutgoingLine {
        guard let final = decoded(text) else { return callOff(.notBase64) }
        if let trouble = scram.trouble(with: final) { return callOff(trouble) }
        state = .done
        meaning = "nothing: the server's proof is right"
        return OutgoingLine(trusted: "")
    }

    private mutating func callOff(_ trouble: SASLError?) -> OutgoingLine {
        // The first reason counts.
        state = .calledOff(self.trouble ?? trouble)
        meaning = "the exchange is called off"
        return OutgoingLine(trusted: "*")
    }

    /// Base64 and letters cannot hold a line end, so this cannot fail.
    private func line(of octets: some Sequence<UInt8>) -> OutgoingLine {
        (try? OutgoingLine(Array(octets))) ?? OutgoingLine(trusted: "*")
    }
}

/// Why the client called the exchange off.
public enum SASLError: Error, Hashable, Sendable, CustomStringConvertible {
    case notBase64, malformedChallenge, foreignNonce, tooManyChallenges, wrongSignature, noProof, notSpoken
    case iterations(Int)
    case serverError(String)

    public var description: String {
        switch self {
        case .notBase64: "a challenge of the server is no Base64"
        case .malformedChallenge: "a challenge of the server is not what the mechanism says"
        case .foreignNonce: "the server answered with a nonce that is not the client's"
        case .tooManyChallenges: "the server asked more often than the mechanism has it"
        case .wrongSignature: "the server could not prove that it holds the keys made from the password"
        case .notSpoken: "this program does not speak the mechanism"
        case .noProof: "the server accepted the login without a proof that it holds the keys made from the password"
        case .iterations(let count): "the server wants the password hashed \(count) times, which nobody should do"
        case .serverError(let error): "the server broke the exchange off with \(error)"
        }
    }
}
