/// Why a file could not be read or written, as a sentence that says what to do next.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// It is not there or may not be read.
        case noInput
        /// It was read, and is not what it should be.
        case wrongData
        /// It cannot be made.
        case cannotCreate
        /// A file has the name already, and is not to be replaced.
        case exists
        /// Reading or writing broke off.
        case inputOutput
        /// Whoever read our output has gone. Nothing needs to be said about it.
        case readerGone
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
