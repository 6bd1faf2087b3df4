import Tracing

/// The notations that programs write a session in, THE table: a name, and how a line is peeled.
///
/// A mark is a hint, no more: whom it stands for is settled by what the lines say. A table, longer than other files may be.
struct Dialect: Sendable {
    /// As it is told to a person, behind "read as".
    let name: String
    /// Takes the program's marks off a line; nil for a line that has none of them.
    let peel: @Sendable (ArraySlice<UInt8>) -> Peeled?
    /// What a line without a mark is.
    var unmarked = Unmarked.goesOn
    /// How much of a line's weight counts: less for what fits the lines of many programs.
    var trust = 1.0
    /// Whether the program shows the dot and not the mail data before it.
    var hidesContent = false
    /// Whether it shows what was typed and not sent.
    var mayTakeBack = false
    /// Whether a reply beside its command has its other lines below.
    var goesOnBelow = false

    enum Unmarked {
        /// It may go on with what was said in the line before, as replies of several lines do; else the program's own words.
        case goesOn
        /// A line of the dialogue like any other: there are no marks.
        case said
    }

    /// Every dialect. When two fit a log equally well the first counts.
    static let all: [Dialect] = [
        Dialect(name: "a dump of octets", peel: Dump.peel),
        Dialect(name: "a transcript of swaks", peel: swaks),
        Dialect(name: "debugging output of Exim", peel: exim),
        Dialect(name: "a verbose log of Postfix", peel: postfix, hidesContent: true),
        Dialect(name: "debugging output of PHPMailer", peel: phpMailer),
        Dialect(name: "debugging output of Python's smtplib", peel: smtplib),
        Dialect(
            name: "arrows before string literals, as Ruby's Net::SMTP and Go programs print them",
            peel: quotedArrows
        ),
        Dialect(name: "a protocol log of Exchange", peel: exchange),
        Dialect(name: "a log of hMailServer", peel: hMailServer),
        Dialect(name: "a JSON log of Nodemailer", peel: bunyan),
        Dialect(name: "a log of Nodemailer", peel: nodemailer),
        Dialect(name: "a trace of OpenSMTPD", peel: openSMTPD),
        Dialect(name: "a log of MDaemon", peel: mdaemon),
        Dialect(name: "debugging output of msmtp", peel: marked(client: ["--> "], server: ["<-- "])),
        Dialect(name: "verbose output of curl", peel: curl),
        Dialect(name: "output of Exim's test client", peel: eximTests),
        Dialect(name: "verbose output of sendmail", peel: sendmail, hidesContent: true),
        Dialect(name: "verbose output of a probe, as check_smtp", peel: probe, trust: 0.99),
        Dialect(name: "what CodeIgniter's debugger prints", peel: codeIgniter, goesOnBelow: true),
        Dialect(name: "the notation of the RFCs", peel: rfc),
        Dialect(
            name: "arrows before each line",
            peel: marked(
                client: [">>> ", ">> ", "=> ", "==> ", "-> ", "--> ", "---> ", "~~> ", "> ", "→ "],
                server: ["<<< ", "<< ", "<= ", "<== ", "<- ", "<-- ", "<--- ", "<~~ ", "< ", "← "]
            )
        ),
        Dialect(name: "string literals behind words", peel: literal, trust: 0.9),
        Dialect(name: "replies whose codes stand in brackets", peel: bracketed),
        Dialect(name: "a notice of Postfix to its postmaster", peel: notice),
        Dialect(name: "values with names, as mox logs them", peel: namedValues),
        Dialect(name: "a log of IIS", peel: w3c),
        Dialect(name: "rows with a label before each value", peel: labelled),
        Dialect(name: "a session on a terminal", peel: terminal, unmarked: .said),
        Dialect(name: "debugging output of JavaMail", peel: javaMail, unmarked: .said),
        Dialect(name: "a session with openssl s_client", peel: openSSL, unmarked: .said, mayTakeBack: true),
        Dialect(name: "a dialogue with the lines of one side quoted", peel: quoted, unmarked: .said),
    ]
}
