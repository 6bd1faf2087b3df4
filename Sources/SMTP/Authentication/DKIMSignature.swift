import Notation

/// A DKIM-Signature field: who answers for a mail, and what of it is signed (RFC 6376 §3.5).
///
/// It is read and written with the relaxed canonicalization alone, since that is the one that our own server uses.
public struct DKIMSignature: Equatable, Sendable {
    /// How the hash is signed (RFC 6376 §3.3, RFC 8463 §3).
    public enum Algorithm: String, Sendable {
        case rsaSHA256 = "rsa-sha256"
        case ed25519SHA256 = "ed25519-sha256"

        /// What `k=` of the key record says.
        var keyType: String { self == .rsaSHA256 ? "rsa" : "ed25519" }
    }

    public let algorithm: Algorithm
    /// `d=`, the domain that answers for the mail.
    public let domain: [UInt8]
    public let selector: [UInt8]
    /// `h=`, the names of the fields that are signed.
    let fieldNames: [[UInt8]]
    let bodyHash: [UInt8]
    let signature: [UInt8]

    /// Where the public key is: a TXT record of this name (RFC 6376 §3.6.2.1).
    public var keyName: String { "\(selector.lossyText)._domainkey.\(domain.lossyText)" }

    /// Reads the body of the field, unfolded. Nil where it breaks the rules of RFC 6376 §6.1.1, or asks for what is not spoken here:
    /// another algorithm or canonicalization, or a signature over a part of the body.
    public init?(_ body: [UInt8]) {
        guard let tags = TagList(body), tags["v"] == Array("1".utf8), tags["l"] == nil,
            tags["c"] == Array("relaxed/relaxed".utf8),
            let algorithm = tags["a"].flatMap({ Algorithm(rawValue: $0.lossyText) }),
            let domain = tags["d"], Domain.isDomain(domain), let selector = tags["s"], Domain.isDomain(selector),
            let names = tags["h"], let bodyHash = tags.base64("bh"), let signature = tags.base64("b")
        else { return nil }
        fieldNames = names.split(separator: UInt8(ascii: ":")).map(\.trimmingWhiteSpace)
        // The From field MUST be signed (RFC 6376 §5.4).
        guard fieldNames.contains(where: { $0.equalsIgnoringCase("from".utf8) }) else { return nil }
        (self.algorithm, self.domain, self.selector) = (algorithm, domain, selector)
        (self.bodyHash, self.signature) = (bodyHash, signature)
    }

    /// The fields that `h=` names, from the last of each name up, and then the signature's own field without its `b=`
    /// (RFC 6376 §3.7, §5.4.2). A name without a field stands for nothing.
    static func signedOctets(_ names: [[UInt8]], of fields: [HeaderField], signature: HeaderField) -> [UInt8] {
        var rest = fields
        var octets: [UInt8] = []
        for name in names {
            guard let place = rest.lastIndex(where: { $0.name.equalsIgnoringCase(name) }) else { continue }
            octets += RelaxedCanonicalization.field(rest.remove(at: place)) + [13, 10]
        }
        return octets + RelaxedCanonicalization.field(signature.withoutSignature)
    }
}

extension HeaderField {
    /// A DKIM-Signature field as it is signed: with nothing behind `b=`.
    fileprivate var withoutSignature: HeaderField {
        var field = self
        let tags = body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { tag -> [UInt8] in
            guard let equals = tag.firstIndex(of: UInt8(ascii: "=")), Tag(tag).name == [UInt8(ascii: "b")] else {
                return Array(tag)
            }
            return Array(tag[...equals])
        }
        field.body = Array(tags.joined(separator: [UInt8(ascii: ";")]))
        return field
    }
}
