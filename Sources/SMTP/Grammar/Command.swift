/// A command line, read or to be written: verb, argument, parameters (RFC 5321 §4.1.1).
public struct Command: Hashable, Sendable {
    /// nil for a verb that is not in the table.
    public let verb: Verb?
    /// The verb as it was typed, without the `FROM` or `TO` that belongs to MAIL and RCPT.
    public let typedVerb: [UInt8]
    public let argument: Argument
    public let parameters: [Parameter]

    /// What a command is about.
    public enum Argument: Hashable, Sendable {
        case none
        case domain([UInt8])
        case path(Path)
        case text([UInt8])
        /// A SASL mechanism, and the initial response when one was sent with it (RFC 4954 §4).
        case mechanism([UInt8], initialResponse: [UInt8]?)
        /// The size of a BDAT chunk in octets; nil when it is no number that fits (RFC 3030 §2).
        case chunk(octets: UInt64?, last: Bool)
    }

    init(verb: Verb?, typedVerb: [UInt8], argument: Argument, parameters: [Parameter] = []) {
        self.verb = verb
        self.typedVerb = typedVerb
        self.argument = argument
        self.parameters = parameters
    }

    /// The name to show: the table's spelling, or what was typed in upper case.
    public var name: String { verb?.rawValue ?? String(decoding: typedVerb.map(\.uppercased), as: UTF8.self) }
    public var path: Path? { if case .path(let path) = argument { path } else { nil } }

    /// The value of a parameter, by its name in upper case; nil when it is absent or has none.
    public func value(of name: String) -> [UInt8]? { parameters.first { $0.name == name }?.value }
}
