/// What a server said in answer to EHLO: its name, its greeting and the extensions it offers (RFC 5321 §4.1.1.1).
public struct Hello: Hashable, Sendable {
    /// The server's domain as it stands first in the first line.
    public let domain: [UInt8]
    /// One line each, in the order they came.
    public let offered: [Keyword]

    /// An EHLO keyword and its parameters: `SIZE 104857600`, `AUTH LOGIN PLAIN`.
    public struct Keyword: Hashable, Sendable {
        /// As sent; compare without case.
        public let octets: [UInt8]
        public let parameters: [[UInt8]]
        /// The keyword in upper case, as text.
        public var name: String { String(decoding: octets.map(\.uppercased), as: UTF8.self) }

        /// Reads the text of one line of the reply.
        static func read(_ text: [UInt8]) -> Keyword {
            let words = text.split(whereSeparator: \.isWhiteSpace).map(Array.init)
            return Keyword(octets: words.first ?? [], parameters: Array(words.dropFirst()))
        }

        /// Whether it is an ehlo-keyword: letters, digits, hyphens, beginning with a letter or digit.
        static func isKeyword(_ octets: some Collection<UInt8>) -> Bool {
            // `AUTH=LOGIN` breaks the grammar and is known all the same (see the table of extensions).
            octets.first?.isLetDig == true && octets.allSatisfy(\.isLetDigHyphen)
        }
    }

    /// The offer in a positive reply to EHLO.
    public init(_ reply: Reply) {
        domain = reply.lines.first.map { Array($0.text.prefix { !$0.isWhiteSpace }) } ?? []
        offered = reply.lines.dropFirst().map { Keyword.read($0.text) }.filter { !$0.octets.isEmpty }
    }

    /// Nothing offered, as after HELO or before any answer.
    public init() {
        domain = []
        offered = []
    }

    public func keyword(_ name: String) -> Keyword? {
        offered.first { $0.octets.lazy.map(\.uppercased).elementsEqual(name.utf8) }
    }
    public func offers(_ name: String) -> Bool { keyword(name) != nil }
    /// The parameters of a keyword on all of its lines: a server may offer mechanisms one by one, as `250-AUTH PLAIN` and
    /// `250-AUTH LOGIN`.
    public func parameters(of name: String) -> [[UInt8]] { offered.filter { $0.name == name }.flatMap(\.parameters) }
    /// The largest message the server takes, in octets; nil when it offers no SIZE or sets no fixed limit (RFC 1870 §4).
    public var sizeLimit: UInt64? {
        keyword("SIZE")?.parameters.first.flatMap { UInt64(decimal: $0) }.flatMap { $0 == 0 ? nil : $0 }
    }
}
