import Notation
public import SMTP

/// Where the wire departs from the RFCs or deserves a remark, with what the RFC says and a lesson.
public struct Finding: Hashable, Sendable {
    public enum Severity: String, CaseIterable, Sendable {
        /// Forbidden and harmful.
        case error
        /// Forbidden and often forgiven.
        case warning
        /// Allowed, and worth a remark.
        case note
    }

    public let kind: Departure.Kind
    /// The octets of the line it is about; empty for the whole line.
    public let range: Range<Int>

    /// By how many octets a size is too large, negative when it is too small; of a delay its seconds.
    public let difference: Int?

    public init(_ departure: Departure) {
        kind = departure.kind
        range = departure.range
        difference = departure.difference
    }

    /// As in `missing-angle-brackets`.
    public var id: String { kind.rawValue }
    public var severity: Severity { kind.row.severity }
    /// The section it departs from, as `RFC 5321 §4.1.2`.
    public var spec: String { kind.row.spec }
    /// What was seen, in a sentence without a full stop.
    public var message: String {
        guard let difference else { return kind.row.message }
        if kind.isDelay { return "\(kind.row.message): \(difference.counted("second"))" }
        let octets = abs(difference).counted("octet")
        return "\(kind.row.message): it counts \(octets) too \(difference > 0 ? "many" : "few")"
    }
    public var anchor: LessonAnchor { LessonAnchor("finding/\(id)") }
}

extension Departure.Kind {
    /// Whether its number counts seconds.
    fileprivate var isDelay: Bool { self == .greetingDelayed || self == .replyDelayed }

