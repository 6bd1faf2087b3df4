/// A run of octets of a TLS record with one meaning (RFC 8446 §4, §5).
///
/// Fields tile the octets of their line, so no octet of a record is left unexplained.
public struct TLSField: Hashable, Sendable {
    public let count: Int
    /// What it is: `cipher suite`, `key share`.
    public let name: String
    /// What it says, in words and safe to show; empty when another field says it.
    public let words: String
    public let anchor: LessonAnchor

    init(_ name: String, count: Int, _ anchor: String, words: String = "") {
        self.count = count
        self.name = name
        self.words = words
        self.anchor = LessonAnchor("tls/\(anchor)")
    }
}

extension TraceLine {
    /// Whether it is a part of a TLS record.
    public var isTLS: Bool { if case .tls = content { true } else { false } }

    /// Whether its octets are no text: a TLS record, and a chunk or what nobody can name where it holds controls or is no UTF-8.
    public var isBinary: Bool {
        switch content {
        case .tls: true
        case .opaque, .chunk:
            octets.contains { $0 < 32 && $0 != 9 || $0 == 127 } || String(validating: octets, as: UTF8.self) == nil
        default: false
        }
    }

    /// The line as a person reads it: its octets made visible, or what they say where they are no text.
    public var shownText: String {
        guard case .tls(let fields) = content else { return WireText.shown(octets) }
        return fields.map(\.words).filter { !$0.isEmpty }.joined(separator: " ")
    }
}
