import Synchronization

/// The octets of a capture in memory, a mapped file or an array; read at any place, never changed.
///
/// Every access is checked against the end, so that a false length in the file cannot lead outside of it.
public final class CaptureOctets: @unchecked Sendable {
    let base: UnsafeRawPointer
    public let count: Int
    private let onRest: @Sendable () -> Void
    private let onRelease: @Sendable () -> Void
    private let sinceRest = Atomic<Int>(0)

    /// After so many octets their memory may be given back.
    static let restAfter = 16 << 20

    /// Octets that somebody else holds until `onRelease` is called. `onRest` is called when what was read so far is not
    /// needed for a while, so that its memory can be given back.
    public init(
        _ octets: UnsafeRawBufferPointer,
        onRest: @escaping @Sendable () -> Void = {},
        onRelease: @escaping @Sendable () -> Void
    ) {
        base = octets.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        count = octets.count
        self.onRest = onRest
        self.onRelease = onRelease
    }

    /// A capture that owns its octets.
    public convenience init(_ octets: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, octets.count), alignment: 8)
        copy.copyBytes(from: octets)
        let address = UInt(bitPattern: copy.baseAddress)
        self.init(UnsafeRawBufferPointer(rebasing: copy[..<octets.count])) {
            UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
        }
    }

    deinit { onRelease() }

    func rest() { onRest() }

    /// So many octets were looked at, by one of several who look at once, and are not needed for a while.
    func passed(_ octets: Int) {
        guard sinceRest.add(octets, ordering: .relaxed).newValue > Self.restAfter else { return }
        sinceRest.store(0, ordering: .relaxed)
        rest()
    }

    var whole: Window { Window(base: base, place: 0, count: count) }

    /// A part of it; cut at the end.
    func window(at offset: Int, count wanted: Int) -> Window {
        let start = min(max(0, offset), count)
        return Window(base: base + start, place: start, count: min(max(0, wanted), count - start))
    }
}

/// A range of a capture's octets, which nobody changes. To read past its end is a bug of ours and stops the program.
struct Window: @unchecked Sendable {
    let base: UnsafeRawPointer
    /// Where it begins, counted from the start of the capture.
    let place: Int
    let count: Int

    static var nothing: Window {
        Window(base: UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped, place: 0, count: 0)
    }

    @inline(__always)
    subscript(_ at: Int) -> UInt8 {
        precondition(at >= 0 && at < count)
        return base.load(fromByteOffset: at, as: UInt8.self)
    }

    /// Two octets in network order (RFC 791 appendix B).
    @inline(__always)
    func number16(_ at: Int) -> Int {
        precondition(at >= 0 && at + 2 <= count)
        return Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
    }

    /// Two octets, little-endian.
    func little16(_ at: Int) -> Int { Int(UInt16(truncatingIfNeeded: number16(at)).byteSwapped) }

    var first: UInt8? { count > 0 ? self[0] : nil }

    /// Four octets in network order.
    @inline(__always)
    func number32(_ at: Int) -> UInt32 {
        precondition(at >= 0 && at + 4 <= count)
        return UInt32(bigEndian: base.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }

    /// Eight octets in network order.
    @inline(__always)
    func number64(_ at: Int) -> UInt64 {
        precondition(at >= 0 && at + 8 <= count)
        return UInt64(bigEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// What remains after the first `octets`; nothing when there are fewer.
    func dropping(_ octets: Int) -> Window {
        let dropped = min(max(0, octets), count)
        return Window(base: base + dropped, place: place + dropped, count: count - dropped)
    }

    func prefix(_ octets: Int) -> Window { Window(base: base, place: place, count: min(max(0, octets), count)) }

    var octets: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