    /// The table of findings, THE only place that says how grave each is and which section says so.
    fileprivate var row: (severity: Finding.Severity, spec: String, message: String) {
        switch self {
        case .bareLF:
            (.error, "RFC 5321 §2.3.8", "The line ends in LF alone, not in CRLF")
        case .bareCR:
            (.error, "RFC 5321 §2.3.8", "A CR stands in the line without its LF")
        case .controlOctet:
            (.warning, "RFC 5321 §4.1.1.4", "The line holds a control octet")
        case .bidiControl:
            (.warning, "RFC 5892 §2.3", "An invisible control turns the direction of the text round")
        case .invisibleCharacter:
            (.note, "RFC 5892 §2.3", "The text holds a character that cannot be seen")
        case .invalidUTF8:
            (.warning, "RFC 3629 §3", "Octets above 127 that are not valid UTF-8")
        case .unfinishedLine:
            (.warning, "RFC 5321 §2.3.8", "The connection ended before the line did")
        case .leadingSpace:
            (.warning, "RFC 5321 §4.1.1", "A space stands before the first word of the line")
        case .trailingSpace:
            (.warning, "RFC 5321 §4.1.1", "A space stands before the end of the line")
        case .commandLineTooLong:
            (.warning, "RFC 5321 §4.5.3.1.4", "The command line is longer than 512 octets")
        case .replyLineTooLong:
            (.warning, "RFC 5321 §4.5.3.1.5", "The reply line is longer than 512 octets")
        case .textLineTooLong:
            (.warning, "RFC 5321 §4.5.3.1.6", "A line of mail data is longer than 1000 octets")
        case .unknownVerb:
            (.warning, "RFC 5321 §4.1.5", "No RFC known here defines this command")
        case .emptyCommand:
            (.warning, "RFC 5321 §4.1.1", "An empty line was sent where a command belongs")
        case .obsoleteVerb:
            (.warning, "RFC 5321 appendix F", "The command is obsolete")
        case .missingArgument:
            (.error, "RFC 5321 §4.1.1", "The command lacks its argument")
        case .unexpectedArgument:
            (.warning, "RFC 5321 §4.1.1", "The command takes no argument, but has one")
        case .malformedArgument:
            (.error, "RFC 5321 §4.1.2", "The argument does not follow the grammar")
        case .missingAngleBrackets:
            (.warning, "RFC 5321 §4.1.2", "The path has no angle brackets")
        case .spaceBeforeColon:
            (.warning, "RFC 5321 §3.3", "A space stands before the colon")
        case .spaceAfterColon:
            (.warning, "RFC 5321 §3.3", "A space stands between the colon and the path")
        case .missingColon:
            (.error, "RFC 5321 §3.3", "The colon after FROM or TO is missing")
        case .malformedPath:
            (.error, "RFC 5321 §4.1.2", "The path does not follow the grammar")
        case .sourceRoute:
            (.note, "RFC 5321 §4.1.1.3", "The path carries a source route, which is history")
        case .localPartTooLong:
            (.warning, "RFC 5321 §4.5.3.1.1", "The local part is longer than 64 octets")
        case .domainTooLong:
            (.warning, "RFC 5321 §4.5.3.1.2", "The domain is longer than 255 octets")
        case .pathTooLong:
            (.warning, "RFC 5321 §4.5.3.1.3", "The path is longer than 256 octets")
        case .malformedDomain:
            (.warning, "RFC 5321 §4.1.2", "The domain does not follow the grammar")
        case .domainNotFullyQualified:
            (.warning, "RFC 5321 §2.3.5", "The domain name is not fully qualified")
        case .loopbackLiteral:
            (.warning, "RFC 1122 §3.2.1.3", "The client names itself by an address that every machine has")
        case .malformedAddressLiteral:
            (.warning, "RFC 5321 §4.1.3", "The address literal does not follow the grammar")
        case .malformedParameter:
            (.error, "RFC 5321 §4.1.2", "The parameter does not follow the grammar")
        case .duplicateParameter:
            (.warning, "RFC 1870 §6", "The same parameter is given twice")
        case .malformedXtext:
            (.warning, "RFC 3461 §4", "The value is not valid xtext")
        case .malformedChunkSize:
            (.error, "RFC 3030 §2", "The chunk size is not a decimal number")
        case .utf8WithoutSMTPUTF8:
            (.error, "RFC 6531 §3.4", "UTF-8 in the envelope without the SMTPUTF8 parameter")
        case .parameterNotOffered:
            (.warning, "RFC 5321 §4.1.1.3", "The server has not offered this parameter")
        case .extensionNotOffered:
            (.warning, "RFC 5321 §2.2", "The server has not offered the extension of this command")
        case .sizeOverLimit:
            (.error, "RFC 1870 §6.1", "The declared size is over the limit the server offered")
        case .credentialInClear:
            (.error, "RFC 4954 §4", "A password crosses the network without encryption")
        case .noReplyCode:
            (.error, "RFC 5321 §4.2", "The line does not begin with a three-digit reply code")
        case .replyCodeOutsideGrammar:
            (.warning, "RFC 5321 §4.2", "The reply code is outside the grammar")
        case .replyCodeChanges:
            (.error, "RFC 5321 §4.2.1", "The reply code changes within one multiline reply")
        case .malformedReplySeparator:
            (.error, "RFC 5321 §4.2", "After the reply code stands neither a space nor a hyphen")
        case .replyWithoutText:
            (.note, "RFC 5321 §4.2", "The reply has a code and no text")
        case .enhancedCodeMismatch:
            (.warning, "RFC 2034 §4", "The enhanced status code contradicts the reply code")
        case .enhancedCodeMissing:
            (.warning, "RFC 2034 §4", "ENHANCEDSTATUSCODES was offered, but this reply has no such code")
        case .malformedKeyword:
            (.warning, "RFC 5321 §4.1.1.1", "The EHLO line does not follow the grammar of keywords")
        case .greetingWithoutDomain:
            (.warning, "RFC 5321 §4.3.1", "The greeting does not begin with the server's domain")
        case .replyNotDefined:
            (.note, "RFC 5321 §4.2", "RFC 5321 does not list this reply code")
        case .notSMTP:
            (.error, "RFC 5321 §4.2", "This does not look like SMTP")
        case .helloNotRepeated:
            (.warning, "RFC 3207 §4.2", "Behind the handshake the client did not say EHLO again")
        case .outOfSequence:
            (.error, "RFC 5321 §4.1.4", "The command is out of sequence")
        case .noAcceptedRecipient:
            (.error, "RFC 5321 §3.3", "No recipient was accepted, yet the mail data is announced")
        case .commandBeforeReply:
            (.warning, "RFC 5321 §4.3.1", "The command did not wait for the reply to the one before")
        case .commandBeforeGreeting:
            (.warning, "RFC 5321 §4.3.1", "The client spoke before the greeting")
        case .replyWithoutCommand:
            (.error, "RFC 5321 §4.2", "A reply came that no command had asked for")
        case .commandUnanswered:
            (.warning, "RFC 5321 §4.2", "The command has no reply")
        case .dataWithout354:
            (.error, "RFC 5321 §4.1.1.4", "The client sent its mail although the server had not said 354")
        case .unexpectedIntermediateReply:
            (.error, "RFC 5321 §4.3.2", "The server asks to go on with a code that is not for this command")
        case .tlsInsteadOfCommand:
            (.error, "RFC 8314 §3.3", "The client speaks TLS to a port where SMTP begins in the clear")
        case .clearInsteadOfTLS:
            (.error, "RFC 8314 §3.3", "The client speaks in the clear to a port where TLS comes first")
        case .noGreeting:
            (.error, "RFC 5321 §3.1", "The connection ended, and the server had not said a word")
        case .chunkSizeWrong:
            (.error, "RFC 3030 §2", "The size of the chunk is not the size of what was sent")
        case .dataBefore354:
            (.error, "RFC 5321 §3.3", "Mail data was sent before the server said 354")
        case .octetsAfterSTARTTLS:
            (.error, "RFC 3207 §4.2", "Octets came in the clear between STARTTLS and the handshake")
        case .startTLSOfferedInTLS:
            (.warning, "RFC 3207 §4.2", "STARTTLS is offered although the session is inside TLS already")
        case .startTLSMasked:
            (.error, "RFC 3207 §6", "Somebody between client and server has painted over the offer of STARTTLS")
        case .certificateOutsideValidity:
            (.warning, "RFC 5280 §4.1.2.5", "The certificate has expired or is not valid yet")
        case .certificateNotTrusted:
            (.warning, "RFC 7435 §3", "No authority that is trusted here vouches for the certificate")
        case .certificateForAnotherName:
            (.warning, "RFC 8461 §4.2", "The certificate is for another name than that of the server")
        case .oldTLSVersion:
            (.warning, "RFC 8996 §4, §5", "This version of TLS is too old to be used")
        case .greetingDelayed:
            (.note, "RFC 5321 §4.5.3.2.1", "The server let the client wait for its greeting")
        case .replyDelayed:
            (.note, "RFC 5321 §4.5.3.2", "The server let the client wait for this reply")
        case .quitRefused:
            (.warning, "RFC 5321 §4.1.1.10", "The server refuses QUIT, which it must answer with 221")
        case .closedWithoutQuit:
            (.warning, "RFC 5321 §4.1.1.10", "The client closed the connection without QUIT")
        case .closedWithout421:
            (.warning, "RFC 5321 §3.8", "The server closed the connection without saying 421")
        case .endOfDataVariant:
            (.error, "RFC 5321 §4.1.1.4", "A lone dot whose line ends are not CRLF on both sides")
        case .unstuffedDot:
            (.error, "RFC 5321 §4.5.2", "A line begins with a dot that was not doubled")
        case .dataNotEnded:
            (.error, "RFC 5321 §4.1.1.4", "The mail data never came to its closing dot")
        case .noHeader:
            (.warning, "RFC 5322 §3.6", "The mail data has no header section")
        case .missingHeaderField:
            (.warning, "RFC 5322 §3.6", "A header field that every message needs is missing")
        case .malformedHeader:
            (.warning, "RFC 5322 §2.2", "The line in the header section is no header field")
        case .eightBitWithout8BITMIME:
            (.warning, "RFC 5321 §2.4", "8-bit mail data without BODY=8BITMIME")
        case .malformedDNSMessage:
            (.error, "RFC 1035 §4.1", "The DNS message cannot be read to its end")
        case .nullMX:
            (.note, "RFC 7505 §3", "The domain declares that it takes no mail")
        case .nullMXAmongOthers:
            (.error, "RFC 7505 §3", "A null MX stands beside other MX records, which contradicts them")
        case .exchangerWithoutAddress:
            (.warning, "RFC 5321 §5.1", "The MX record names a host that has no address")
        case .implicitMX:
            (.note, "RFC 5321 §5.1", "There is no MX record: the domain's own address is used")
        case .exchangerIsAddress:
            (.error, "RFC 5321 §5.1", "The MX record holds an address where a name belongs")
        case .exchangerIsAlias:
            (.warning, "RFC 2181 §10.3", "The MX record points to an alias")
        }
    }
}
