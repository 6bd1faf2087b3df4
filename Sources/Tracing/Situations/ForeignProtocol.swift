import Notation
import SMTP

/// Protocols whose clients are met at a port of mail, known by what they say first. THE table.
public enum ForeignProtocol: String, CaseIterable, Sendable {
    case http = "HTTP"
    case socks = "SOCKS"
    case tls = "TLS"
    case ssh = "SSH"
    case sip = "SIP"
    case rtsp = "RTSP"
    case imap = "IMAP"
    case irc = "IRC"
    case postOrFiles = "POP3 or FTP"
    case post = "POP3"
    case news = "NNTP"
    case sieve = "ManageSieve"
    case xmpp = "XMPP"
    case ldap = "LDAP"
    case dns = "DNS"
    case mqtt = "MQTT"
    case postgreSQL = "PostgreSQL"
    case redis = "Redis"
    case git = "Git"
    case bitTorrent = "BitTorrent"
    case rmi = "Java RMI"
    case vnc = "VNC"
    case rdp = "RDP"
    case smb = "SMB"
    case json = "JSON-RPC"

    /// The protocol that begins with these octets; nil where it may be SMTP, or nobody knows. TLS is told by the observer, not here.
    init?(opening octets: [UInt8]) {
        // What begins with a verb of SMTP is SMTP, also where the other protocol has that word. No verb is longer than this.
        guard octets.count >= 2, Verb(reading: octets.prefix(9).prefix { $0 != 32 }) == nil else { return nil }
        if Self.isSOCKS(octets) {
            self = .socks
        } else if octets.starts(with: [3, 0, 0]), octets.count > 3 {
            self = .rdp
        } else if octets.first == 0, Self.find("SMB", in: octets.prefix(12)) {
            self = .smb
        } else if let known = Self.openings.first(where: { octets.starts(with: $0.octets) }) {
            self = known.protocol
        } else if Self.isLDAP(octets) {
            self = .ldap
        } else if Self.isDNS(octets) {
            self = .dns
        } else if octets.first == 0x10,
            Self.find("MQTT", in: octets.prefix(10)) || Self.find("MQIsdp", in: octets.prefix(12))
        {
            // CONNECT, with the name of the protocol (MQTT 5.0 §3.1).
            self = .mqtt
        } else if octets.prefix(4).allSatisfy({ $0.hexValue != nil }), octets.dropFirst(4).starts(with: "git-".utf8) {
            self = .git
        } else if octets.first == UInt8(ascii: "{"), Self.find("\"method\"", in: octets.prefix(200)) {
            self = .json
        } else if let known = Self(words: octets.prefix(Self.maxOctets)) {
            self = known
        } else {
            return nil
        }
    }

    /// Those that always begin with the same octets.
    private static let openings: [(protocol: ForeignProtocol, octets: [UInt8])] = [
        (.ssh, Array("SSH-".utf8)), (.rmi, Array("JRMI\0".utf8)), (.vnc, Array("RFB 00".utf8)),
        (.bitTorrent, [19] + Array("BitTorrent protocol".utf8)), (.xmpp, Array("<stream:stream".utf8)),
        (.xmpp, Array("<?xml".utf8)), (.sieve, Array("AUTHENTICATE \"".utf8)), (.news, Array("MODE READER".utf8)),
        // A length of 8 and the request for TLS; any length and version 3.0 (PostgreSQL, Frontend/Backend Protocol).
        (.postgreSQL, [0, 0, 0, 8, 4, 210, 22, 47]), (.redis, Array("*1\r".utf8)), (.redis, Array("*2\r".utf8)),
    ]

    /// A message of which the first is a bind: a number, and version 2 or 3 (RFC 4511 §4.1.1, §4.2).
    private static func isLDAP(_ octets: [UInt8]) -> Bool {
        guard octets.count >= 10, octets[0] == 0x30, octets[1] < 0x80, octets[2] == 2, octets[3] == 1 else {
            return false
        }
        return octets[5] == 0x60 && octets[7] == 2 && octets[8] == 1 && (2...3).contains(octets[9])
    }

    /// A question over TCP: the length of the message, its number, no flag but that recursion is desired, and one question
    /// (RFC 1035 §4.1.1, §4.2.2).
    private static func isDNS(_ octets: [UInt8]) -> Bool {
        guard octets.count >= 14, Int(octets[0]) << 8 | Int(octets[1]) >= octets.count - 2 else { return false }
        return octets[4] & 0xFE == 0 && octets[5] & 0x4F == 0 && octets[6...11].elementsEqual([0, 1, 0, 0, 0, 0])
    }

    /// Of a longer line only the beginning and the end are looked at.
    private static let maxOctets = 8192

    /// By the words of a line: a request ends in its protocol's version (RFC 9112 §3, RFC 3261 §7.1, RFC 2326 §6.1).
    private init?(words octets: ArraySlice<UInt8>) {
        let words = octets.split(separator: 32).map { $0.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 } }
        guard let first = words.first, let last = words.last, Verb(reading: first) == nil else { return nil }
        if words.count == 1, ["CAPA", "STLS"].contains(where: { first.elementsEqual($0.utf8) }) {
            self = .post
            return
        }
        guard words.count > 1 else { return nil }
        if last.starts(with: "HTTP/".utf8), last.count > 5 {
            self = .http
        } else if last.elementsEqual("SIP/2.0".utf8) {
            self = .sip
        } else if last.starts(with: "RTSP/".utf8) {
            self = .rtsp
        } else if Self.requestsWithoutVersion.contains(first), words.count == 2, words[1].first == UInt8(ascii: "/") {
            // HTTP of 1991 has no version.
            self = .http
        } else if first.elementsEqual("NICK".utf8) {
            self = .irc
        } else if first.elementsEqual("USER".utf8) {
            // IRC tells three things more (RFC 2812 §3.1.3).
            self = words.count > 4 ? .irc : .postOrFiles
        } else if Self.imapCommands.contains(words[1]), first.first.map({ (0x30...0x5A).contains($0) }) == true {
            self = .imap
        } else {
            return nil
        }
    }

    private static let requestsWithoutVersion = ["GET", "HEAD", "POST"].map { Array($0.utf8) }
    /// What a client of IMAP says behind its tag before it is known (RFC 9051 §6.1, §6.2).
    private static let imapCommands = ["CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "ID"].map { Array($0.utf8) }

    /// Version 4 asks at once for an address and ends in a zero (SOCKS4); version 5 names as many methods as it says (RFC 1928 §3).
    private static func isSOCKS(_ octets: [UInt8]) -> Bool {
        switch octets[0] {
        case 4: octets.count >= 8 && (1...2).contains(octets[1])
        case 5:
            octets[1] > 0 && octets.count >= 2 + Int(octets[1]) && octets[2..<2 + Int(octets[1])].allSatisfy(isMethod)
        default: false
        }
    }

    /// Methods that are assigned (RFC 1928 §3), and the one that means none.
    private static func isMethod(_ octet: UInt8) -> Bool { octet <= 9 || octet >= 0x80 }

    private static func find(_ word: String, in octets: ArraySlice<UInt8>) -> Bool {
        let word = Array(word.utf8)
        guard octets.count >= word.count else { return false }
        return (octets.startIndex...octets.endIndex - word.count).contains { octets[$0...].starts(with: word) }
    }
}
