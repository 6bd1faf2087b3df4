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

/// The client's side of one AUTH exchange (RFC 4954 §4): which response answers which challenge.
///
/// It decides what is sent after AUTH, and that an exchange which goes on too long is called off. It does not know reply
/// codes, whether the line is protected, or how the exchange ends. Wrong input: a call after the end is our bug and calls
/// the exchange off; a challenge too many is the server's departure and does the same; what a challenge says is ignored,
/// because in PLAIN it is empty and in LOGIN only its place counts.
public struct SASLExchange: Hashable, Sendable {
    /// The mechanisms it speaks, the better first. Both send the password itself, so only a protected line is fit for them.
    public enum Mechanism: String, CaseIterable, Sendable {
        /// One response: identity, user and password (RFC 4616 §2).
        case plain = "PLAIN"
        /// User and password in two responses, never put into an RFC.
        case login = "LOGIN"
    }

    private enum State: Hashable { case start, user, password, done }

    public let mechanism: Mechanism
    private let credentials: Credentials
    private var state = State.start

    public init(_ mechanism: Mechanism, _ credentials: Credentials) {
        self.mechanism = mechanism
        self.credentials = credentials
    }

    /// The better of the mechanisms both sides have; nil when there is none.
    public static func mechanism(offeredIn hello: Hello) -> Mechanism? {
        let offered = hello.keyword("AUTH")?.parameters ?? []
        return Mechanism.allCases.first { row in offered.contains { $0.equalsIgnoringCase(row.rawValue.utf8) } }
    }

    /// The line that opens the exchange; PLAIN brings its initial response with it when the line stays short enough.
    public mutating func start() -> OutgoingLine {
        switch (mechanism, state) {
        case (.plain, .start):
            let withResponse = Array("AUTH PLAIN ".utf8) + Base64.encode(plainResponse)
            // RFC 4954 §4: an initial response that makes the command line too long waits for the challenge.
            guard withResponse.count <= 510 else {
                state = .password
                return line(of: "AUTH PLAIN".utf8)
            }
            state = .done
            return line(of: withResponse)
        case (.login, .start):
            state = .user
            return line(of: "AUTH LOGIN".utf8)
        case (_, .user), (_, .password), (_, .done): return cancel()
        }
    }

    /// The response to a challenge (334); `*` calls the exchange off (RFC 4954 §4).
    public mutating func challenged() -> OutgoingLine {
        switch (mechanism, state) {
        case (.login, .user):
            state = .password
            return line(of: Base64.encode(credentials.user))
        case (.login, .password):
            state = .done
            return line(of: Base64.encode(credentials.secret))
        case (.plain, .password):
            state = .done
            return line(of: Base64.encode(plainResponse))
        case (_, .start), (.plain, .user), (_, .done): return cancel()
        }
    }

    private var plainResponse: [UInt8] { [0] + credentials.user + [0] + credentials.secret }

    private mutating func cancel() -> OutgoingLine {
        state = .done
        return OutgoingLine(trusted: "*")
    }

    /// Base64 and letters cannot hold a line end, so this cannot fail.
    private func line(of octets: some Sequence<UInt8>) -> OutgoingLine {
        (try? OutgoingLine(Array(octets))) ?? OutgoingLine(trusted: "*")
    }
}

/// Base64 as SASL responses wear it: the standard alphabet, padded, no line breaks (RFC 4648 §4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : padding)
            }
        }
        return text
    }

    /// The octets meant; nil when the text is no Base64, unused bits that are not zero included.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let pads = text.reversed().prefix { $0 == padding }.count
        guard pads <= 2 else { return nil }
        var octets: [UInt8] = []
        var bits = 0
        for (place, letter) in text.dropLast(pads).enumerated() {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits = (bits << 6 | value) & 0xFF_FFFF
            if place % 4 > 0 { octets.append(UInt8(bits >> (6 - 2 * (place % 4)) & 0xFF)) }
        }
        let unused = pads == 0 ? 0 : bits & (pads == 1 ? 0b11 : 0b1111)
        return unused == 0 ? octets : nil
    }
}
