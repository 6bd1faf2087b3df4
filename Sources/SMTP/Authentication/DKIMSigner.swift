import Notation

/// Signs a mail for a domain, as a submission server does (RFC 6376 §5).
public struct DKIMSigner: Sendable {
    /// What the signature is made with; whoever has cryptography gives it.
    public struct Key: Sendable {
        var algorithm: DKIMSignature.Algorithm
        var sha256: @Sendable ([UInt8]) -> [UInt8]
        /// The signature of these octets.
        var sign: @Sendable ([UInt8]) -> [UInt8]

        public init(
            algorithm: DKIMSignature.Algorithm,
            sha256: @escaping @Sendable ([UInt8]) -> [UInt8],
            sign: @escaping @Sendable ([UInt8]) -> [UInt8]
        ) {
            (self.algorithm, self.sha256, self.sign) = (algorithm, sha256, sign)
        }
    }

    private let domain: String
    private let selector: String
    private let key: Key

    public init(domain: String, selector: String, key: Key) {
        (self.domain, self.selector, self.key) = (domain, selector, key)
    }

    /// What is signed where it is there: what a reader sees, and how the body is to be read (RFC 6376 §5.4.1).
    private static let fieldNames = [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    ]
    /// How many octets of Base64 stand in a line.
    private static let maxInLine = 48

    /// The field for this mail, folded, with its CRLF; `seconds` since 1970 is when it was signed.
    public func field(for content: [UInt8], at seconds: Int) -> [UInt8] {
        let fields = HeaderField.fields(of: content)
        let names = Self.fieldNames.filter { name in fields.contains { $0.isNamed(name) } }
        let hash = Base64.encode(key.sha256(RelaxedCanonicalization.body(of: content)))
        let list = names.map { $0.lowercased() }.joined(separator: ":")
        let unsigned = """
            DKIM-Signature: v=1; a=\(key.algorithm.rawValue);\r
            \tc=relaxed/relaxed; d=\(domain); s=\(selector);\r
            \tt=\(seconds); h=\(list);\r
            \tbh=\(hash.lossyText);\r
            \tb=
            """
        let own = HeaderField.fields(of: Array(unsigned.utf8))
        let octets = DKIMSignature.signedOctets(names.map { Array($0.utf8) }, of: fields, signature: own[0])
        return Array(unsigned.utf8) + Self.folded(Base64.encode(key.sign(octets))) + [13, 10]
    }

    private static func folded(_ text: [UInt8]) -> [UInt8] {
        let pieces = stride(from: 0, to: text.count, by: maxInLine).map { text[$0..<min($0 + maxInLine, text.count)] }
        return Array(pieces.joined(separator: [13, 10, 9]))
    }
}
