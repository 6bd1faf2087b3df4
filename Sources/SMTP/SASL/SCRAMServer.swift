import Notation

/// The messages of SCRAM-SHA-256 on the server's side (RFC 5802 §5, §7; RFC 7677 §3). Without channel binding.
struct SCRAMServer: Hashable, Sendable {
    /// The client's last message, read.
    struct ClientFinal {
        var withoutProof: [UInt8]
        var proof: [UInt8]
    }

    /// RFC 7677 §4: no fewer.
    static let iterations = 4096
    /// What the answer to it must fit in is one reply line.
    static let maxNonce = 128

    let user: [UInt8]
    let serverFirst: [UInt8]
    private let header: [UInt8]
    private let clientFirstBare: [UInt8]
    private let nonce: [UInt8]
    private let salt: [UInt8]

    /// Reads `n,,n=…,r=…`; nil when it is something else, or asks for what is not offered: channel binding, another
    /// identity, or an extension (RFC 5802 §5.1).
    init?(clientFirst: [UInt8], nonce own: [UInt8], salt: [UInt8]) {
        let fields = clientFirst.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        // `y` says that the client could bind the channel and takes the server for one that cannot, which is true.
        guard fields.count >= 4, [Array("n".utf8), Array("y".utf8)].contains(Array(fields[0])), fields[1].isEmpty,
            let name = SCRAM.value(fields[2], "n"), let user = Self.unescaped(name), !user.isEmpty,
            let theirs = SCRAM.value(fields[3], "r"), !theirs.isEmpty, theirs.count <= Self.maxNonce,
            theirs.allSatisfy({ (33...126).contains($0) }), !own.isEmpty, !salt.isEmpty
        else { return nil }
        self.user = user
        self.salt = salt
        nonce = theirs + own
        header = fields[0] + Array(",,".utf8)
        clientFirstBare = Array(clientFirst.dropFirst(header.count))
        serverFirst =
            Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(salt) + Array(",i=\(Self.iterations)".utf8)
    }

    /// Reads `c=…,r=…,p=…`; nil when it is not what has to come here.
    func read(clientFinal: [UInt8]) -> ClientFinal? {
        let fields = clientFinal.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count >= 3, let binding = SCRAM.value(fields[0], "c"), Array(binding) == Base64.encode(header),
            let both = SCRAM.value(fields[1], "r"), Array(both) == nonce,
            let last = fields.last, let coded = SCRAM.value(last, "p"), let proof = Base64.decode(Array(coded))
        else { return nil }
        return ClientFinal(withoutProof: Array(clientFinal.dropLast(last.count + 1)), proof: proof)
    }

    /// `v=…`, the server's proof; nil when the client's is wrong.
    func serverFinal(answering final: ClientFinal, password: [UInt8], _ digests: SASLDigests) -> [UInt8]? {
        let comma = [UInt8(ascii: ",")]
        let message = clientFirstBare + comma + serverFirst + comma + final.withoutProof
        let proofs = SCRAMProofs(password, salt, Self.iterations, message, digests)
        guard proofs.client == final.proof, !final.proof.isEmpty else { return nil }
        return Array("v=".utf8) + Base64.encode(proofs.server)
    }

    /// `=2C` and `=3D` stand for a comma and an equals sign; any other equals sign is wrong (RFC 5802 §5.1).
    private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = name
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "=") else {
                octets.append(octet)
                continue
            }
            if rest.starts(with: "2C".utf8) {
                octets.append(UInt8(ascii: ","))
            } else if rest.starts(with: "3D".utf8) {
                octets.append(octet)
            } else {
                return nil
            }
            rest = rest.dropFirst(2)
        }
        return octets
    }
}
