import CCompression
import Lessons

/// Unpacks a compressed file into memory, up to a bound, since a few octets can say a great many.
struct Unpacking {
    private(set) var octets: [UInt8] = []
    private(set) var end = End.whole

    enum End: Equatable {
        case whole
        /// The octets stop before the end, or are not what the format allows; what stands before that is there.
        case damaged
        /// There is more than is kept.
        case tooLong
        /// The library is not on this machine.
        case noLibrary
    }

    /// The most octets that a file may have when it is unpacked.
    static let maxOctets = FileOctets.maxOctets

    init(_ packed: [UInt8], by compression: Compression, most: Int = maxOctets) {
        var rest = packed[...]
        repeat {
            end = unpackMember(&rest, compression, most)
            // Parts may follow each other, as 'cat a.gz b.gz' makes them; anything else behind the last one belongs to nobody.
        } while end == .whole && compression.begins(rest)
    }

    private mutating func unpackMember(_ rest: inout ArraySlice<UInt8>, _ compression: Compression, _ most: Int) -> End
    {
        guard let stream = compression_open(compression.rawValue) else { return .noLibrary }
        defer { compression_close(stream) }
        var piece = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            // As much as an `unsigned` holds.
            var (taken, given) = (min(rest.count, 1 << 30), piece.count)
            let state = rest.withUnsafeBufferPointer {
                compression_unpack(stream, $0.baseAddress, &taken, &piece, &given)
            }
            rest = rest.dropFirst(taken)
            octets += piece[..<given]
            guard octets.count <= most else { return .tooLong }
            switch state {
            case Int32(compression_ended.rawValue): return .whole
            case Int32(compression_goes_on.rawValue) where taken > 0 || given > 0: continue
            default: return .damaged
            }
        }
    }
}
