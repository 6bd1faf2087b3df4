import Notation

/// Checks the signature of a mail against the key that its domain publishes (RFC 6376 §6.1).
public struct DKIMVerifier: Sendable {
    /// How a check ended (RFC 8601 §2.7.1).
    public enum Result: String, Sendable {
        case pass, fail
        /// No signature.
        case none
        /// A signature that cannot be read here.
        case neutral
        case temperror, permerror
    }

    /// The public key of a domain, in the form that its record has it.
    public typealias PublicKey = [UInt8]

    var sha256: @Sendable ([UInt8]) -> [UInt8]
    /// Whether the signature of the octets was made with the private key to this one.
    var verifies: @Sendable (DKIMSignature.Algorithm, PublicKey, _ signature: [UInt8], _ octets: [UInt8]) -> Bool

    public init(
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8],
        verifies: @escaping @Sendable (DKIMSignature.Algorithm, PublicKey, [UInt8], [UInt8]) -> Bool
    ) {
        (self.sha256, self.verifies) = (sha256, verifies)
    }

    /// The fields of a mail that are signatures, the topmost first.
    public static func fields(of content: [UInt8]) -> [HeaderField] {
        HeaderField.fields(of: content).filter { $0.isNamed("DKIM-Signature") }
    }

    /// Checks one of them; `records` are the texts at the name of its key.
    public func check(_ field: HeaderField, of content: [UInt8], records: [[UInt8]]) -> Result {
        guard let signature = DKIMSignature(field.body) else { return .neutral }
        guard let key = Self.key(in: records, for: signature.algorithm) else { return .permerror }
        guard sha256(RelaxedCanonicalization.body(of: content)) == signature.bodyHash else { return .fail }
        let fields = HeaderField.fields(of: content)
        let octets = DKIMSignature.signedOctets(signature.fieldNames, of: fields, signature: field)
        return verifies(signature.algorithm, key, signature.signature, octets) ? .pass : .fail
    }

    /// The key in the first record that is one (RFC 6376 §3.6.1); nil when there is none, or it was revoked.
    private static func key(in records: [[UInt8]], for algorithm: DKIMSignature.Algorithm) -> PublicKey? {
        for record in records {
            guard let tags = TagList(record), let key = tags.base64("p"), !key.isEmpty else { continue }
            guard tags["v"] == nil || tags.first == "v" && tags["v"] == Array("DKIM1".utf8) else { continue }
            if (tags["k"] ?? Array("rsa".utf8)).lossyText == algorithm.keyType { return key }
        }
        return nil
    }
}
