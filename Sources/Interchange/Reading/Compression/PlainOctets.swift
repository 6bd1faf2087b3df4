import Lessons

/// The octets of a file, unpacked where it was compressed.
public struct PlainOctets: Sendable {
    public let octets: [UInt8]
    /// What is to be said of them, in sentences.
    public let warnings: [String]

    /// Whether a file that begins so is one that was packed.
    public static func arePacked(_ beginning: some Collection<UInt8>) -> Bool { Compression.of(beginning) != nil }

    /// Reads a file as `FileOctets` does.
    public static func read(
        _ path: String,
        most: Int = FileOctets.maxOctets,
        onWait: () -> Void = {}
    ) throws(FileError) -> PlainOctets {
        let octets = try FileOctets.read(path, most: most, onWait: onWait)
        return try PlainOctets(octets, name: path == "-" ? "standard input" : Escaping.message(path), most: most)
    }

    /// What is in `octets`, which came from a file that is called `name` in a message.
    init(_ octets: [UInt8], name: String, most: Int = FileOctets.maxOctets) throws(FileError) {
        guard let compression = Compression.of(octets) else {
            (self.octets, warnings) = (octets, [])
            return
        }
        let unpacked = Unpacking(octets, by: compression, most: most)
        let program = compression.name
        switch unpacked.end {
        case .whole: warnings = []
        case .damaged where unpacked.octets.isEmpty:
            throw FileError(.wrongData, "\(name): its \(program) data is damaged; try a copy of the file")
        case .damaged:
            warnings = ["the \(program) data breaks off or is damaged; shown is what stands before that"]
        case .tooLong:
            let bound = SessionValues.readable(octets: UInt64(most))
            throw FileError(
                .wrongData,
                "\(name): unpacked it is longer than \(bound), the most that is unpacked here; unpack it with '\(program) -d' first"
            )
        case .noLibrary:
            throw FileError(
                .wrongData,
                "\(name): \(program) packed it, whose library is not here; install \(compression.package), or unpack it with '\(program) -d' first"
            )
        }
        self.octets = unpacked.octets
    }
}
