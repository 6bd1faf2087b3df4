import SMTP
import Tracing

/// Dialects without marks: the dialogue as it stood on a terminal, between what the program said itself.
extension Dialect {
    /// telnet, nc and what else shows both sides alike.
    @Sendable static func terminal(_ line: ArraySlice<UInt8>) -> Peeled? {
        LinkFact.inRemark(line.trimmed).map { Peeled(.link($0)) }
    }

    /// JavaMail and Jakarta Mail: the dialogue without marks, their own words behind `DEBUG`.
    @Sendable static func javaMail(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard let words = line.after("DEBUG") else { return nil }
        if let rest = words.after(" SMTP: trying to connect to host \""),
            let end = rest.firstIndex(of: UInt8(ascii: "\""))
        {
            // `"smtp.example", port 465, isSSL true`.
            let scheme = rest[end...].firstRange(of: Array("isSSL true".utf8)) == nil ? "" : "smtps://"
            return Peeled(.link(.connecting(scheme + rest[..<end].text)))
        }
        if let rest = words.after(" SMTP: connected to host \""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) {
            return Peeled(.link(.connected(rest[..<end].text)))
        }
        return Peeled(.remark(line))
    }

    /// openssl s_client: the certificate and the session between lines of dashes, then the dialogue.
    @Sendable static func openSSL(_ line: ArraySlice<UInt8>) -> Peeled? {
        if line.starts(with: "CONNECTED(".utf8) { return Peeled(.link(.connected(""))) }
        // `New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384`.
        if let facts = line.after("New, "), let cipher = facts.firstRange(of: Array(", Cipher is ".utf8)) {
            return Peeled(.link(.secured("\(facts[..<cipher.lowerBound].text) \(facts[cipher.upperBound...].text)")))
        }
        // A line that begins with R or Q is a command to openssl itself (s_client(1), CONNECTED COMMANDS).
        if line.elementsEqual("RENEGOTIATING".utf8) { return Peeled(.unsent("openssl took its R for a command")) }
        if line.elementsEqual("DONE".utf8) { return Peeled(.unsent("openssl took its Q for a command")) }
        return LinkFact.inRemark(line.trimmed).map { Peeled(.link($0)) }
    }
}

extension LinkFact {
    /// What a program's own words tell about the connection.
    static func inRemark(_ words: ArraySlice<UInt8>) -> LinkFact? {
        guard let first = words.first, words.count < 300 else { return nil }
        // Looked at for every line: most are told apart by their first letter.
        switch first | 0x20 {
        case UInt8(ascii: "="): return words.after("=== ").flatMap(inRemark)
        case UInt8(ascii: "s"): return words.after("SSL connection using ").map { .secured($0.text) }
        case UInt8(ascii: "t"): return trying(words)
        case UInt8(ascii: "c"): return connected(words)
        case UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: "%"): return commandLine(words.dropFirst().trimmed)
        case UInt8(ascii: "n"), UInt8(ascii: "o"): return commandLine(words)
        default: return nil
        }
    }

    private static func trying(_ words: ArraySlice<UInt8>) -> LinkFact? {
        if let place = words.after("Trying ") { return .connecting(place.text.trimmingDots) }
        return commandLine(words)
    }

    private static func connected(_ words: ArraySlice<UInt8>) -> LinkFact? {
        if let place = words.after("Connection established to ") { return .connected(place.text) }
        if words.elementsEqual("Connection closed".utf8)
            || words.starts(with: "Connection closed with remote host".utf8)
        {
            return .closed(.client)
        }
        if let place = words.after("Connected to ") { return .connected(place.text.trimmingDots) }
        if words.starts(with: "Connection closed by foreign host".utf8)
            || words.starts(with: "Connection to host lost".utf8)
        {
            return .closed(.server)
        }
        if let place = words.after("Connection to "), let end = place.firstRange(of: Array(" succeeded".utf8)) {
            return .connected(place[..<end.lowerBound].text)
        }
        return nil
    }

    /// `telnet mx.example 25`, `nc mx.example 25`, `openssl s_client -connect mx.example:25 …`.
    private static func commandLine(_ words: ArraySlice<UInt8>) -> LinkFact? {
        let parts = words.split(whereSeparator: \.isBlank).prefix(24).map(\.text)
        guard let program = parts.first, parts.count >= 2 else { return nil }
        switch program {
        case "telnet", "nc", "ncat", "netcat":
            let places = parts.dropFirst().filter { !$0.hasPrefix("-") }
            guard let host = places.first, places.count <= 2, host.contains(where: { $0.isLetter || $0.isNumber })
            else { return nil }
            let port = places.dropFirst().first ?? "23"
            guard port.allSatisfy(\.isNumber) else { return nil }
            return .connecting("\(host):\(port)")
        case "openssl":
            guard parts[1] == "s_client", let option = parts.firstIndex(of: "-connect"),
                parts.indices.contains(option + 1)
            else { return nil }
            return .connecting(parts[option + 1])
        default: return nil
        }
    }
}
