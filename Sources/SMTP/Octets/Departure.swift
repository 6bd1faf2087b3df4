/// Where the wire departs from the RFCs, or deserves a remark, found while reading what somebody else wrote.
///
/// The raw value is the finding's id, `finding/<id>` its lesson. How grave it is and which RFC says so stands in the
/// table of findings (`Finding`); here is only what can be seen.
public struct Departure: Hashable, Sendable {
    /// What was seen.
    public let kind: Kind
    /// The octets it is about, counted from the first octet of the line; empty when it is about the whole line.
    public let range: Range<Int>

    /// By how many octets a size is too large, negative when it is too small; of a delay its seconds. Nil where neither is meant.
    public let difference: Int?

    public init(_ kind: Kind, at range: Range<Int> = 0..<0, difference: Int? = nil) {
        self.kind = kind
        self.range = range
        self.difference = difference
    }

    public enum Kind: String, CaseIterable, Sendable {
        // Lines
        case bareLF = "bare-lf"
        case bareCR = "bare-cr"
        case controlOctet = "control-octet"
        case bidiControl = "bidi-control"
        case invisibleCharacter = "invisible-character"
        case invalidUTF8 = "invalid-utf8"
        case unfinishedLine = "unfinished-line"
        case leadingSpace = "leading-space"
        case trailingSpace = "trailing-space"
        case commandLineTooLong = "command-line-too-long"
        case replyLineTooLong = "reply-line-too-long"
        case textLineTooLong = "text-line-too-long"
        // Commands
        case unknownVerb = "unknown-verb"
        case emptyCommand = "empty-command"
        case obsoleteVerb = "obsolete-verb"
        case missingArgument = "missing-argument"
        case unexpectedArgument = "unexpected-argument"
        case malformedArgument = "malformed-argument"
        case missingAngleBrackets = "missing-angle-brackets"
        case spaceBeforeColon = "space-before-colon"
        case spaceAfterColon = "space-after-colon"
        case missingColon = "missing-colon"
        case malformedPath = "malformed-path"
        case sourceRoute = "source-route"
        case localPartTooLong = "local-part-too-long"
        case domainTooLong = "domain-too-long"
        case pathTooLong = "path-too-long"
        case malformedDomain = "malformed-domain"
        case domainNotFullyQualified = "domain-not-fully-qualified"
        case loopbackLiteral = "loopback-literal"
        case malformedAddressLiteral = "malformed-address-literal"
        case malformedParameter = "malformed-parameter"
        case duplicateParameter = "duplicate-parameter"
        case malformedXtext = "malformed-xtext"
        case malformedChunkSize = "malformed-chunk-size"
        case utf8WithoutSMTPUTF8 = "utf8-without-smtputf8"
        case parameterNotOffered = "parameter-not-offered"
        case extensionNotOffered = "extension-not-offered"
        case sizeOverLimit = "size-over-limit"
        case credentialInClear = "credential-in-clear"
        // Replies
        case noReplyCode = "no-reply-code"
        case replyCodeOutsideGrammar = "reply-code-outside-grammar"
        case replyCodeChanges = "reply-code-changes"
        case malformedReplySeparator = "malformed-reply-separator"
        case replyWithoutText = "reply-without-text"
        case enhancedCodeMismatch = "enhanced-code-mismatch"
        case enhancedCodeMissing = "enhanced-code-missing"
        case malformedKeyword = "malformed-keyword"
        case greetingWithoutDomain = "greeting-without-domain"
        case replyNotDefined = "reply-not-defined"
        case notSMTP = "not-smtp"
        // The order of things
        case helloNotRepeated = "hello-not-repeated"
        case outOfSequence = "out-of-sequence"
        case noAcceptedRecipient = "no-accepted-recipient"
        case commandBeforeReply = "command-before-reply"
        case commandBeforeGreeting = "command-before-greeting"
        case replyWithoutCommand = "reply-without-command"
        case commandUnanswered = "command-unanswered"
        case dataWithout354 = "data-without-354"
        case unexpectedIntermediateReply = "unexpected-intermediate-reply"
        case tlsInsteadOfCommand = "tls-instead-of-command"
        case clearInsteadOfTLS = "clear-instead-of-tls"
        case noGreeting = "no-greeting"
        case chunkSizeWrong = "chunk-size-wrong"
        case dataBefore354 = "data-before-354"
        case octetsAfterSTARTTLS = "octets-after-starttls"
        case startTLSOfferedInTLS = "starttls-offered-in-tls"
        case startTLSMasked = "starttls-masked"
        case certificateOutsideValidity = "certificate-outside-validity"
        case certificateNotTrusted = "certificate-not-trusted"
        case certificateForAnotherName = "certificate-for-another-name"
        case oldTLSVersion = "old-tls-version"
        case greetingDelayed = "greeting-delayed"
        case replyDelayed = "reply-delayed"
        case quitRefused = "quit-refused"
        case closedWithoutQuit = "closed-without-quit"
        case closedWithout421 = "closed-without-421"
        // Mail data
        case endOfDataVariant = "end-of-data-variant"
        case unstuffedDot = "unstuffed-dot"
        case dataNotEnded = "data-not-ended"
        case noHeader = "no-header"
        case missingHeaderField = "missing-header-field"
        case malformedHeader = "malformed-header"
        case eightBitWithout8BITMIME = "eight-bit-without-8bitmime"
        // Lookups
        case malformedDNSMessage = "malformed-dns-message"
        case nullMX = "null-mx"
        case nullMXAmongOthers = "null-mx-among-others"
        case exchangerWithoutAddress = "exchanger-without-address"
        case implicitMX = "implicit-mx"
        case exchangerIsAddress = "exchanger-is-address"
        case exchangerIsAlias = "exchanger-is-alias"
    }
}
