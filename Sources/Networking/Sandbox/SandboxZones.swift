import DNS
import Notation
import SMTP

extension SandboxConfiguration {
    /// Seconds for which the answers may be kept, as in the post this program began with.
    static let ttl: UInt32 = 281
    /// The five exchangers of the recipient's domain, in no order: sorting them is the sender's work.
    static let exchangers: [(preference: UInt16, host: String)] = [
        (10, "mx2"), (5, "alt1"), (5, "alt2"), (10, "mx3"), (1, "mx1"),
    ]

    /// The made-up domains of this world; every host in them has the address 127.0.0.1. With TLS that of the recipient is signed.
    func zones(_ security: WalkSecurity? = nil) throws -> Zones {
        var recipient: [ResourceRecord] = []
        for (preference, host) in Self.exchangers {
            let name = try Name("\(host).\(recipientDomain)")
            recipient.append(
                ResourceRecord(
                    owner: recipientDomain,
                    ttl: Self.ttl,
                    data: .mx(preference: preference, exchange: name)
                )
            )
        }
        for (_, host) in Self.exchangers { recipient.append(try Self.address(of: "\(host).\(recipientDomain)")) }
        let sender = [
            ResourceRecord(
                owner: senderDomain,
                ttl: Self.ttl,
                data: .mx(preference: 10, exchange: try Name(ownServerName))
            ),
            try Self.address(of: ownServerName),
        ]
        let policies = try authentication(of: senderDomain, key: signingKey)
        // Who writes to a neighbour has one domain: its exchangers are those of the recipient.
        guard senderDomain != recipientDomain else {
            let shared = try zone(recipientDomain, recipient + sender.dropFirst() + policies)
            return Zones([try secured(shared, security)])
        }
        recipient += try authentication(of: recipientDomain, key: nil)
        return Zones([
            try secured(zone(recipientDomain, recipient), security), try zone(senderDomain, sender + policies),
        ])
    }

    /// The zone with what its servers' certificates have for keys, signed; as it is where no server shows one.
    private func secured(_ zone: Zone, _ security: WalkSecurity?) throws -> Zone {
        guard let security else { return zone }
        var zone = zone
        for (_, host) in Self.exchangers {
            let owner = try Name("_25._tcp.\(host).\(recipientDomain)")
            zone.records.append(ResourceRecord(owner: owner, ttl: Self.ttl, data: .tlsa(security.association)))
        }
        return security.damaged(try security.signer.signed(zone))
    }

    /// What a domain says of mail that claims to be from it: SPF, with a key of DKIM the key, and DMARC.
    ///
    /// All is true here: mail comes from this machine alone, only the sender's server signs, and nobody is asked to refuse anything.
    /// There is no TLSA here, since a server must show the key for that (`secured`), and no `_mta-sts`: nobody serves a policy. Reports
    /// about TLS may be asked for all the same (RFC 8460 §3).
    private func authentication(of domain: Name, key: Ed25519Key?) throws(NameError) -> [ResourceRecord] {
        let spf = "v=spf1 ip4:127.0.0.1 ip6:::1 -all"
        var texts = [("\(domain)", spf)]
        if let key {
            let text = Base64.encode(key.publicKey).lossyText
            // A mail with the null reverse-path is checked by the name of the server itself (RFC 7208 §2.4).
            texts.append((ownServerName, spf))
            texts.append(("\(Self.selector)._domainkey.\(domain)", "v=DKIM1; k=ed25519; p=\(text)"))
        }
        texts.append(("_dmarc.\(domain)", "v=DMARC1; p=none; rua=mailto:postmaster@\(domain)"))
        texts.append(("_smtp._tls.\(domain)", "v=TLSRPTv1; rua=mailto:postmaster@\(domain)"))
        var records: [ResourceRecord] = []
        for (owner, text) in texts {
            records.append(ResourceRecord(owner: try Name(owner), ttl: Self.ttl, data: .txt([Array(text.utf8)])))
        }
        return records
    }

    private static func address(of host: String) throws(NameError) -> ResourceRecord {
        ResourceRecord(owner: try Name(host), ttl: ttl, data: .a(IPv4Address(127, 0, 0, 1)))
    }

    private func zone(_ origin: Name, _ records: [ResourceRecord]) throws(NameError) -> Zone {
        let authority = StartOfAuthority(
            primaryServer: try Name("ns.\(origin)"),
            responsibleMailbox: try Name("hostmaster.\(origin)"),
            serial: 1
        )
        return Zone(origin: origin, startOfAuthority: authority, records: records)
    }
}
