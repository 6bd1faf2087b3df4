/// How a command is answered that comes out of order or cannot be meant (RFC 5321 §4.2.4, §4.3.2), in the words of the policy.
extension ServerDialogue {
    /// What has to come before a verb that is out of sequence.
    func missing(before verb: Verb) -> Phrase {
        switch phase {
        case .connected: .needsHello
        case .greeted where verb == .mail: .needsHello
        case .forwardPaths: .nestedMail
        case .reversePath: verb == .mail ? .nestedMail : .noRecipients
        case .greeted, .identified: [.data, .bdat].contains(verb) ? .needsRecipient : .needsMail
        case .chunks, .mailData, .authenticating, .securing, .ended, .unknown: .outOfSequence
        }
    }

    /// In a few words, what would be in sequence.
    static func hint(_ verb: Verb, _ phase: CommandSequence.Phase) -> String {
        switch phase {
        case .connected, .greeted: return "say EHLO or HELO first"
        case .identified: return "MAIL comes first"
        case .reversePath: return verb == .mail ? "a transaction is open" : "no recipient was accepted"
        case .forwardPaths: return "a transaction is open"
        case .chunks: return "the last chunk has not come"
        case .mailData, .authenticating, .securing, .ended, .unknown: return "not now"
        }
    }

    /// How a command that cannot be meant is answered.
    func syntaxError(_ kind: Departure.Kind, of verb: Verb, _ command: Command) -> Answer {
        if case .null? = command.path, let rule = rule(for: command.turn, verb, .null) { return rule }
        let usual = Self.syntaxError(kind, of: verb)
        let argument =
            switch command.path {
            case .malformed(let octets)?: octets.lossyText
            case .mailbox(let mailbox)?: "<\(mailbox.octets.lossyText)>"
            case .null?: "<>"
            case .postmaster?, nil: ""
            }
        let phrase: Phrase =
            switch kind {
            case .malformedPath, .localPartTooLong, .domainTooLong, .pathTooLong, .malformedDomain,
                .malformedAddressLiteral:
                verb.turn == .hello ? .badHello : verb == .rcpt ? .badRecipient : .badSender
            case .unexpectedArgument: .unexpectedArgument
            default: verb.turn == .hello ? .badHello : .syntaxError
            }
        return worded([phrase, .syntaxError], usual, of: verb, argument: argument)
    }

    private static func syntaxError(_ kind: Departure.Kind, of verb: Verb) -> Answer {
        switch kind {
        case .malformedParameter, .duplicateParameter, .malformedXtext:
            return Answer(501, "5.5.4", "Syntax error in parameters")
        case .malformedPath, .localPartTooLong, .domainTooLong, .pathTooLong, .malformedDomain,
            .malformedAddressLiteral:
            let enhanced = verb == .mail ? "5.1.7" : verb == .rcpt ? "5.1.3" : "5.5.2"
            return Answer(501, enhanced, verb.turn == .hello ? "Not a domain name" : "Not an address")
        default: return Answer(501, "5.5.4", "Syntax error in arguments")
        }
    }
}
