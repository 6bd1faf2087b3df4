import Interchange
import Networking
import Tracing

/// The exit statuses, THE table: where a live session failed, the numbers swaks uses; for everything else those of sysexits(3).
enum ExitCode: Int32, CaseIterable {
    case success = 0
    case connection = 2
    case closedEarly = 6
    case greeting = 21
    case hello = 22
    case mail = 23
    case noRecipient = 24
    case data = 25
    case content = 26
    case quit = 27
    case authentication = 28
    case tls = 29
    case helloInTLS = 32
    case usage = 64
    case wrongData = 65
    case noInput = 66
    case unavailable = 69
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
    case brokenOff = 75
    case noPermission = 77

    var meaning: String {
        switch self {
        case .success: "done"
        case .connection: "live: no connection, no such domain, or no address"
        case .closedEarly: "live: the connection ended early"
        case .greeting: "live: the greeting was negative"
        case .hello: "live: EHLO and HELO were refused"
        case .mail: "live: MAIL was refused"
        case .noRecipient: "live: no recipient was accepted"
        case .data: "live: DATA was refused"
        case .content: "live: the mail data was refused"
        case .quit: "live: QUIT went wrong, and no mail had been accepted"
        case .authentication: "live: AUTH was refused, or not possible"
        case .tls: "live: TLS was refused, not offered or failed"
        case .helloInTLS: "live: EHLO inside TLS was refused"
        case .usage: "the command line cannot be used"
        case .wrongData:
            "a file does not hold what it should, or a check was not passed"
        case .noInput: "a file, session or lesson is not there"
        case .unavailable: "something needed does not answer"
        case .internalError: "a mistake in ehlo itself"
        case .cannotCreate: "the output cannot be made"
        case .inputOutput: "reading or writing failed, or the reader of the output has gone"
        case .noPermission: "watch: capturing packets takes rights that are not there"
        case .brokenOff: "live: broken off by the person, so nothing is known; start it again"
        }
    }

    /// Where the mail of a sandbox world got no further: the first step that failed. Of a live session `LiveOutcome` says it.
    init(failureOf trace: Trace) {
        guard let step = trace.failed.map(\.step).min() else {
            self = .unavailable
            return
        }
        switch step {
        case .submission, .exchangerLookup: self = .unavailable
        case .connection: self = .connection
        case .greeting: self = .greeting
        case .ehlo, .ehloReply: self = .hello
        case .mail, .mailReply: self = .mail
        case .rcpt, .rcptReply: self = .noRecipient
        case .data: self = .data
        case .content, .acceptance: self = .content
        case .quit: self = .quit
        }
    }

    /// Where a live session came to its end.
    init(_ status: LiveOutcome.Status) {
        switch status {
        case .success: self = .success
        case .connection: self = .connection
        case .closedEarly: self = .closedEarly
        case .greeting: self = .greeting
        case .hello: self = .hello
        case .mail: self = .mail
        case .noRecipient: self = .noRecipient
        case .data: self = .data
        case .content: self = .content
        case .quit: self = .quit
        case .authentication: self = .authentication
        case .tls: self = .tls
        case .helloInTLS: self = .helloInTLS
        case .unavailable: self = .unavailable
        case .brokenOff: self = .brokenOff
        }
    }

    init(_ kind: FileError.Kind) {
        switch kind {
        case .noInput: self = .noInput
        case .wrongData, .noDialogue: self = .wrongData
        case .cannotCreate, .exists: self = .cannotCreate
        case .inputOutput, .readerGone: self = .inputOutput
        }
    }
}
