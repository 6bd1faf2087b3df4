import SMTP
import Tracing

/// What a line of a log is once the marks of the program that wrote it are taken off.
struct Peeled: Equatable {
    enum Item: Equatable {
        /// A line of the wire, without its end, which the log does not show.
        case said(Side?, ArraySlice<UInt8>)
        /// Octets of the wire with their line ends, as a log shows them that writes `\r\n` out.
        case wrote(Side?, [UInt8])
        /// A command and its answer in one row of a log; either may be empty.
        case turn(ArraySlice<UInt8>, ArraySlice<UInt8>)
        /// The rest of the line above, which the program wrapped at a blank.
        case wraps(ArraySlice<UInt8>)
        /// The first line of something whose other lines the log leaves out, and how many octets they have, if that is known.
        case cut(Side, ArraySlice<UInt8>, missing: Int)
        /// Something that went over the wire and that the log leaves out.
        case leftOut(Side, LeftOut)
        case link(LinkFact)
        /// What the program says about itself.
        case remark(ArraySlice<UInt8>)
        /// A line of mail data while mail data is under way, else the program's own words.
        case either(ArraySlice<UInt8>)
        /// A line that may go on with the reply of the line above it, else the program's own words.
        case goesOn(ArraySlice<UInt8>)
        /// The client's line above was typed and, for this reason, never sent.
        case unsent(String)
        /// What stands in the log a second time.
        case again
    }

    enum LeftOut: Equatable {
        /// A command or response whose credential is hidden; what of the line is told, as `AUTH PLAIN`.
        case credential([UInt8])
        /// Mail data, with what the log says of it.
        case content(String)
    }

    var item: Item
    /// What tells sessions apart that stand in the log between each other.
    var session: [UInt8] = []
    /// Whom the connection is with, where the log says that of each line: another one is of another session.
    var peer: ArraySlice<UInt8> = []
    /// Seconds, when the dialect itself has times.
    var time: TimeStamp?
    /// Whether the program says with it that the session is over.
    var isLast = false

    init(_ item: Item) { self.item = item }
}

/// What a log tells about the connection under the dialogue.
enum LinkFact: Equatable {
    case connecting(String)
    case connected(String)
    /// A server tells who called.
    case accepted(String)
    case secured(String)
    case closed(Side)
    case failed(String)
}

extension Peeled.Item {
    /// The lone dot without `(EOM)`, which fetchmail, Sylpheed and Claws Mail write behind it. A dot that begins a line of mail
    /// data would be doubled (RFC 5321 §4.5.2).
    var withoutWordsAtDot: Self {
        guard case .said(let side, let text) = self, text.count == 7, text.elementsEqual(". (EOM)".utf8) else {
            return self
        }
        return .said(side, text.prefix(1))
    }
}
