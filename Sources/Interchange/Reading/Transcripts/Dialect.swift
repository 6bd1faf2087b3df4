import Tracing

/// The notations that programs write a session in, THE table: a name, and how a line is peeled.
///
/// A mark is a hint, no more: whom it stands for is settled by what the lines say. A table, longer than other files may be.
struct Dialect: Sendable {
    /// As it is told to a person: "a transcript of swaks".
    let name: String
    /// Takes the program's marks off a line; nil for a line that has none of them.
    let peel: @Sendable (ArraySlice<UInt8>) -> Peeled?
    /// What a line without a mark is.
    var unmarked = Unmarked.remark
    /// Whether the program shows the dot and not the mail data before it.
    var hidesContent = false

    enum Unmarked {
        /// The program's own words.
        case remark
        /// It may go on with what was said in the line before, as replies and mail data of several lines do.
        case goesOn
        /// A line of the dialogue like any other: there are no marks.
        case said
    }

    /// Every dialect. When two fit a log equally well the first counts.
    static let all: [Dialect] = [
        Dialect(name: "swaks", peel: swaks),
        Dialect(name: "Exim's debugging output", peel: exim, unmarked: .goesOn),
        Dialect(name: "Postfix with verbose logging", peel: postfix, hidesContent: true),
        Dialect(name: "PHPMailer", peel: phpMailer, unmarked: .goesOn),
        Dialect(name: "Python's smtplib", peel: smtplib),
        Dialect(name: "arrows before string literals, as of Ruby's Net::SMTP and of Go programs", peel: quotedArrows),
        Dialect(name: "an Exchange protocol log", peel: exchange),
        Dialect(name: "hMailServer", peel: hMailServer),
        Dialect(name: "Nodemailer's JSON log", peel: bunyan),
        Dialect(name: "Nodemailer", peel: nodemailer, unmarked: .goesOn),
        Dialect(name: "OpenSMTPD's trace", peel: openSMTPD),
        Dialect(name: "MDaemon", peel: mdaemon),
        Dialect(name: "msmtp", peel: marked(client: ["--> "], server: ["<-- "])),
        Dialect(name: "curl", peel: curl),
        Dialect(name: "Exim's test suite", peel: eximTests),
        Dialect(name: "sendmail -v", peel: sendmail, hidesContent: true),
        Dialect(
            name: "the notation of the RFCs",
            peel: marked(
                client: ["C: ", "C:", "Client: ", "CLIENT: ", "client: ", "c: ", "R: "],
                server: ["S: ", "S:", "Server: ", "SERVER: ", "server: ", "s: "]
            )
        ),
        Dialect(
            name: "arrows",
            peel: marked(
                client: [">>> ", ">> ", "=> ", "==> ", "-> ", "--> ", "---> ", "> ", "→ "],
                server: ["<<< ", "<< ", "<= ", "<== ", "<- ", "<-- ", "<--- ", "< ", "← "]
            )
        ),
        Dialect(name: "a terminal", peel: terminal, unmarked: .said),
        Dialect(name: "JavaMail", peel: javaMail, unmarked: .said),
        Dialect(name: "openssl s_client", peel: openSSL, unmarked: .said),
    ]
}
