import Tracing

/// What is searched for on the wire, whatever the case of its ASCII letters.
///
/// A session may have a hundred thousand lines and is searched at every key, so octets are compared, not texts.
public struct SearchPattern {
    private let wanted: String
    private let folded: [UInt8]
    /// Escapes as `\x1B` and letters beyond ASCII are looked for in the text as it is shown.
    private let needsText: Bool

    public init(_ text: String) {
        wanted = text.lowercased()
        folded = Array(wanted.utf8)
        needsText = text.contains("\\") || !text.utf8.allSatisfy { $0 < 0x80 }
    }

    /// Whether a line holds it. An empty pattern is in no line.
    public func isIn(_ octets: [UInt8]) -> Bool {
        guard let first = folded.first, !needsText else {
            return needsText && WireText.shown(octets).lowercased().contains(wanted)
        }
        return octets.withUnsafeBufferPointer { line in
            guard line.count >= folded.count else { return false }
            for start in 0...line.count - folded.count where Self.fold(line[start]) == first {
                if folded.indices.allSatisfy({ Self.fold(line[start + $0]) == folded[$0] }) { return true }
            }
            return false
        }
    }

    private static func fold(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet | 0x20 : octet }
}
