import DNS
import SMTP
import Tracing

/// What a world has that is walked with TLS: certificates made at its start, and a key that signs the recipient's zone. Nothing of
/// it outlives the run, and nothing of it is in a file. The certificates are good for a day, so a walk may wait as long.
struct WalkSecurity: Sendable {
    /// What is wrong with the recipient's side.
    enum Flaw: Sendable {
        /// The server has another key than the records say: they were forgotten when it was changed.
        case forgottenRecord
        /// Somebody has changed the TLSA records and could not sign them.
        case forgedRecord
        /// Somebody has struck STARTTLS out of the offer.
        case noSTARTTLS
    }

    /// Vouches for the submission server alone; the user agent trusts it, as a computer trusts the authorities it comes with.
    private let authority: TLSAuthority
    private let submission: TLSIdentity
    /// It has the names of all exchangers, since one server answers for all. It vouches for itself: only its key counts, and the DNS
    /// says which that is (RFC 7672 §3.1.1).
    private let relay: TLSIdentity
    private let zone: Name
    /// Another one each time, and nobody's outside of this world.
    let signer: ZoneSigner
    private let time: @Sendable () -> Int
    private let flaw: Flaw?

    init(_ configuration: SandboxConfiguration) throws(TLSError) {
        let own = configuration.ownServerName
        authority = try TLSAuthority(commonName: "The sandbox's authority", names: [own])
        submission = try authority.issue(names: [own])
        relay = try TLSIdentity.selfSigned(
            names: SandboxConfiguration.exchangers.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) }
                .map { "\($0.host).\(configuration.recipientDomain)" },
            days: 1
        )
        zone = configuration.recipientDomain
        time = { configuration.date.seconds }
        flaw = configuration.flaw
        let now = time()
        signer = ZoneSigner(
            key: Ed25519Key(from: Array("zone \(zone) \(configuration.seed)".utf8)),
            // Clocks differ, and a walk may take long.
            times: now - 3600...now + 7 * 86_400
        )
    }

    // MARK: The recipient's zone

    /// What the zone says of each exchanger.
    var association: TLSA {
        var association = relay.association
        if flaw == .forgottenRecord { association.associationData = SASLDigests.openSSL.sha256([]) }
        return association
    }

    /// The signed zone as it is served.
    func damaged(_ zone: Zone) -> Zone {
        guard flaw == .forgedRecord else { return zone }
        var zone = zone
        for index in zone.records.indices {
            guard case .tlsa(var association) = zone.records[index].data else { continue }
            association.associationData = SASLDigests.openSSL.sha256([])
            zone.records[index].data = .tlsa(association)
        }
        return zone
    }

    /// What the sender's server checks answers with. It knows the key of the recipient's zone beforehand.
    func trust(
        _ resolver: Resolver,
        _ observe: @escaping @Sendable (Resolver.Packet) -> Void,
        tell: @escaping @Sendable (String) -> Void
    ) -> ZoneTrust {
        ZoneTrust(
            .init(signer.record, of: zone),
            resolver: resolver,
            now: time,
            observe: observe,
            tell: tell
        )
    }

    // MARK: The ends of the connections

    /// A person may think as long as before any other step, and the server waits: for a day at most.
    private static let patience = 86_400
    /// Seconds that a handshake may take which was let go: its other end is ours and answers, however busy the machine is.
    private static let answerPatience = 120

    var submissionServer: TLSSetup { TLSSetup(.server(submission), seconds: Self.patience) }
    var relayServer: TLSSetup { TLSSetup(.server(relay), seconds: Self.patience) }
    /// Whether the recipient's server is heard to offer TLS.
    var offersTLS: Bool { flaw != .noSTARTTLS }

    /// Why it says of that authority that this system trusts it.
    static let userAgentTrust =
        "The user agent trusts an authority of the sandbox's own, made at this start, beside those of the system"

    /// The user agent goes on only with a certificate that is for its server and that its authority vouches for.
    func userAgent(asking name: String) -> TLSSetup {
        TLSSetup(
            .client(serverName: name),
            authorities: authority.pemCertificate,
            mustVerify: true,
            seconds: Self.answerPatience
        )
    }

    /// The sender's server holds the certificate against the records that it has looked up.
    func sender(to destination: Destination) -> TLSSetup {
        var setup = TLSSetup(.client(serverName: destination.host), seconds: Self.answerPatience)
        setup.associations = destination.associations
        return setup
    }
}

/// Where the mail goes, as the DNS has it.
struct Destination: Sendable {
    /// The most preferred exchanger.
    var host: String
    var address: IPAddress
    /// What its certificate must be; empty where nobody says, or nobody asked.
    var associations: [TLSA]

    /// Why there is nowhere to go, and whether there may be later.
    struct NotFoundError: Error {
        var failure: WireEvent.Failure
        var disposition: Disposition

        init(_ failure: LookupError) { (self.failure, disposition) = (failure.told, failure.disposition) }
        init(_ outcome: ExchangerChoice.Outcome) { (failure, disposition) = (outcome.told, outcome.disposition) }
    }

    /// Asks for the exchangers, for the addresses of the first, and, where answers are checked, for its certificate (RFC 7672 §2.2).
    static func find(_ routing: MailRouting, for domain: Name, seed: UInt64) async -> Result<Destination, NotFoundError>
    {
        do throws(LookupError) {
            let choice = try await routing.choice(for: domain, seed: seed).get()
            guard let best = choice.candidates.first,
                let address = try await routing.addresses(of: best.exchange).get().first
            else { return .failure(NotFoundError(choice.outcome)) }
            var destination = Destination(host: "\(best.exchange)", address: address, associations: [])
            if routing.trust != nil {
                destination.associations = try await routing.associations(of: best.exchange).get()
            }
            return .success(destination)
        } catch { return .failure(NotFoundError(error)) }
    }

    /// A signed record is a promise that there is TLS; without one it is used where it is to be had (RFC 7672 §2.2).
    func tls(_ security: WalkSecurity?) -> ClientDialogue.TLSUse {
        guard security != nil else { return .never }
        return associations.isEmpty ? .ifOffered : .required
    }

    /// What follows of the records, in words.
    var remark: String {
        associations.isEmpty
            ? "There is no TLSA record: TLS is used if it is offered, with whatever certificate"
            : "MX, address and TLSA are signed: so no mail goes to \(host) but inside TLS, and only if it has the key of the TLSA record (RFC 7672 §2.2)"
    }
}
