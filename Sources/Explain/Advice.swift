/// What can be done about a reply that says no, THE table: a sentence for the author of the mail and one for an administrator.
///
/// It tells what holds for all servers; what the words of one server mean stands in the lesson of that wording.
struct Advice: Equatable {
    let author: String
    let administrator: String

    private init(_ author: String, _ administrator: String) {
        (self.author, self.administrator) = (author, administrator)
    }

    /// Nil where nothing went wrong.
    static func of(_ found: Explanation) -> Advice? {
        switch found.outcome {
        case .accepted: return nil
        case .expired: return expired
        case .refused, .deferred, .unknown, nil: break
        }
        return found.status.flatMap(of(status:)) ?? found.code.flatMap { of(code: $0, found.turn) }
    }

    private static func of(status: String) -> Advice? {
        let parts = status.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 3, parts[0] != 2 else { return nil }
        switch (parts[1], parts[2]) {
        case (0, 0): return nil
        case (1, 1), (1, 6), (1, 10): return noMailbox
        case (1, 7), (1, 8): return sender
        case (1, 2), (1, 4), (4, 4), (4, 3): return domain
        case (1, _): return address
        case (2, 2): return full
        case (2, 3), (3, 4): return tooLong
        case (2, _): return mailbox
        case (3, _): return system
        case (4, 7): return expired
        case (4, _): return network
        case (5, 3): return manyRecipients
        case (5, _): return protocolError
        case (6, _): return content
        case (7, 8), (7, 9), (7, 139), (7, 3), (7, 57): return login
        case (7, 10...11): return encryption
        case (7, 25): return hostName
        case (7, 28): return policy
        case (7, 20...32), (7, 515): return authentication
        default: return policy
        }
    }

    private static func of(code: UInt16, _ turn: AnsweredTurn?) -> Advice? {
        switch code {
        case 421, 450, 451: later
        case 452: full
        case 454 where turn == .startTLS: encryption
        case 432, 454, 530, 534, 535, 538: login
        case 500...504, 555: protocolError
        case 521, 556: domain
        case 550 where turn == .rcpt: recipient
        case 550 where turn == nil: recipient
        case 551: address
        case 552: tooLong
        case 553: address
        case 400..<500: later
        case 500..<600: policy
        default: nil
        }
    }

    static let noMailbox = Advice(
        "Check the spelling of the address, letter by letter; ask the recipient by another way for the one in use.",
        "Of the recipient's side: see whether the mailbox exists. Of a mailing list: take the address off it."
    )
    static let recipient = Advice(
        "Check the address first. Where it is right, the words of the reply say what the server objects to.",
        "Of the recipient's side: see whether the mailbox exists and takes mail from outside. Of the sender's side: see the server's address on block lists."
    )
    static let address = Advice(
        "Check the address: something in it is not as the recipient's server wants it.",
        "See how the address was written into RCPT, and whether a rule or an alias changed it."
    )
    static let sender = Advice(
        "Check the sender address that the mail program is set to.",
        "Of the sender's side: the domain of the reverse-path needs MX or address records that the world can look up."
    )
    static let domain = Advice(
        "Check the part of the address behind the @.",
        "Look the domain up: its MX records, their addresses, and whether they answer on port 25."
    )
    static let full = Advice(
        "Nothing now: the recipient has to make room. Tell them by another way.",
        "Of the recipient's side: raise the quota, or free the disk."
    )
    static let mailbox = Advice(
        "Ask the recipient by another way whether the mailbox is still in use.",
        "Of the recipient's side: see why the mailbox takes no mail: switched off, moved, closed to strangers."
    )
    static let tooLong = Advice(
        "Send less in one mail, or a link to the file.",
        "Compare the limit in SIZE of the EHLO reply with the mail; Base64 makes an attachment a third longer."
    )
    static let system = Advice(
        "Nothing: the recipient's server has trouble of its own.",
        "Of the recipient's side: read its log; a full disk, a filter that does not answer and a wrong setting are the usual reasons."
    )
    static let network = Advice(
        "Nothing now: the servers could not talk to each other.",
        "See whether the recipient's server can be reached on port 25 from the sender's, and whether its DNS answers."
    )
    static let expired = Advice(
        "Send the mail again when the recipient's server is back; ask by another way until then.",
        "Find the first failure of this mail in the log: what kept it in the queue stands there."
    )
    static let manyRecipients = Advice(
        "Send to fewer recipients at once.",
        "Of the sender's side: hand the rest in as further transactions; the limit is per transaction."
    )
    static let protocolError = Advice(
        "Nothing: the two programs do not understand each other.",
        "Of the sender's side: see the command that was refused, octet by octet; a proxy, a firewall or a wrong HELO name are often between."
    )
    static let content = Advice(
        "Send the mail in another form: plain text, another attachment, ASCII in the header.",
        "See whether the next server offers what the mail needs: 8BITMIME, SMTPUTF8."
    )
    static let login = Advice(
        "Check user name and password in the mail program. Many providers want a password made for programs, or have to be told first that programs may log in.",
        "See whether the mechanism is offered where it is tried, mostly only inside TLS, and whether the account may use SMTP."
    )
    static let encryption = Advice(
        "Set the mail program to STARTTLS on port 587, or to TLS on port 465.",
        "See that STARTTLS goes before this command, and that the certificate and the versions fit."
    )
    static let authentication = Advice(
        "Send through the server that the domain of your address names; write from no other one.",
        "Of the sender's domain: look at SPF, DKIM and DMARC for the domain in From, and at what forwarded the mail."
    )
    static let hostName = Advice(
        "Nothing: it is about the server that sends for you.",
        "Of the sender's server: its address needs a PTR record, and that name must lead back to the address."
    )
    static let policy = Advice(
        "Send through your provider's server, with a login. Where that was so, write to the recipient by another way.",
        "The words of the reply say which rule it was: relaying, a block list, a filter. Of the sender's side: look the server's address up on that list."
    )
    static let later = Advice(
        "Wait: the server that has the mail tries again by itself.",
        "Where it lasts for hours, read the words of the reply: greylisting passes, limits and block lists do not."
    )
}
