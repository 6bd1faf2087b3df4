import Notation
import SMTP

/// Reads the TLS records of one side into lines of fields: headers, hellos, certificates, alerts; what is encrypted is said to
/// be so (RFC 8446 §4, §5; RFC 5246 §6, §7).
///
/// It decides what each octet is. It does not know keys, so nothing behind the encryption. Wrong input is the peer's: lengths
/// that do not fit end the reading of that part, and the rest is shown as octets without grammar.
struct TLSReader: Sendable {
    private let side: Side
    /// Whether change_cipher_spec was seen: what follows is encrypted, whatever its type.
    private var isEncrypted: Bool
    /// Whether an alert came that ends the handshake (RFC 8446 §6.2).
    private(set) var hasEndedBadly = false
    /// What the hellos agree on, as far as it is said in the clear; nil before the ServerHello.
    private(set) var agreed: TLSFacts?
    /// Octets of a handshake message that are still to come in the records that follow.
    private var remaining = 0
    /// A header of a message that was cut off by the end of a record.
    private var headerPart: [UInt8] = []

    /// The most fields of one line; what a list holds beyond that is one field.
    static let maxFields = 200

    init(_ side: Side, isEncrypted: Bool = false) { (self.side, self.isEncrypted) = (side, isEncrypted) }

    /// The lines of one record, or of what should have been one.
    mutating func read(_ record: [UInt8]) -> [[TLSField]] {
        var tiling = TLSTiling(record)
        guard case .record(let type, _) = TLSRecord.head(of: record) else {
            tiling.rest("no TLS record", "malformed", words: words(ofNoRecord: record))
            return tiling.lines
        }
        tiling.take(1, "record type", "record") { _ in "\(type.words) record" }
        tiling.take(2, "record version", "record-version") { TLSRegistry.version($0.number16) }
        tiling.take(2, "record length", "record") { $0.number16.counted("octet") }
        switch type {
        case .handshake where !isEncrypted || isSecondHello(record):
            tiling.endLine()
            handshake(&tiling)
        case .changeCipherSpec:
            isEncrypted = true
            tiling.rest("change_cipher_spec", "change-cipher-spec", words: "from here on encrypted")
        case .alert where !isEncrypted && record.count == 7:
            let alert = record[6]
            hasEndedBadly = hasEndedBadly || record[5] == 2
            let anchor = TLSRegistry.alerts[alert].map { "alert@\($0)" } ?? "alert"
            tiling.take(1, "alert level", anchor) { $0.first == 1 ? "warning" : "fatal" }
            tiling.take(1, "alert", anchor) { _ in TLSRegistry.alert(alert) }
        default: tiling.rest("encrypted octets", "opaque", words: "encrypted")
        }
        tiling.endLine()
        return tiling.lines
    }

    /// What somebody says in the clear where TLS should begin, as a greeting on a port that TLS does not come first on. Of a
    /// client the verb alone: what stands behind it may be a credential.
    private func words(ofNoRecord octets: [UInt8]) -> String {
        let line = octets.prefix { side == .server ? $0 != 13 && $0 != 10 : $0 != 32 && $0 != 13 && $0 != 10 }.prefix(
            100
        )
        return line.count == octets.count ? "\(WireText.shown(line))" : "\(WireText.shown(line)) …"
    }

    /// After a retry the client may say change_cipher_spec before its second hello (RFC 8446 §D.4).
    private func isSecondHello(_ record: [UInt8]) -> Bool {
        guard side == .client, record.count >= 9, record[5] == 1 else { return false }
        return Int(record[6]) << 16 | Int(record[7]) << 8 | Int(record[8]) == record.count - 9
    }

    // MARK: Messages

