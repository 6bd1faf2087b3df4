import Notation

/// A user and a secret, on their way to a server. No description ever shows the secret.
public struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    public let user: [UInt8]
    let secret: [UInt8]

    /// A user name and password as typed; neither may be empty or hold NUL, which separates them in PLAIN (RFC 4616 §2).
    public init(user: String, password: String) throws(CredentialsError) {
        self.user = Array(user.utf8)
        secret = Array(password.utf8)
        guard !self.user.isEmpty else { throw .noUser }
        guard !secret.isEmpty else { throw .noPassword }
        guard !self.user.contains(0), !secret.contains(0) else { throw .holdsNUL }
    }

    public var description: String { "\(user.lossyText), •••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["user": user.lossyText]) }
}

/// Why a user and a password cannot be sent.
public enum CredentialsError: Error, Hashable, CustomStringConvertible {
    case noUser, noPassword, holdsNUL

    public var description: String {
        switch self {
        case .noUser: "there is no user name"
        case .noPassword: "there is no password"
        case .holdsNUL: "a user name or password cannot hold a NUL"
        }
    }
}

/// Arithmetic that SASL needs and this module does not have: whoever has a library hands it in.
public struct SASLDigests: Sendable {
    /// HMAC with MD5 over a message (RFC 2104): key, message.
    public var hmacMD5: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    public var hmacSHA256: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    public var sha256: @Sendable (_ message: [UInt8]) -> [UInt8]
    /// PBKDF2 with HMAC-SHA-256 and 32 octets of result (RFC 8018 §5.2).
    public var stretched: @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8]
    /// Printable ASCII without a comma that nobody can guess (RFC 5802 §5.1).
    public var nonce: @Sendable () -> [UInt8]

    public init(
        hmacMD5: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8],
        hmacSHA256: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8],
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8],
        stretched: @escaping @Sendable ([UInt8], [UInt8], Int) -> [UInt8],
        nonce: @escaping @Sendable () -> [UInt8]
    ) {
        self.hmacMD5 = hmacMD5
        self.hmacSHA256 = hmacSHA256
        self.sha256 = sha256
        self.stretched = stretched
        self.nonce = nonce
    }
}

/// The client's side of one AUTH exchange, a state machine (RFC 4954 §4): which response answers which challenge.
///
/// It decides what is sent after AUTH, and that an exchange which goes wrong or on too long is called off. It does not know
/// reply codes, whether the line is protected, or how the exchange ends. Wrong input: a call after the end is our bug and calls
/// the exchange off; a challenge too many, or one that is not what the mechanism says, is the server's departure and does the
/// same, with `trouble` telling why; what a challenge of PLAIN or LOGIN says is ignored, because there only its place counts.
public struct SASLExchange: Sendable {
    /// The mechanisms that are spoken here, the better first, THE table of client and server.
    public enum Mechanism: String, CaseIterable, Sendable {
        /// A proof, no password, and the server proves itself too (RFC 7677, RFC 5802).
        case scramSHA256 = "SCRAM-SHA-256"
        /// A proof with an old hash (RFC 2195).
        case cramMD5 = "CRAM-MD5"
        /// One response: identity, user and password (RFC 4616 §2).
        case plain = "PLAIN"
        /// User and password in two responses, never put into an RFC.
        case login = "LOGIN"
        /// A token in place of a password. Taken only when it is asked for by name, since a password is no token.
        case xoauth2 = "XOAUTH2"

        /// Whether it needs `SASLDigests`.
        var needsDigests: Bool { self == .scramSHA256 || self == .cramMD5 }
    }

    enum State: Sendable {
        case start
        /// The initial response was too long for the command line and waits for an empty challenge.
        case holding([UInt8], then: After)
        case user, password, cramChallenge
        case serverFirst(SCRAM)
        case serverFinal(SCRAM)
        case tokenError
        case done
    }

    /// What follows once a held response is out.
    enum After: Sendable {
        case done, tokenError
        case serverFirst(SCRAM)
    }

    /// RFC 5802 §5.1 sets no bound; beyond this a server only wants to keep a client busy.
    static let maxIterations = 1_000_000
    /// A challenge that is longer has nothing to do with these mechanisms.
    static let longestChallenge = 12_288

