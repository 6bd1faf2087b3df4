/// Why a file could not be read or written, as a sentence that says what to do next.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// It is not there or may not be read.
        case noInput
        /// It was read, and is not what it should be.
        case wrongData
        /// It is a text without a dialogue in it; it may be something else that can be explained.
        case noDialogue
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
    /// What was read, where there is no dialogue in it.
    public let text: [UInt8]

    public init(_ kind: Kind, _ description: String, text: [UInt8] = []) {
        self.kind = kind
        self.description = description
        self.text = text
    }
}
