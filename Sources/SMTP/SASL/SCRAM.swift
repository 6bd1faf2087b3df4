import Notation

/// The messages of SCRAM-SHA-256 on the client's side (RFC 5802 §5, §7; RFC 7677 §3). Without channel binding.
struct SCRAM: Sendable {
    private let user: [UInt8]
    private let nonce: [UInt8]
    /// What the server has to prove in the end.
    private var serverSignature: [UInt8] = []
    private(set) var finalWithoutProof: [UInt8] = []

    /// The GS2 header that says: no channel binding, no other identity (RFC 5802 §7).
    private static let header = Array("n,,".utf8)

    init(user: [UInt8], nonce: [UInt8]) {
        self.user = user
        self.nonce = nonce
    }

    var clientFirst: [UInt8] { Self.header + clientFirstBare }

    private var clientFirstBare: [UInt8] {
        // RFC 5802 §5.1: a comma and an equals sign of the name are written as =2C and =3D.
        let name = user.flatMap { octet -> [UInt8] in
            switch octet {
            case UInt8(ascii: ","): Array("=2C".utf8)
            case UInt8(ascii: "="): Array("=3D".utf8)
            default: [octet]
            }
        }
        return Array("n=".utf8) + name + Array(",r=".utf8) + nonce
    }

    /// Reads `r=…,s=…,i=…` and gives `c=…,r=…,p=…` (RFC 5802 §3).
    mutating func clientFinal(
        answering serverFirst: [UInt8],
        password: [UInt8],
        _ digests: SASLDigests
    ) throws(SASLError) -> [UInt8] {
        let fields = serverFirst.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count >= 3, let both = Self.value(fields[0], "r"), let salted = Self.value(fields[1], "s"),
            let counted = Self.value(fields[2], "i"), let salt = Base64.decode(Array(salted)), !salt.isEmpty,
            let iterations = Int(counted.lossyText), iterations > 0
        else { throw Self.error(in: fields) ?? .malformedChallenge }
        guard !nonce.isEmpty, both.count > nonce.count, both.starts(with: nonce) else { throw .foreignNonce }
        guard iterations <= ClientSASL.maxIterations else { throw .iterations(iterations) }

        finalWithoutProof = Array("c=".utf8) + Base64.encode(Self.header) + Array(",r=".utf8) + both
        let message = clientFirstBare + [UInt8(ascii: ",")] + serverFirst + [UInt8(ascii: ",")] + finalWithoutProof
        let proofs = SCRAMProofs(password, salt, iterations, message, digests)
        serverSignature = proofs.server
        return finalWithoutProof + Array(",p=".utf8) + Base64.encode(proofs.client)
    }

    /// What is wrong with `v=…`; nil when the server has proved itself.
    func trouble(with serverFinal: [UInt8]) -> SASLError? {
        let fields = serverFinal.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if let error = Self.error(in: fields) { return error }
        guard let field = fields.first, let text = Self.value(field, "v"), let signature = Base64.decode(Array(text))
        else { return .malformedChallenge }
        return signature == serverSignature && !signature.isEmpty ? nil : .wrongSignature
    }

    static func value(_ field: ArraySlice<UInt8>, _ name: Character) -> ArraySlice<UInt8>? {
        field.starts(with: "\(name)=".utf8) ? field.dropFirst(2) : nil
    }

    private static func error(in fields: [ArraySlice<UInt8>]) -> SASLError? {
        fields.first.flatMap { value($0, "e") }.map { .serverError($0.prefix(60).lossyText) }
    }
}

/// What both sides prove with (RFC 5802 §3).
struct SCRAMProofs {
    let client: [UInt8]
    let server: [UInt8]

    /// `message` is the AuthMessage: what both have said, without the client's proof.
    init(_ password: [UInt8], _ salt: [UInt8], _ iterations: Int, _ message: [UInt8], _ digests: SASLDigests) {
        let saltedPassword = digests.stretched(password, salt, iterations)
        let clientKey = digests.hmacSHA256(saltedPassword, Array("Client Key".utf8))
        let clientSignature = digests.hmacSHA256(digests.sha256(clientKey), message)
        client = zip(clientKey, clientSignature).map { $0 ^ $1 }
        let serverKey = digests.hmacSHA256(saltedPassword, Array("Server Key".utf8))
        server = digests.hmacSHA256(serverKey, message)
    }
}