    private mutating func handshake(_ tiling: inout TLSTiling) {
        while !tiling.isAtEnd {
            if remaining > 0 {
                let count = min(remaining, tiling.left)
                remaining -= count
                let more = remaining > 0 ? ", \(remaining) still to come" : ""
                tiling.take(count, "part of a message", "handshake-message") { _ in
                    "  the message goes on, \(count) octets\(more)"
                }
                tiling.endLine()
                continue
            }
            guard headerPart.count + tiling.left >= 4 else {
                headerPart += tiling.peek(tiling.left)
                return tiling.rest("part of a header", "handshake-message", words: "  the header of a message begins")
            }
            let header = headerPart + tiling.peek(4 - headerPart.count)
            let length = Array(header[1...]).number24
            let cut = headerPart.count
            headerPart = []
            let name = TLSRegistry.message(header[0])
            let anchor = Self.anchor(ofMessage: header[0])
            if cut > 0 {
                tiling.take(4 - cut, "rest of a header", anchor) { _ in name }
                remaining = length
                tiling.endLine()
                continue
            }
            tiling.take(1, "handshake message", anchor) { _ in name }
            tiling.take(3, "message length", anchor) { "\($0.number24) octets" }
            tiling.endLine()
            guard length <= tiling.left else {
                remaining = length
                continue
            }
            let end = tiling.position + length
            message(header[0], until: end, &tiling)
            tiling.rest("no grammar", "malformed", until: end, words: "  octets without grammar")
            tiling.endLine()
        }
    }

    /// The messages that have a lesson of their own; the others have a section of one.
    private static func anchor(ofMessage type: UInt8) -> String {
        switch type {
        case 4: "session-ticket"
        case 11: "certificate"
        case 12: "server-key-exchange"
        case 16: "client-key-exchange"
        case 20: "finished"
        default: TLSRegistry.messages[type].map { "handshake-message@\($0)" } ?? "handshake-message"
        }
    }

    private mutating func message(_ type: UInt8, until end: Int, _ tiling: inout TLSTiling) {
        if side == .server { agreed.note(type, tiling.peek(end - tiling.position)) }
        switch type {
        case 1: clientHello(end, &tiling)
        case 2: serverHello(end, &tiling)
        case 11: certificates(end, &tiling)
        case 12: serverKeyExchange(end, &tiling)
        case 16:
            tiling.rest(
                "client key exchange",
                "client-key-exchange",
                until: end,
                words: "  the client's share of the key"
            )
        case 20: tiling.rest("Finished", "finished", until: end, words: "  a hash over all that was said")
        case 4: tiling.rest("session ticket", "session-ticket", until: end, words: "  a ticket for another session")
        default:
            let words = "  \(end - tiling.position) octets"
            tiling.rest("message", Self.anchor(ofMessage: type), until: end, words: words)
        }
        tiling.endLine()
    }

    // MARK: Hellos

    private func clientHello(_ end: Int, _ tiling: inout TLSTiling) {
        guard beginHello(end, &tiling, isClient: true) else { return }
        guard let suites = tiling.length(2, until: end, "cipher suites", "cipher-suite", "  cipher suites:") else {
            return
        }
        tiling.numbers(until: suites, "cipher suite", "cipher-suite", TLSRegistry.cipherSuite)
        tiling.endLine()
        guard let methods = tiling.length(1, until: end, "compression methods", "compression", "  compression:") else {
            return
        }
        tiling.rest("compression method", "compression", until: methods) { $0 == [0] ? "none" : "\($0.count) methods" }
        tiling.endLine()
        extensions(end, &tiling, isRetry: false)
    }

    private func serverHello(_ end: Int, _ tiling: inout TLSTiling) {
        let isRetry = tiling.left >= 34 && Array(tiling.peek(34).dropFirst(2)) == TLSRegistry.retryRandom
        guard beginHello(end, &tiling, isClient: false, isRetry: isRetry), tiling.position + 3 <= end else { return }
        tiling.take(2, "cipher suite", "cipher-suite") { "  chosen: \(TLSRegistry.cipherSuite($0.number16))" }
        tiling.endLine()
        tiling.take(1, "compression method", "compression") { $0 == [0] ? "  compression: none" : "  compression" }
        tiling.endLine()
        extensions(end, &tiling, isRetry: isRetry)
    }

    /// Version, random and session id, which both hellos begin with.
    private func beginHello(_ end: Int, _ tiling: inout TLSTiling, isClient: Bool, isRetry: Bool = false) -> Bool {
        guard tiling.position + 35 <= end else { return false }
        tiling.take(2, "version", "version") { "  version: \(TLSRegistry.version($0.number16))" }
        tiling.endLine()
        tiling.take(32, "random", isRetry ? "handshake-message@HelloRetryRequest" : "random") { octets in
            isRetry ? "  random: the value that says HelloRetryRequest" : "  random: \(octets.hexStart)"
        }
        tiling.endLine()
        guard let id = tiling.length(1, until: end, "session id length", "session-id", "  session id:") else {
            return false
        }
        let count = id - tiling.position
        tiling.rest("session id", "session-id", until: id) { "\(count) octets, \($0.hexStart)" }
        if count == 0 { tiling.append(words: "none") }
        tiling.endLine()
        return true
    }

