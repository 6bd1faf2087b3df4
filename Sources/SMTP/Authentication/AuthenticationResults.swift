/// What a receiving server found out about where a mail is from (RFC 8601 §2.2).
///
///     Authentication-Results: mx1.receiver.example;
///      spf=pass smtp.mailfrom=sender.example;
///      dkim=pass header.d=sender.example header.s=s1;
///      dmarc=pass header.from=sender.example
public struct AuthenticationResults: Equatable, Sendable {
    /// Who checked.
    private let server: String
    private var results: [String] = []

    public init(server: String) { self.server = server }

    /// SPF was checked for the domain of the reverse-path, or for the name that the client called itself.
    public mutating func add(_ result: SPFRecord.Result, domain: [UInt8], isHello: Bool) {
        add("spf=\(result.rawValue)", [(isHello ? "smtp.helo" : "smtp.mailfrom", domain)])
    }

    /// DKIM was checked; the signature, where there is one that can be read.
    public mutating func add(_ result: DKIMVerifier.Result, _ signature: DKIMSignature?) {
        add(
            "dkim=\(result.rawValue)",
            signature.map { [("header.d", $0.domain), ("header.s", $0.selector)] } ?? []
        )
    }

    /// DMARC was checked for the domain of the From field.
    public mutating func add(_ result: DMARCRecord.Result, author: [UInt8]?) {
        add("dmarc=\(result.rawValue)", author.map { [("header.from", $0)] } ?? [])
    }

    private mutating func add(_ result: String, _ properties: [(String, [UInt8])]) {
        let told = properties.map { " \($0)=\(Self.value($1))" }.joined()
        results.append(result + told)
    }

    /// A value as it may stand in the field: a domain as it is, anything else as a quoted string of its printable octets.
    private static func value(_ octets: [UInt8]) -> String {
        if Domain.isDomain(octets) { return octets.lossyText }
        let printable = octets.filter { (32...126).contains($0) && $0 != 0x22 && $0 != 0x5C }
        return "\"\(printable.lossyText)\""
    }

    /// The field, folded, with its CRLF. Without any result it says `none`.
    public var field: [UInt8] {
        var field = Array("Authentication-Results: \(server)".utf8)
        for result in results.isEmpty ? ["none"] : results {
            field += [UInt8(ascii: ";"), 13, 10, 9] + Array(result.utf8)
        }
        return field + [13, 10]
    }
}
