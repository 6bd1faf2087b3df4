/// What a reply means in detail: class, subject, detail, as in `5.1.1` (RFC 3463 §2).
///
/// Opens the text of every 2yz, 4yz and 5yz reply once the server has offered ENHANCEDSTATUSCODES (RFC 2034 §4).
public struct EnhancedStatusCode: Hashable, Sendable, CustomStringConvertible {
    /// 2 success, 4 persistent transient failure, 5 permanent failure; it must repeat the reply code's first digit (RFC 2034 §4).
    public let `class`: UInt8
    /// 0...999, what the reply is about: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 policy.
    public let subject: UInt16
    /// 0...999, the precise condition within the subject.
    public let detail: UInt16

    public var description: String {
        // Each row of a long list may have one, so it is written digit by digit.
        String(unsafeUninitializedCapacity: 9) { octets in
            octets[0] = 0x30 + `class`
            var end = 1
            for number in [subject, detail] {
                octets[end] = UInt8(ascii: ".")
                let digits = number > 99 ? 3 : number > 9 ? 2 : 1
                var rest = number
                for place in (end + 1...end + digits).reversed() {
                    octets[place] = 0x30 + UInt8(rest % 10)
                    rest /= 10
                }
                end += 1 + digits
            }
            return end
        }
    }

    /// A code that stands alone, as a person types it; nil when the text is none.
    public init?(_ text: [UInt8]) {
        self.init(opening: text[...])
        guard length == text.count else { return nil }
    }

    /// The code these octets open with, when a space or the end follows it; nil when there is none.
    init?(opening octets: some RandomAccessCollection<UInt8>) {
        let dot = UInt8(ascii: ".")
        guard let first = octets.first, first == 0x32 || first == 0x34 || first == 0x35,
            octets.dropFirst().first == dot
        else { return nil }
        let word = octets.prefix { $0 != 32 }
        let behindClass = word.dropFirst(2)
        guard let second = behindClass.firstIndex(of: dot),
            let subject = UInt64(decimal: behindClass[..<second], digits: 1...3),
            let detail = UInt64(decimal: behindClass[second...].dropFirst(), digits: 1...3)
        else { return nil }
        `class` = first - 0x30
        self.subject = UInt16(subject)
        self.detail = UInt16(detail)
        length = word.count
    }

    /// How many octets it took as written.
    let length: Int

    public static func == (left: EnhancedStatusCode, right: EnhancedStatusCode) -> Bool {
        (left.class, left.subject, left.detail) == (right.class, right.subject, right.detail)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(`class`)
        hasher.combine(subject)
        hasher.combine(detail)
    }
}
