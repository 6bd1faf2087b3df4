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
        let told = Told(found)
        return of(words: told) ?? of(status: told) ?? of(code: told)
    }

    /// What decides: the codes, what was answered, and the words.
    private struct Told {
        /// The three numbers of the status; of one that says nothing but its class none.
        let status: (kind: Int, subject: Int, detail: Int)?
        let code: UInt16?
        let turn: AnsweredTurn?
        private let words: String

        init(_ found: Explanation) {
            let parts = (found.status ?? "").split(separator: ".").compactMap { Int($0) }
            let isTold = parts.count == 3 && parts[0] != 2 && (parts[1], parts[2]) != (0, 0)
            status = isTold ? (parts[0], parts[1], parts[2]) : nil
            (code, turn) = (found.code, found.turn)
            words = (found.quoted ?? found.text).lowercased()
        }

        func says(_ some: String...) -> Bool { some.contains { words.has($0) } }

        /// Whether it passes by its class, which the code tells where there is one.
        var isPassing: Bool { (code.map { $0 / 100 } ?? status.map { UInt16(clamping: $0.kind) }) == 4 }

        /// Whether it answers AUTH.
        var isAtLogin: Bool { if case .auth = turn { true } else { false } }

        /// Whether the code names a login or its encryption, which says more than a status without detail (RFC 4954 §6).
        var isOfLogin: Bool { [530, 534, 535, 538].contains(code ?? 0) }
    }

    /// What the words tell where codes are used for more than one thing.
    private static func of(words told: Told) -> Advice? {
        // A server counts Received fields and says so by many codes (RFC 5321 §6.3).
        if told.says("mail loop", "loops back", "too many hops", "hop count exceeded") { return loop }
        // RFC 7504 §3, RFC 7505 §4.1: the code is exact, and Microsoft has another meaning for its status.
        if told.code == 556 { return domain }
        if told.turn?.isQuestion == true, (500...504).contains(told.code ?? 0) { return silence }
        if told.code == 551, told.status == nil || told.status?.subject == 1 { return moved }
        return nil
    }

    /// By the status, of the registry or of those who use its numbers otherwise.
    private static func of(status told: Told) -> Advice? {
        guard let (_, subject, detail) = told.status else { return nil }
        switch subject {
        case 1: return of(address: detail, told)
        case 2: return of(mailbox: detail)
        case 3:
            return detail == 4 ? tooLong : detail == 3 ? feature : system
        case 4: return of(network: detail, told)
        case 5:
            // RFC 4954 §4: the mechanism is an argument.
            if told.code == 504, told.isAtLogin { return mechanism }
            return detail == 3 ? manyRecipients : protocolError
        case 6:
            // RFC 6531 §3.5; the content is fetched with BURL (RFC 4468 §5).
            return detail == 7 ? asciiAddress : detail == 6 ? burl : content
        case 7: return of(security: detail, told)
        default: return nil
        }
    }

    /// RFC 3463 §3.2, RFC 7505 §4.1.
    private static func of(address detail: Int, _ told: Told) -> Advice? {
        switch detail {
        case 1, 6: noMailbox
        // Exchange alone means a mailbox, and by another code.
        case 10: told.code == 550 && !told.says("null mx", "nullmx") ? noMailbox : domain
        case 2: domain
        case 7, 8: sender
        case 0 where told.turn == .mail: sender
        // Valid, or passed on (RFC 3886 §3.3.4): nothing is wrong with it.
        case 5, 9: nil
        case 90: rate
        default: address
        }
    }

    /// RFC 3463 §3.3.
    private static func of(mailbox detail: Int) -> Advice {
        switch detail {
        case 2: full
        case 3: tooLong
        case 4: list
        case 121, 122: rate
        default: mailbox
        }
    }

    /// RFC 3463 §3.5.
    private static func of(network detail: Int, _ told: Told) -> Advice {
        switch detail {
        // Microsoft's word for an unknown recipient, Gmail's and Zoho's for a limit.
        case 1 where told.says("recipient address rejected"): noMailbox
        case 5 where !told.isPassing, 6 where told.says("sending activity"): rate
        case 4, 310: domain
        case 5: later
        case 6, 14: loop
        case 7: expired
        case 8: safeWay
        default: network
        }
    }

    /// RFC 3463 §3.8, RFC 4954 §6, RFC 5248 §2.4 and the numbers that came later.
    private static func of(security detail: Int, _ told: Told) -> Advice? {
        switch detail {
        case 0, 1, 14:
            // The registry's 14 is about BURL, Gmail's about a login (RFC 5248 §2.4).
            if detail == 14, told.code != 534 { return burl }
            if told.isOfLogin { return nil }
            if told.says("spf", "dkim", "dmarc") { return authentication }
            // Refused relaying does not pass, whatever its class.
            return told.isPassing && !told.says("relay") ? told.isAtLogin ? loginTrouble : later : policy
        case 2, 124, 133...136: return closed
        // Microsoft has these two, with 550, for what is closed to strangers.
        case 12: return told.isPassing ? transition : closed
        case 13: return told.code == 550 ? closed : disabled
        case 3: return told.isAtLogin ? login : content
        case 4: return told.code == 504 || told.isAtLogin ? mechanism : content
        case 5...7: return integrity
        case 8 where told.isPassing: return loginTrouble
        case 8, 9, 57, 139: return login
        // In a report nobody found TLS for a mail that demands it (RFC 8689 §4.2.1).
        case 10: return told.code == nil && told.turn == nil ? safeWay : encryption
        case 11: return encryption
        case 15, 16: return priority
        case 17...19: return owner
        case 504, 505: return noMailbox
        case 60: return sender
        case 320...325: return safeWay
        case 28, 508: return rate
        default: return of(origin: detail, told)
        }
    }

    /// Who vouches for the mail (RFC 7372 §3, RFC 8617 §10.4). Gmail has other meanings for four numbers, and its words tell.
    private static func of(origin detail: Int, _ told: Told) -> Advice {
        switch detail {
        case 25: hostName
        case 23 where told.says("ptr record"): hostName
        // RFC 7505 §4.1 against SPF, RFC 8689 §4.2.1 against DKIM, ARC against TLS; with a 4 they are Gmail's.
        case 27: told.isPassing || told.says("spf") ? authentication : sender
        case 30: told.isPassing || told.says("dkim") ? authentication : safeWay
        case 29: told.isPassing || told.says("tls") ? safeWay : authentication
        case 20...32, 40, 509, 515: authentication
        default: policy
        }
    }

    private static func of(code told: Told) -> Advice? {
        switch (told.code ?? 0, told.turn) {
        case (421, _), (450, _), (451, _): later
        case (452, _): room
        // For a reason of the server's own (RFC 3207 §4, RFC 4954 §6).
        case (454, .auth): loginTrouble
        case (454, .rcpt): policy
        case (432, _): transition
        // RFC 3207 §4: the same code asks for TLS and for a login.
        case (530, .auth): encryption
        case (530, _): told.says("starttls", "encrypt") ? encryption : login
        case (538, _), (523, .auth), (524, .auth): encryption
        case (525, _): disabled
        case (534, _), (535, _): login
        case (504, .auth): mechanism
        case (555, _): feature
        case (500...504, _): protocolError
        // A host that takes no mail says so at once (RFC 7504 §3).
        case (521, nil), (521, .connect): domain
        case (550, nil), (550, .rcpt), (550, .vrfy): recipient
        case (552, .mail), (552, .data), (552, .dot): tooLong
        case (552, _): limit
        case (553, .mail): sender
        case (553, _): address
        case (400..<500, _): later
        case (500..<600, _): policy
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
        "Check the address: something in it is not as the server wants it. Ask its owner for it in full.",
        "See how the address was written into the command, and whether a rule or an alias changed it."
    )
    static let asciiAddress = Advice(
        "Use an address in ASCII alone, of the recipient and of your own: many people with another one have both.",
        "See whether each server on the way offers SMTPUTF8; one without it ends the journey."
    )
    static let moved = Advice(
        "The reply names the address to use: ask the recipient whether it is right, and send there.",
        "Nothing is forwarded. Put the new address into lists and address books when its owner has said that it is right."
    )
    static let sender = Advice(
        "Check the sender address that the mail program is set to.",
        "Of the sender's side: see that the login may use this reverse-path, and that its domain has MX or address records that the world can look up, and no null MX."
    )
    static let domain = Advice(
        "Check the part of the address behind the @.",
        "Look the domain up: its MX records (a null MX takes no mail), their addresses, and whether they answer on port 25."
    )
    static let full = Advice(
        "Nothing now: the recipient has to make room. Tell them by another way.",
        "Of the recipient's side: raise the quota, or free the disk."
    )
    static let room = Advice(
        "Wait: the server has no room now, or takes no more recipients at once, and the server that has the mail tries again by itself.",
        "Of the recipient's side: see the disk, and how many recipients one mail may have. Of the sender's side: recipients that got this go into a further transaction."
    )
    static let mailbox = Advice(
        "Ask the recipient by another way whether the mailbox is still in use.",
        "Of the recipient's side: see why the mailbox takes no mail: switched off, moved, closed to strangers."
    )
    static let silence = Advice(
        "Nothing: it is about no mail. Whether the address takes mail, only a mail can show.",
        "Where it is switched off for security, the server has to answer 252 (RFC 5321 §7.3)."
    )
    static let closed = Advice(
        "The address takes mail only from some. Ask its owner, by another way, to let you write to it, or write from the address that is known there.",
        "Of the recipient's side: see who may write to this mailbox, group or list."
    )
    static let list = Advice(
        "Tell the owner of the list by another way: the server could not work out who is on it.",
        "Of the recipient's side: see where the list or the alias leads."
    )
    static let owner = Advice(
        "Do not send it again as it is: the address may belong to somebody else now. Ask the person by another way.",
        "Of the sender's side: ask people for a new address. Where the owner could not be tested (x.7.19), decide whether the mail may go without RRVS."
    )
    static let tooLong = Advice(
        "Send less in one mail, or a link to the file.",
        "Compare the limit in SIZE of the EHLO reply with the mail; Base64 makes an attachment a third longer."
    )
    static let limit = Advice(
        "Send less in one mail, or to fewer recipients; where the mailbox is full, only its owner can make room.",
        "The words of the reply say which limit it was: the size of a mail, a mailbox, or the number of recipients. For these a client should take it for 452 and send to the rest later."
    )
    static let system = Advice(
        "Nothing: the recipient's server has trouble of its own.",
        "Of the recipient's side: read its log; a full disk, a filter that does not answer and a wrong setting are the usual reasons."
    )
    static let network = Advice(
        "Nothing now: the servers could not talk to each other.",
        "See whether the recipient's server can be reached on port 25 from the sender's, and whether its DNS answers."
    )
    static let loop = Advice(
        "Nothing: the mail goes in circles between servers, and a person has to break the loop.",
        "Read the Received fields: which servers come again? Mostly two forwardings lead to each other, or an MX record names a server that does not know the domain as its own."
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
    static let feature = Advice(
        "Send it again without what was asked for besides: a receipt, a priority, a special marking.",
        "Of the sender's side: compare the parameters of MAIL and RCPT with what the next server offers in its reply to EHLO."
    )
    static let priority = Advice(
        "Send it again with a higher priority where the rules allow it, or less in one mail where the size was too large for its priority.",
        "See which priority the sender's server gives (0 where none is named), and which priorities and sizes the next one takes."
    )
    static let burl = Advice(
        "Set the mail program to send the whole message itself, and not to let the server fetch it.",
        "See whether the submission server may fetch from the IMAP server, and whether the message is there; else BURL should not be offered."
    )
    static let content = Advice(
        "Send the mail in another form: plain text, another attachment, ASCII in the header.",
        "See whether the next server offers what the mail needs: 8BITMIME, SMTPUTF8."
    )
    static let login = Advice(
        "Check user name and password in the mail program. Many providers want a password made for programs, or have to be told first that programs may log in.",
        "See whether the mechanism is offered where it is tried, mostly only inside TLS, and whether the account may use SMTP."
    )
    static let loginTrouble = Advice(
        "Try again later: the password need not be wrong.",
        "See whether the program or the directory that checks passwords answers."
    )
    static let mechanism = Advice(
        "Choose another kind of login in the mail program; the password was not looked at.",
        "Compare what the program tries with the mechanisms behind AUTH in the reply to EHLO, before TLS and inside it."
    )
    static let transition = Advice(
        "Log in once with the password as plain text, inside TLS; the kind of login that was tried should work from then on.",
        "The server lacks the password in the form that the mechanism needs; a login by PLAIN lets it make that form."
    )
    static let disabled = Advice(
        "Ask the provider to open the account again: the password was right, and another one changes nothing.",
        "See why the account was closed (a bill, abuse, a break-in) before it is opened."
    )
    static let encryption = Advice(
        "Set the mail program to STARTTLS on port 587, or to TLS on port 465.",
        "See that STARTTLS goes before this command, and that the certificate and the versions fit."
    )
    static let safeWay = Advice(
        "Nothing now: the way to the recipient is not as safe as was demanded. Where you demanded it yourself (REQUIRETLS), the mail can go without that.",
        "See that the sending server uses STARTTLS, that the receiving one offers it (and REQUIRETLS where that is asked for), and that its certificate fits."
    )
    static let authentication = Advice(
        "Send through the server that the domain of your address names; write from no other one.",
        "Of the sender's domain: look at SPF, DKIM and DMARC for the domain in From, and at what forwarded the mail."
    )
    static let integrity = Advice(
        "Nothing: what should prove or protect the mail did not hold on the way.",
        "See the sender's signatures, their keys and algorithms, what changes the mail on the way, and the certificate of the receiving server."
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
        "Where it lasts for hours, read the words of the reply: greylisting and limits of rate pass, block lists and wrong settings do not."
    )
    static let rate = Advice(
        "Wait until the limit has passed, and send less at once. If you have not sent so much, somebody else may use your account: change its password.",
        "Of the sender's side: find the account or the program that sends so much."
    )
}
