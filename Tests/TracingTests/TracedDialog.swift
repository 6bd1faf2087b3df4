import DNS
import Foundation
import SMTP
@testable import Tracing

/// A dialogue of `Traced/` with the place of every line in its margin, and what was found below the line.
///
///     # Why the case exists.
///      7   C: MAIL FROM:ada@sender.example
///          ! missing-angle-brackets `ada@sender.example`
///
/// `C:` and `S:` are lines of client and server and go into the tracer. A line that begins with `@` is an event that is no
/// line: `@ connect TEXT`, `connected`, `tls`, `close client|server`, `error`, `note`, `leg submission|lookup|relay`,
/// `mx OWNER PREFERENCE EXCHANGE ADDRESS …` (a question and its answer), or `C:` and `S:` with octets that are not one whole
/// line. What such an event became stands below it with `c:`, `s:` or `-:` and does not go in again. Lines with `=` sum up.
/// Octets that cannot be seen are written `\xHH`, CR and LF `\r` and `\n`, a last space `\x20`; a line that ends in LF
/// alone closes with `\n`; a line that came out without an end has `\` behind it.
struct TracedDialog: Sendable, CustomStringConvertible {
    let name: String
    let text: String
    private let file: URL

    var description: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Traced")

    static let all: [TracedDialog] = files(in: folder, extension: "dialog").compactMap { file in
        (try? String(contentsOf: file, encoding: .utf8)).map {
            TracedDialog(name: file.deletingPathExtension().lastPathComponent, text: $0, file: file)
        }
    }

    static func files(in folder: URL, extension name: String) -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
            .filter { $0.pathExtension == name }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    func record(_ text: String) throws { try Data(text.utf8).write(to: file) }

    // MARK: Events

