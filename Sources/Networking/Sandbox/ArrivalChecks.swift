import DNS
import SMTP
import Tracing

/// What the recipient's server checks of a mail that it has taken: SPF, DKIM and DMARC, by the records that the DNS has.
///
/// A domain that the name server does not serve gives `temperror`: nobody could say.
struct ArrivalChecks: Sendable {
    let resolver: Resolver
    /// Who checks.
    let serverName: String
    /// Where the mail came from.
    let clientAddress: IPAddress?
    let clientName: [UInt8]
    let mail: MailObject
    /// Hears of each lookup, in words for a person.
    let tell: @Sendable (String) -> Void

    /// The most signatures of a mail that are checked.
    private static let maxSignatures = 5

    /// The field with what was found.
    func run() async -> AuthenticationResults {
        var results = AuthenticationResults(server: serverName)
        let sender = senderDomain
        let spf = await checkSPF(sender.domain)
        results.add(spf, domain: sender.domain, isHello: sender.isHello)

        var signers: [[UInt8]] = []
        let fields = DKIMVerifier.fields(of: mail.content)
        for field in fields.prefix(Self.maxSignatures) {
            let signature = DKIMSignature(field.body)
            let result = await checkDKIM(field, signature)
            if result == .pass, let domain = signature?.domain { signers.append(domain) }
            results.add(result, signature)
        }
        if fields.isEmpty { results.add(.none, nil) }

        let author = authorDomain
        let passed = spf == .pass ? sender.domain : nil
        results.add(await checkDMARC(author, spf: passed, dkim: signers), author: author)
        return results
    }

    /// The mail as it is kept: without results that say they are this server's own, before it adds those that are (RFC 8601 §5).
    func contentToKeep() -> [UInt8] {
        let (content, removed) = AuthenticationResults.removingOwn(serverName, from: mail.content)
        if removed > 0 {
            let fields = removed == 1 ? "an Authentication-Results" : "\(removed) fields Authentication-Results"
            tell(
                "\(serverName) removes \(fields) with its own name from the mail: it came with it, so anybody may have written it (RFC 8601 §5)"
            )
        }
        return content
    }

    /// The domain of the reverse-path; with `<>` the name that the client called itself (RFC 7208 §2.4).
    private var senderDomain: (domain: [UInt8], isHello: Bool) {
        switch mail.envelope.reversePath {
        case .mailbox(let mailbox): (mailbox.domain, false)
        case .null: (clientName, true)
        }
    }

    /// The one domain that the From field names; nil when there are several, or none (RFC 7489 §6.6.1).
    private var authorDomain: [UInt8]? {
        let mailboxes = HeaderField.fields(of: mail.content).filter { $0.isNamed("From") }.flatMap(\.mailboxes)
        guard let domain = mailboxes.first?.domain,
            mailboxes.allSatisfy({ $0.domain.equalsIgnoringCase(domain) })
        else { return nil }
        return domain
    }

    // MARK: Each check

    private func checkSPF(_ domain: [UInt8]) async -> SPFRecord.Result {
        guard let address = clientAddress?.octets, Domain.isFullyQualified(domain) else { return .none }
        guard let records = await texts(at: domain.lossyText) else { return .temperror }
        return SPFRecord.check(records, address: address)
    }

    private func checkDKIM(_ field: HeaderField, _ signature: DKIMSignature?) async -> DKIMVerifier.Result {
        guard let signature else { return .neutral }
        guard let records = await texts(at: signature.keyName) else { return .temperror }
        return DKIMVerifier.openSSL.check(field, of: mail.content, records: records)
    }

    private func checkDMARC(_ author: [UInt8]?, spf: [UInt8]?, dkim: [[UInt8]]) async -> DMARCRecord.Result {
        guard let author else { return .permerror }
        guard let records = await texts(at: "_dmarc.\(author.lossyText)") else { return .temperror }
        guard let record = DMARCRecord(records) else { return .none }
        return record.check(author: author, spf: spf, dkim: dkim)
    }

    /// The texts at a name, the strings of each put together (RFC 7208 §3.3); nil when nobody could say.
    private func texts(at name: String) async -> [[UInt8]]? {
        guard let name = try? Name(name) else { return [] }
        let lookup = await resolver.lookup(name, .txt)
        switch lookup.failure {
        case nil: break
        case .nameError, .noData:
            tell("\(serverName) looks up TXT \(name): there is none")
            return []
        case let failure?:
            tell("\(serverName) looks up TXT \(name): \(failure)")
            return nil
        }
        let texts = (lookup.reading?.message.answers ?? []).compactMap { record -> [UInt8]? in
            if case .txt(let strings) = record.data { strings.flatMap { $0 } } else { nil }
        }
        for text in texts { tell("\(serverName) looks up TXT \(name): \(WireText.shown(text))") }
        return texts
    }
}

extension IPAddress {
    /// In network order, an IPv4-mapped address as the four octets that it is.
    fileprivate var octets: [UInt8] {
        switch unmapped {
        case .v4(let address): address.octets
        case .v6(let address): address.octets
        }
    }
}