    // MARK: Extensions

    private func extensions(_ end: Int, _ tiling: inout TLSTiling, isRetry: Bool) {
        guard tiling.position < end,
            let last = tiling.length(
                2,
                until: end,
                "extensions length",
                "extension",
                "  extensions, octets:",
                counts: true
            )
        else { return }
        tiling.endLine()
        while tiling.position + 4 <= last {
            let type = tiling.peek(2).number16
            let name = TLSRegistry.extensionName(type)
            let anchor = Self.anchor(ofExtension: type)
            tiling.take(2, "extension \(name)", anchor) { _ in "    \(name):" }
            guard let stop = tiling.length(2, until: last, "extension length", "extension", "") else { break }
            data(type, until: stop, anchor, &tiling, isRetry: isRetry)
            tiling.rest("extension data", anchor, until: stop) { "\($0.count) octets" }
            tiling.endLine()
        }
    }

    /// The extensions that have a lesson of their own; the others have a section of one.
    private static func anchor(ofExtension type: UInt16) -> String {
        switch type {
        case 0: "server-name"
        case 10: "group"
        case 13, 50: "signature-scheme"
        case 16: "alpn"
        case 35: "session-ticket"
        case 43: "supported-versions"
        case 45, 41: "psk"
        case 51: "key-share"
        default: TLSRegistry.isNamed(type) ? "extension@\(TLSRegistry.extensionName(type))" : "extension"
        }
    }

    private func data(_ type: UInt16, until end: Int, _ anchor: String, _ tiling: inout TLSTiling, isRetry: Bool) {
        let isClient = side == .client
        switch type {
        case 0 where isClient:
            guard tiling.length(2, until: end, "list length", anchor, "") != nil, tiling.position + 3 <= end else {
                return
            }
            tiling.take(1, "name type", anchor) { _ in "" }
            guard let stop = tiling.length(2, until: end, "name length", anchor, "") else { return }
            tiling.rest("server name", anchor, until: stop) { WireText.shown($0) }
        case 10 where isClient:
            guard let stop = tiling.length(2, until: end, "list length", anchor, "") else { return }
            tiling.numbers(until: stop, "group", anchor, TLSRegistry.group)
        case 13 where isClient, 50 where isClient:
            guard let stop = tiling.length(2, until: end, "list length", anchor, "") else { return }
            tiling.numbers(until: stop, "signature scheme", anchor, TLSRegistry.signature)
        case 16:
            guard let stop = tiling.length(2, until: end, "list length", anchor, "") else { return }
            while tiling.position < stop, !tiling.isFull,
                let last = tiling.length(1, until: stop, "protocol length", anchor, "")
            {
                tiling.rest("protocol", anchor, until: last) { WireText.shown($0) }
            }
        case 43 where isClient:
            guard let stop = tiling.length(1, until: end, "list length", anchor, "") else { return }
            tiling.numbers(until: stop, "version", anchor, TLSRegistry.version)
        case 43: tiling.numbers(until: end, "version", anchor, TLSRegistry.version)
        case 51: keyShare(end, anchor, &tiling, isRetry: isRetry)
        default: break
        }
    }

    private func keyShare(_ end: Int, _ anchor: String, _ tiling: inout TLSTiling, isRetry: Bool) {
        var stop = end
        if side == .client {
            guard let last = tiling.length(2, until: end, "list length", anchor, "") else { return }
            stop = last
        }
        if isRetry { return tiling.numbers(until: stop, "group", anchor, TLSRegistry.group) }
        while tiling.position + 4 <= stop, !tiling.isFull {
            tiling.take(2, "group", "group") { TLSRegistry.group($0.number16) }
            guard let last = tiling.length(2, until: stop, "key length", anchor, "") else { return }
            tiling.rest("public key", anchor, until: last) { "a key of \($0.count) octets" }
        }
    }

    // MARK: TLS 1.2

    private func certificates(_ end: Int, _ tiling: inout TLSTiling) {
        guard let last = tiling.length(3, until: end, "chain length", "certificate", "  chain, octets:", counts: true)
        else {
            return
        }
        tiling.endLine()
        var number = 0
        while tiling.position + 3 <= last, number < 100 {
            number += 1
            guard let stop = tiling.length(3, until: last, "certificate length", "certificate", "") else { return }
            tiling.rest("certificate", "certificate", until: stop) { "    certificate \(number), \($0.count) octets" }
            tiling.endLine()
        }
    }