    public let mechanism: Mechanism
    /// What the last line of the client says once it is decoded, the secret left out.
    public private(set) var meaning: String?
    /// Why the exchange was called off.
    public private(set) var trouble: SASLError?
    /// Whether the last line was the asterisk; there is nothing to say after it.
    public private(set) var isCalledOff = false
    private let credentials: Credentials
    private let digests: SASLDigests?
    private var state = State.start
    private var isProven: Bool

    public init(_ mechanism: Mechanism, _ credentials: Credentials, _ digests: SASLDigests? = nil) {
        self.mechanism = mechanism
        self.credentials = credentials
        self.digests = digests
        isProven = mechanism != .scramSHA256
    }

    /// The best of the mechanisms both sides have; nil when there is none.
    public static func mechanism(offeredIn hello: Hello, hasDigests: Bool = false) -> Mechanism? {
        Mechanism.allCases.first { row in
            row != .xoauth2 && (hasDigests || !row.needsDigests) && isOffered(row, in: hello)
        }
    }

    /// Whether the server offers this one. Servers of the 1990s write `AUTH=LOGIN`.
    public static func isOffered(_ mechanism: Mechanism, in hello: Hello) -> Bool {
        hello.parameters(of: "AUTH").contains { $0.equalsIgnoringCase(mechanism.rawValue.utf8) }
    }

    /// Accepted by the server: whether it has proved what the mechanism lets it prove.
    public mutating func accepted() -> SASLError? {
        if !isProven, trouble == nil { trouble = .noProof }
        return trouble
    }

    // MARK: Lines

    /// The line that opens the exchange, with the initial response when the line stays short enough.
    public mutating func start() -> OutgoingLine {
        guard case .start = state else { return callOff(nil) }
        switch mechanism {
        case .plain: return open(plainResponse, saying: "user \(shownUser), password •••", then: .done)
        case .login:
            state = .user
            return line(of: "AUTH LOGIN".utf8)
        case .xoauth2: return open(tokenResponse, saying: "user \(shownUser), token •••", then: .tokenError)
        case .cramMD5:
            state = .cramChallenge
            return line(of: "AUTH CRAM-MD5".utf8)
        case .scramSHA256:
            guard let digests else { return callOff(nil) }
            let scram = SCRAM(user: credentials.user, nonce: digests.nonce())
            return open(scram.clientFirst, saying: scram.clientFirst.lossyText, then: .serverFirst(scram))
        }
    }

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
        case .done: return callOff(.tooManyChallenges)
        }
    }

    private mutating func open(_ response: [UInt8], saying meaning: String, then next: After) -> OutgoingLine {
        let command = Array("AUTH \(mechanism.rawValue)".utf8)
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
        guard text.count <= Self.longestChallenge else { return nil }
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
        isProven = true
        state = .done
        meaning = "nothing: the server's proof is right"
        return OutgoingLine(trusted: "")
    }

    private mutating func callOff(_ trouble: SASLError?) -> OutgoingLine {
        state = .done
        isCalledOff = true
        self.trouble = self.trouble ?? trouble
        meaning = "the exchange is called off"
        return OutgoingLine(trusted: "*")
    }

    /// Base64 and letters cannot hold a line end, so this cannot fail.
    private func line(of octets: some Sequence<UInt8>) -> OutgoingLine {
        (try? OutgoingLine(Array(octets))) ?? OutgoingLine(trusted: "*")
    }
}

extension [UInt8] {
    /// Two small hexadecimal digits an octet.
    var hexadecimal: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

/// Why the client called the exchange off.
public enum SASLError: Error, Hashable, Sendable, CustomStringConvertible {
    case notBase64, malformedChallenge, foreignNonce, tooManyChallenges, wrongSignature, noProof
    case iterations(Int)
    case serverError(String)

    public var description: String {
        switch self {
        case .notBase64: "a challenge of the server is no Base64"
        case .malformedChallenge: "a challenge of the server is not what the mechanism says"
        case .foreignNonce: "the server answered with a nonce that is not the client's"
        case .tooManyChallenges: "the server asked more often than the mechanism has it"
        case .wrongSignature: "the server could not prove that it knows the password"
        case .noProof: "the server accepted the login without proving that it knows the password"
        case .iterations(let count): "the server wants the password hashed \(count) times, which nobody should do"
        case .serverError(let error): "the server broke the exchange off with \(error)"
        }
    }
}
