import CCompression

/// How a file may be compressed: what is read, THE table, told by the first octets.
enum Compression: Int32, CaseIterable {
    // The numbers are those of `CCompression`.
    case gzip, bzip2, zstd, xz, lz4

    /// What a file begins with, and each further part of it.
    private var magics: [[UInt8]] {
        switch self {
        case .gzip: [[0x1F, 0x8B, 8]]
        case .bzip2: (0x31...0x39).map { [0x42, 0x5A, 0x68, $0] }
        // The second is a part that is passed over (RFC 8878 §3.1.2).
        case .zstd: [[0x28, 0xB5, 0x2F, 0xFD]] + (0x50...0x5F).map { [$0, 0x2A, 0x4D, 0x18] }
        case .xz: [[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]]
        case .lz4: [[0x04, 0x22, 0x4D, 0x18]]
        }
    }

    /// The package of Debian that has its library.
    var package: String {
        switch self {
        case .gzip: "zlib1g"
        case .bzip2: "libbz2-1.0"
        case .zstd: "libzstd1"
        case .xz: "liblzma5"
        case .lz4: "liblz4-1"
        }
    }

    /// Its name, which is also the program's that unpacks it.
    var name: String { "\(self)" }

    func begins(_ octets: some Collection<UInt8>) -> Bool { magics.contains { octets.starts(with: $0) } }

    static func of(_ octets: some Collection<UInt8>) -> Compression? { allCases.first { $0.begins(octets) } }
}
