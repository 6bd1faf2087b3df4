import Notation

/// Names that stand in sessions and are nobody's: of algorithms, of block lists, of what a server asks for.
enum PublicNames {
    // MARK: Algorithms

    /// `rsa-sha256` (RFC 6376 §3.3), `CRAM-MD5`, `ECDHE-RSA-AES256-GCM-SHA384`: every part of it is of an algorithm.
    static func isAlgorithm(_ word: ArraySlice<UInt8>) -> Bool {
        word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).allSatisfy {
            algorithms.contains(String(decoding: $0, as: UTF8.self).uppercased())
        }
    }

    private static let algorithms: Set<String> = [
        "RSA", "ECDSA", "DSA", "DSS", "PSS", "ED25519", "ED448", "X25519", "X448", "SECP256R1", "SECP384R1",
        "SECP521R1",
        "X25519MLKEM768", "DH", "DHE", "ECDH", "ECDHE", "ADH", "AECDH", "EDH", "PSK", "SRP", "AES", "AES128", "AES256",
        "ARIA128", "ARIA256", "CAMELLIA128", "CAMELLIA256", "CHACHA20", "POLY1305", "DES", "3DES", "RC4", "CBC", "CBC3",
        "GCM", "CCM", "CCM8", "SHA", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5", "CRAM", "DIGEST", "SCRAM",
        "PLUS", "HMAC", "1", "128", "192", "224", "256", "384", "512",
    ]

    // MARK: Prompts

    /// What AUTH LOGIN asks for, in Base64 as it is sent, with or without its padding.
    static func isPrompt(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 8, word.count <= 24 else { return false }
        let padding = Array(repeating: UInt8(ascii: "="), count: (4 - word.count % 4) % 4)
        guard let words = Base64.decode(word + padding) else { return false }
        return prompts.contains(String(decoding: words.filter { !" \0".utf8.contains($0) }, as: UTF8.self).lowercased())
    }

    private static let prompts: Set<String> = ["username:", "password:", "username", "password"]

    // MARK: Block lists

    /// How many labels at the end of a domain are the name of a public block list, which stays, or of the zone that tells addresses from
    /// their end (RFC 1035 §3.5); 0 where it is none. What is looked up in it stands before that, and so does the key of a customer.
    static func blockListLabels(_ labels: [ArraySlice<UInt8>]) -> Int {
        let texts = labels.map { String(decoding: $0, as: UTF8.self).lowercased() }
        guard let zone = blockLists.first(where: { texts.suffix($0.count).elementsEqual($0) }) else { return 0 }
        return zone.count + texts.dropLast(zone.count).reversed().prefix { listNames.contains($0) }.count
    }

    private static let blockLists: [[String]] = [
        "spamhaus.org", "spamhaus.net", "spamcop.net", "sorbs.net", "barracudacentral.org", "surbl.org", "uribl.com",
        "dnswl.org", "abuseat.org", "spamrats.com", "uceprotect.net", "surriel.com", "mailspike.net", "dronebl.org",
        "njabl.org", "ahbl.org", "dsbl.org", "manitu.net", "gbudb.net", "invaluement.com", "senderscore.com",
        "backscatterer.org",
        "junkemailfilter.com", "nordspam.com", "0spam.org", "in-addr.arpa", "rfc-clueless.org", "abusix.zone",
        "abuse.ch",
    ].map { $0.split(separator: ".").map(String.init) }

    /// Where a list or a provider explains to everybody what its replies mean.
    static func isPublicHost(_ host: ArraySlice<UInt8>) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."))
        return helpPages.contains(String(decoding: host, as: UTF8.self).lowercased())
            || !labels.isEmpty && blockListLabels(labels) == labels.count
    }

    static let helpPages: Set<String> = [
        "support.google.com", "aka.ms", "go.microsoft.com", "learn.microsoft.com", "sender.office.com",
        "senders.yahooinc.com",
        "postmaster.yahooinc.com", "help.yahoo.com", "postmaster.aol.com", "postmaster.comcast.net",
        "postmaster.free.fr",
        "www.openspf.org", "www.openspf.net", "www.rfc-editor.org", "datatracker.ietf.org", "tools.ietf.org",
    ]

    /// The lists, and the hosts that tell about them.
    private static let listNames: Set<String> = [
        "www", "check", "lookup", "zen", "sbl", "xbl", "pbl", "css", "dbl", "zrd", "sbl-xbl", "dq", "bl", "b", "bb",
        "cbl", "psbl",
        "dnsbl", "dnsbl-1", "dnsbl-2", "dnsbl-3", "rbl", "list", "multi", "black", "grey", "red", "all", "dyna",
        "noptr", "spam",
        "combined", "mail", "exploit", "ix", "truncate", "sip", "sip24", "safe", "ips", "hostkarma", "rep", "z",
    ]
}
