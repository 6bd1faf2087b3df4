import Glibc
import SMTP

/// The octets of a line of a log, and the few questions that are asked of it. A log has a hundred thousand lines, so that what is
/// sought is sought by the C library.
struct LogWords {
    let octets: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

    /// Fit for an event; whoever shows it escapes it.
    var text: String { String(decoding: octets, as: UTF8.self) }
    var isEmpty: Bool { octets.isEmpty }

    /// Where a mark stands first.
    func place(of mark: StaticString) -> Range<Int>? {
        octets.withUnsafeBytes { all -> Range<Int>? in
            let count = mark.utf8CodeUnitCount
            guard var base = all.baseAddress, all.count >= count else { return nil }
            let end = base + all.count - count
            while base <= end, let found = memchr(base, Int32(mark.utf8Start.pointee), end - base + 1) {
                base = UnsafeRawPointer(found)
                if memcmp(base, mark.utf8Start, count) == 0 {
                    let start = octets.startIndex + (all.count - count - (end - base))
                    return start..<start + count
                }
                base += 1
            }
            return nil
        }
    }

    func has(_ mark: StaticString) -> Bool { place(of: mark) != nil }

    func starts(with mark: StaticString) -> Bool {
        guard octets.count >= mark.utf8CodeUnitCount else { return false }
        return octets.withUnsafeBytes { all in
            all.baseAddress.map { memcmp($0, mark.utf8Start, mark.utf8CodeUnitCount) == 0 } ?? false
        }
    }

    /// What stands behind the first mark, to the end.
    func behind(_ mark: StaticString) -> LogWords? { place(of: mark).map { LogWords(octets[$0.upperBound...]) } }

    /// What stands before the first mark; all where it is not there.
    func before(_ mark: StaticString) -> LogWords {
        place(of: mark).map { LogWords(octets[..<$0.lowerBound]) } ?? self
    }

    func between(_ open: StaticString, _ close: StaticString) -> LogWords? {
        guard let rest = behind(open), let end = rest.place(of: close) else { return nil }
        return LogWords(rest.octets[..<end.lowerBound])
    }

    /// What stands behind a mark up to a comma or a blank, or to the end.
    func value(_ mark: StaticString) -> LogWords? {
        behind(mark).map { LogWords($0.octets.prefix { $0 != UInt8(ascii: ",") && $0 != 32 }) }
    }

    /// Without one pair of angle brackets.
    var path: LogWords {
        octets.first == UInt8(ascii: "<") && octets.last == UInt8(ascii: ">") && octets.count >= 2
            ? LogWords(octets.dropFirst().dropLast()) : self
    }

    var trimmed: LogWords { LogWords(octets.trimmed) }
    var first: LogWords { LogWords(octets.prefix { $0 != 32 }) }
    var number: Int? { octets.count <= 12 ? Int(text) : nil }

    /// Whether it opens as a reply does: a code, and a blank, a hyphen or nothing behind it.
    var isReply: Bool {
        let code = octets.prefix(3)
        guard code.count == 3, code.allSatisfy({ (0x30...0x39).contains($0) }), (0x32...0x35).contains(code.first ?? 0)
        else { return false }
        return octets.dropFirst(3).first.map { $0 == 32 || $0 == UInt8(ascii: "-") } ?? true
    }

    /// The reply that stands behind one of its colons.
    var replyBehindColon: LogWords? {
        var rest = behind(": ")
        while let found = rest, !found.isReply { rest = found.behind(": ") }
        return rest
    }

    /// What is answered, by the name that programs have for it: `RCPT TO`, `end of DATA`, `MAIL FROM:<a@b>`.
    var turn: CommandSequence.Turn? {
        if has("end of data") || has("end of DATA") || has("END-OF-MESSAGE") || starts(with: "message body") {
            return .mailData
        }
        let verb = octets.prefix { $0 != 32 && $0 != UInt8(ascii: ":") }
        switch Verb(reading: verb) {
        case .ehlo, .helo, .lhlo: return .hello
        case .mail: return .mail
        case .rcpt: return .rcpt
        case .data: return .data
        case .bdat: return .mailData
        case .auth: return .auth
        case .startTLS: return .startTLS
        case .quit: return .quit
        default: return starts(with: "initial") || starts(with: "CONNECT") ? .greeting : nil
        }
    }
}