    /// What goes into the tracer, each event with the line of the file it was made from. Its time is that line's number in
    /// milliseconds, since nobody waits here.
    var script: [(line: String, events: [WireEvent])] {
        var leg = Leg.relay
        var script: [(String, [WireEvent])] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line)
            var kinds: [WireEvent.Kind] = []
            if line.hasPrefix("@ ") {
                kinds = Self.kinds(ofDirective: String(line.dropFirst(2)), &leg)
            } else if let side = Self.side(of: line) {
                kinds = [
                    .octets(from: side, Self.lineOctets(String(line.dropFirst(line.count > 8 ? 9 : 8))))
                ]
            } else if !line.hasPrefix("#") {
                continue
            }
            let events = kinds.map { kind -> WireEvent in
                let isLookup = kind.isLookup
                return WireEvent(kind, leg: isLookup ? .lookup : leg, at: Double(number) / 1000)
            }
            script.append((line, events))
        }
        return script
    }

    var events: [WireEvent] { script.flatMap(\.events) }

    private static func side(of line: String) -> Side? {
        let mark = line.dropFirst(6).prefix(2)
        return mark == "C:" ? .client : mark == "S:" ? .server : nil
    }

    private static func kinds(ofDirective text: String, _ leg: inout Leg) -> [WireEvent.Kind] {
        let word = String(text.prefix { $0 != " " })
        let rest = String(text.dropFirst(word.count + 1))
        switch word {
        case "leg": leg = Leg(rawValue: rest) ?? leg
        case "connect": return [.connect(to: rest)]
        case "connected": return [.connected(to: rest)]
        case "tls": return [.tls(TLSFacts(rest))]
        case "close": return Side(rawValue: rest).map { [.close(by: $0)] } ?? []
        case "error": return [.error(.init(OldRecordings.failure(toldBy: rest), rest))]
        case "note": return [OldRecordings.failure(toldBy: rest).map { .remark(.init($0, rest)) } ?? .note(rest)]
        case "C:": return [.octets(from: .client, octets(rest))]
        case "S:": return [.octets(from: .server, octets(rest))]
        case "mx": return lookup(rest.split(separator: " ").map(String.init))
        default: break
        }
        return []
    }

    private static func lookup(_ words: [String]) -> [WireEvent.Kind] {
        guard let first = words.first, let owner = try? Name(first) else { return [] }
        let query = Message.query(id: 1, owner, .mx)
        var answer = query
        answer.flags.formUnion([.response, .recursionAvailable])
        for start in stride(from: 1, to: words.count - 2, by: 3) {
            guard let preference = UInt16(words[start]), let exchange = try? Name(words[start + 1]),
                let address = IPv4Address(words[start + 2])
            else { continue }
            answer.answers.append(
                ResourceRecord(owner: owner, ttl: 281, data: .mx(preference: preference, exchange: exchange))
            )
            answer.additionals.append(ResourceRecord(owner: exchange, ttl: 281, data: .a(address)))
        }
        guard let asked = try? MessageWriter.octets(of: query), let answered = try? MessageWriter.octets(of: answer)
        else { return [] }
        return [.dnsQuery(asked), .dnsAnswer(answered)]
    }

    // MARK: Octets and text

    private static func lineOctets(_ text: String) -> [UInt8] {
        text.hasSuffix("\\n") ? octets(text) : octets(text) + [13, 10]
    }

    private static func octets(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                octets.append(octet)
                continue
            }
            switch next {
            case UInt8(ascii: "r"): octets.append(13)
            case UInt8(ascii: "n"): octets.append(10)
            case UInt8(ascii: "x"):
                octets.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: octets.append(next)
            }
        }
        return octets
    }

    private static func shown(_ line: TraceLine) -> String {
        var text = ""
        for (offset, octet) in line.octets.enumerated() {
            let isLastSpace = octet == 32 && offset == line.octets.count - 1
            if octet == UInt8(ascii: "\\") {
                text += "\\\\"
            } else if (32...126).contains(octet), !isLastSpace {
                text.unicodeScalars.append(UnicodeScalar(octet))
            } else {
                let hex = String(octet, radix: 16, uppercase: true)
                text += "\\x" + (hex.count == 1 ? "0" : "") + hex
            }
        }
        switch line.ending {
        case .crlf: return text
        case .lf: return text + "\\n"
        case .none: return line.isWire ? text + "\\" : text
        }
    }

    // MARK: What comes out

    /// The file as the tracer would have it.
    var traced: String {
        var tracer = Tracer()
        var outcome: [(index: Int, from: Int)] = []
        for (index, step) in script.enumerated() {
            outcome.append((index, tracer.trace.lines.count))
            for event in step.events { tracer.consume(event) }
        }
        let unfinished = tracer.trace.lines.count
        tracer.finish()
        let trace = tracer.trace
        var lines: [String] = []
        for (index, step) in script.enumerated() {
            let isDerived = step.line.hasPrefix("@")
            if isDerived || step.line.hasPrefix("#") { lines.append(step.line) }
            let end = index + 1 < outcome.count ? outcome[index + 1].from : unfinished
            for line in trace.lines[outcome[index].from..<end] { lines += Self.lines(of: line, isDerived: isDerived) }
        }
        for line in trace.lines[unfinished...] { lines += Self.lines(of: line, isDerived: true) }
        lines += Self.summary(of: trace)
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(of line: TraceLine, isDerived: Bool) -> [String] {
        let mark =
            switch line.speaker {
            case .client: isDerived ? "c:" : "C:"
            case .server: isDerived ? "s:" : "S:"
            case .note: "-:"
            }
        let text = shown(line)
        return [margin(line.place) + mark + (text.isEmpty ? "" : " " + text)]
            + line.findings.map { finding in
                let octets = line.octets.indices.clamped(to: finding.range)
                let about = octets.isEmpty ? "" : " `\(WireText.shown(line.octets[octets]))`"
                return "      ! \(finding.id)\(about)"
            }
    }

    /// ` 7    `, ` 6a   `, `10b·2 `: step, sub-step, and the transaction from the second on.
    private static func margin(_ place: Place) -> String {
        let label =
            (place.step.number < 10 ? " " : "") + place.label + (place.transaction > 1 ? "·\(place.transaction)" : "")
        return label + String(repeating: " ", count: max(1, 6 - label.count))
    }

    private static func summary(of trace: Trace) -> [String] {
        let failed = trace.failed.sorted {
            ($0.transaction, $0.step, $0.substep) < ($1.transaction, $1.step, $1.substep)
        }
        var lines =
            failed.isEmpty
            ? [] : ["= failed " + failed.map { margin($0).split(separator: " ").joined() }.joined(separator: ", ")]
        for mail in trace.mails {
            let to = mail.forwardPaths.map(\.shown).joined(separator: ", ")
            lines.append(
                "= mail of transaction \(mail.transaction) from \(mail.reversePath?.shown ?? "nobody") to \(to.isEmpty ? "nobody" : to): "
                    + "\(mail.lineCount) lines, \(mail.content.count) octets, \(mail.stuffedLines) stuffed, "
                    + (mail.code.map { "answered \($0)" } ?? "not answered")
            )
        }
        return lines
    }
}

extension Path {
    fileprivate var shown: String {
        switch self {
        case .null: "<>"
        case .postmaster: "Postmaster"
        case .mailbox(let mailbox): mailbox.octets.lossyText
        case .malformed(let octets): octets.lossyText
        }
    }
}

extension WireEvent.Kind {
    fileprivate var isLookup: Bool {
        switch self {
        case .dnsQuery, .dnsAnswer: true
        default: false
        }
    }
}
