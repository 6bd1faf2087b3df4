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

extension AuthenticationResults {
    /// A mail without the fields that say they are from this server, and how many there were: anybody may have written them
    /// (RFC 8601 §5). A field of another server stays as it is, with its line ends.
    public static func removingOwn(_ server: String, from content: [UInt8]) -> (content: [UInt8], removed: Int) {
        var (kept, removed) = ([UInt8](), 0)
        var rest = content[...]
        while let field = nextField(rest) {
            if isOwn(field, server) { removed += 1 } else { kept += field }
            rest = rest[field.endIndex...]
        }
        return (kept + rest, removed)
    }

    /// The lines of the next field, folded ones with it; nil at the empty line that ends the header, and behind all.
    private static func nextField(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = rest.first, first != 13, first != 10 else { return nil }
        var end = rest.startIndex
        repeat {
            end = rest[end...].firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
        } while end < rest.endIndex && (rest[end] == 32 || rest[end] == 9)
        return rest[..<end]
    }

    private static func isOwn(_ field: ArraySlice<UInt8>, _ server: String) -> Bool {
        guard let read = HeaderField.fields(of: Array(field)).first, read.isNamed("Authentication-Results") else {
            return false
        }
        return authenticationServer(read.body).equalsIgnoringCase(server.utf8)
    }

    /// The name that the field begins with, behind comments and perhaps in quotes (RFC 8601 §2.2).
    private static func authenticationServer(_ body: [UInt8]) -> [UInt8] {
        var name: [UInt8] = []
        var (depth, isQuoted, isEscaped) = (0, false, false)
        for octet in body {
            if isEscaped {
                if depth == 0 { name.append(octet) }
                isEscaped = false
                continue
            }
            switch octet {
            case UInt8(ascii: "\\") where isQuoted || depth > 0: isEscaped = true
            case UInt8(ascii: "\"") where depth == 0: isQuoted.toggle()
            case _ where isQuoted: name.append(octet)
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth = max(0, depth - 1)
            case _ where depth > 0: break
            case UInt8(ascii: ";"): return name
            // Behind the name may stand a version.
            case 32, 9: if !name.isEmpty { return name }
            default: name.append(octet)
            }
        }
        return name
    }
}
