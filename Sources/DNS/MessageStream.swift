/// Messages as TCP carries them, each behind its length in two octets (RFC 1035 §4.2.2, RFC 7766 §8).
public struct MessageStream: Sendable {
    private var waiting: [UInt8] = []

    public init() {}

    /// Adds octets that came.
    public mutating func append(_ octets: some Sequence<UInt8>) { waiting += octets }

    /// Takes the next whole message; nil while it is still on its way.
    public mutating func next() -> [UInt8]? {
        guard waiting.count >= 2 else { return nil }
        let length = Int(waiting[0]) << 8 | Int(waiting[1])
        guard waiting.count >= 2 + length else { return nil }
        let message = Array(waiting[2..<2 + length])
        waiting.removeFirst(2 + length)
        return message
    }
}