    /// The ephemeral kind on a named curve (RFC 8422 §5.4).
    private func serverKeyExchange(_ end: Int, _ tiling: inout TLSTiling) {
        let anchor = "server-key-exchange"
        guard tiling.peek(1) == [3], tiling.position + 4 <= end else { return }
        tiling.take(1, "curve type", anchor) { _ in "  named curve" }
        tiling.take(2, "group", "group") { TLSRegistry.group($0.number16) }
        guard let key = tiling.length(1, until: end, "key length", anchor, "") else { return }
        tiling.rest("public key", anchor, until: key) { "a key of \($0.count) octets" }
        tiling.endLine()
        guard tiling.position + 4 <= end else { return }
        tiling.take(2, "signature scheme", "signature-scheme") { "  signed with \(TLSRegistry.signature($0.number16))" }
        guard let last = tiling.length(2, until: end, "signature length", anchor, "") else { return }
        tiling.rest("signature", anchor, until: last) { "a signature of \($0.count) octets" }
    }
}

/// Fields laid end to end over the octets of a record, in lines.
private struct TLSTiling {
    private let octets: [UInt8]
    private(set) var position = 0
    private(set) var lines: [[TLSField]] = []
    private var line: [TLSField] = []

    init(_ octets: [UInt8]) { self.octets = octets }

    var left: Int { octets.count - position }
    var isAtEnd: Bool { left == 0 }
    var isFull: Bool { line.count >= TLSReader.maxFields }

    func peek(_ count: Int) -> [UInt8] { Array(octets[position..<position + min(max(0, count), left)]) }

    mutating func take(_ count: Int, _ name: String, _ anchor: String, _ words: ([UInt8]) -> String) {
        let taken = peek(count)
        guard !taken.isEmpty else { return }
        line.append(TLSField(name, count: taken.count, anchor, words: words(taken)))
        position += taken.count
    }

    /// Everything up to an offset, when there is anything.
    mutating func rest(_ name: String, _ anchor: String, until end: Int, _ words: ([UInt8]) -> String) {
        take(end - position, name, anchor, words)
    }

    mutating func rest(_ name: String, _ anchor: String, until end: Int? = nil, words: String = "") {
        take((end ?? octets.count) - position, name, anchor) { _ in words }
        if end == nil { endLine() }
    }

    /// The length in front of a part, and where that part ends; nil when it does not fit, and then nothing is taken.
    mutating func length(
        _ count: Int,
        until end: Int,
        _ name: String,
        _ anchor: String,
        _ words: String,
        counts: Bool = false
    ) -> Int? {
        guard position + count <= end else { return nil }
        let length = peek(count).reduce(0) { $0 << 8 | Int($1) }
        guard position + count + length <= end else { return nil }
        take(count, name, anchor) { _ in counts ? "\(words) \(length)" : words }
        return position + length
    }

    /// Numbers of two octets up to an offset.
    mutating func numbers(until end: Int, _ name: String, _ anchor: String, _ words: (UInt16) -> String) {
        while position + 2 <= end, !isFull { take(2, name, anchor) { words($0.number16) } }
        let more = (end - position) / 2
        rest(name, anchor, until: end, words: more > 0 ? "and \(more) more" : "half a number")
    }

    /// Words for a part that has no octets, put behind those of the field before it.
    mutating func append(words: String) {
        guard let last = line.popLast() else { return }
        let anchor = String(last.anchor.path.dropFirst(4))
        line.append(TLSField(last.name, count: last.count, anchor, words: "\(last.words) \(words)"))
    }

    mutating func endLine() {
        if !line.isEmpty { lines.append(line) }
        line = []
    }
}

extension [UInt8] {
    /// Big-endian numbers; octets that are missing count as zero in front.
    fileprivate var number16: UInt16 { prefix(2).reduce(0) { $0 << 8 | UInt16($1) } }
    fileprivate var number24: Int { prefix(3).reduce(0) { $0 << 8 | Int($1) } }

    /// The first eight octets in hexadecimal.
    fileprivate var hexStart: String {
        prefix(8).map { $0.hex(2) }.joined() + (count > 8 ? "…" : "")
    }
}
