/// A server's character: what it says and refuses, how it behaves on the wire, and what there is to learn from it.
public struct Persona: Sendable {
    /// What it is called by: the name of its file.
    public var name: String
    public var title: String
    /// One line.
    public var summary: String
    /// What it shows and why that is so, in paragraphs.
    public var explanation: String
    public var policy: ServerDialogue.Policy
    public var manners: Manners

    public init(
        name: String,
        title: String,
        summary: String,
        explanation: String,
        policy: ServerDialogue.Policy,
        manners: Manners = Manners()
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.explanation = explanation
        self.policy = policy
        self.manners = manners
    }

    /// How a server puts on the wire what it has to say.
    public struct Manners: Hashable, Sendable {
        /// How a reply of several lines is broken (RFC 5321 §4.2.1).
        public enum Multiline: String, CaseIterable, Sendable {
            /// As it should be.
            case sound
            /// A line in the middle has another code.
            case codeChanges = "code-changes"
            /// The first line has a space behind its code, as only the last may.
            case endsEarly = "ends-early"
            /// The last line has a hyphen behind its code, so that the reply never ends.
            case neverEnds = "never-ends"
        }

        /// How long it thinks before it answers a turn.
        public var delays: [CommandSequence.Turn: Delay] = [:]
        /// How long it thinks before any other answer.
        public var delay = Delay.none
        /// How long it rests after each octet.
        public var drip = Delay.none
        /// What ends its lines.
        public var lineEnding = WireLine.Ending.crlf
        public var multiline = Multiline.sound
        /// Whether it sends an answer that nobody asked for right behind its greeting.
        public var talksEarly = false
        /// How long a stranger has to wait before a greylisting server knows it.
        public var greylistDelay = Delay.none

        public init() {}

        public func delay(before turn: CommandSequence.Turn) -> Delay { delays[turn] ?? delay }

        /// The octets of a reply.
        public func octets(of lines: [OutgoingLine], answering turn: CommandSequence.Turn) -> [UInt8] {
            var octets: [UInt8] = []
            octets.reserveCapacity(64 * lines.count)
            for (index, line) in lines.enumerated() {
                octets += lines.count > 1 ? broken(line.octets, index, of: lines.count) : line.octets
                octets += lineEnding.octets
            }
            if talksEarly, turn == .greeting { octets += Array("250 Nobody asked, but go on".utf8) + lineEnding.octets }
            return octets
        }

        private func broken(_ line: [UInt8], _ index: Int, of count: Int) -> [UInt8] {
            guard line.count > 3 else { return line }
            var line = line
            switch multiline {
            case .sound: break
            case .codeChanges:
                if index > 0, index < count - 1 || count == 2 { line[2] = line[2] == 0x39 ? 0x30 : line[2] + 1 }
            case .endsEarly: if index == 0 { line[3] = 32 }
            case .neverEnds: if index == count - 1 { line[3] = UInt8(ascii: "-") }
            }
            return line
        }
    }

    /// A time in milliseconds.
    public struct Delay: Hashable, Sendable {
        public var milliseconds: Int
        public static let none = Delay(milliseconds: 0)
        public init(milliseconds: Int) { self.milliseconds = milliseconds }
    }
}
