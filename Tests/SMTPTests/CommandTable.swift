import Testing

@testable import SMTP

/// A table: command lines as people send them, what they mean and where they depart from the grammar.
extension CommandTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let line: String
        let verb: Verb?
        var argument = Command.Argument.none
        var parameters: [Parameter] = []
        /// Kinds, in the order of the line.
        var departures: [Departure.Kind] = []
        /// `octets|octets|…`, one piece a lexeme; nil when only the tiling matters.
        var pieces: String?
        var testDescription: String { line.debugDescription }
    }

    private static func mailbox(_ text: String) -> Command.Argument {
        let octets = Array(text.utf8)
        let at = octets.lastIndex(of: 0x40) ?? 0
        return .path(.mailbox(Mailbox(unchecked: Array(octets[..<at]), domain: Array(octets[(at + 1)...]))))
    }

    private static func text(_ text: String) -> Command.Argument { .text(Array(text.utf8)) }
    private static let ab = mailbox("a@b.example")

    static let verbs: [Row] = [
        Row(line: "", verb: nil, departures: [.emptyCommand], pieces: ""),
        Row(line: "   ", verb: nil, departures: [.leadingSpace, .emptyCommand], pieces: "   "),
        Row(line: ":", verb: nil, departures: [.emptyCommand], pieces: ":"),
        Row(line: "BRTZ", verb: nil, departures: [.unknownVerb], pieces: "BRTZ"),
        Row(line: "BRTZ x y", verb: nil, argument: text("x y"), departures: [.unknownVerb], pieces: "BRTZ| |x y"),
        Row(line: "Host: x", verb: nil, argument: text(": x"), departures: [.unknownVerb]),
        Row(line: "DATA", verb: .data, pieces: "DATA"),
        Row(line: "data", verb: .data, pieces: "data"),
        Row(line: "dAtA ", verb: .data, departures: [.trailingSpace], pieces: "dAtA| "),
        Row(line: " DATA", verb: .data, departures: [.leadingSpace], pieces: " |DATA"),
        Row(
            line: "DATA now",
            verb: .data,
            argument: text("now"),
            departures: [.unexpectedArgument],
            pieces: "DATA| |now"
        ),
        Row(line: "QUIT\t", verb: .quit, departures: [.trailingSpace]),
        Row(line: "NOOP", verb: .noop),
        Row(line: "NOOP any words", verb: .noop, argument: text("any words")),
        Row(line: "HELP", verb: .help),
        Row(line: "VRFY bob", verb: .vrfy, argument: text("bob")),
        Row(line: "VRFY", verb: .vrfy, departures: [.missingArgument]),
        Row(line: "VRFY ", verb: .vrfy, departures: [.missingArgument, .trailingSpace]),
        Row(line: "EXPN", verb: .expn, departures: [.missingArgument]),
        Row(line: "TURN", verb: .turn, departures: [.obsoleteVerb]),
        Row(line: "SEND FROM:<a@b.example>", verb: .send, argument: ab, departures: [.obsoleteVerb]),
        Row(line: "XCLIENT NAME=x", verb: .xclient, argument: text("NAME=x")),
        Row(
            line: "NOOP " + String(repeating: "x", count: 505),
            verb: .noop,
            argument: text(String(repeating: "x", count: 505))
        ),
        Row(
            line: "NOOP " + String(repeating: "x", count: 506),
            verb: .noop,
            argument: text(String(repeating: "x", count: 506)),
            departures: [.commandLineTooLong]
        ),
    ]

    static let hellos: [Row] = [
        Row(
            line: "EHLO a.example",
            verb: .ehlo,
            argument: .domain(Array("a.example".utf8)),
            pieces: "EHLO| |a.example"
        ),
        Row(line: "EHLO", verb: .ehlo, departures: [.missingArgument]),
        Row(
            line: "HELO localhost",
            verb: .helo,
            argument: .domain(Array("localhost".utf8)),
            departures: [.domainNotFullyQualified]
        ),
        Row(
            line: "EHLO a_b.example",
            verb: .ehlo,
            argument: .domain(Array("a_b.example".utf8)),
            departures: [.malformedDomain]
        ),
        Row(line: "EHLO [192.0.2.1]", verb: .ehlo, argument: .domain(Array("[192.0.2.1]".utf8))),
        Row(
            line: "EHLO [192.0.2]",
            verb: .ehlo,
            argument: .domain(Array("[192.0.2]".utf8)),
            departures: [.malformedAddressLiteral]
        ),
        Row(
            line: "EHLO a.example x",
            verb: .ehlo,
            argument: .domain(Array("a.example".utf8)),
            departures: [.unexpectedArgument],
            pieces: "EHLO| |a.example| x"
        ),
        Row(
            line: "LHLO a.example \t",
            verb: .lhlo,
            argument: .domain(Array("a.example".utf8)),
            departures: [.trailingSpace],
            pieces: "LHLO| |a.example| \t"
        ),
        Row(
            line: "EHLO " + String(repeating: "a.", count: 128),
            verb: .ehlo,
            argument: .domain(Array(String(repeating: "a.", count: 128).utf8)),
            departures: [.domainTooLong]
        ),
        Row(
            line: "EHLO " + String(repeating: "d.", count: 127) + "d",
            verb: .ehlo,
            argument: .domain(Array((String(repeating: "d.", count: 127) + "d").utf8))
        ),
    ]

    static let paths: [Row] = [
        Row(line: "MAIL FROM:<a@b.example>", verb: .mail, argument: ab, pieces: "MAIL FROM|:|<a@b.example>"),
        Row(line: "mail from:<a@b.example>", verb: .mail, argument: ab),
        Row(line: "MAIL FROM:<>", verb: .mail, argument: .path(.null), pieces: "MAIL FROM|:|<>"),
        Row(line: "RCPT TO:<a@b.example>", verb: .rcpt, argument: ab, pieces: "RCPT TO|:|<a@b.example>"),
        Row(line: "RCPT TO:<Postmaster>", verb: .rcpt, argument: .path(.postmaster)),
        Row(line: "RCPT TO:<pOSTMASTER>", verb: .rcpt, argument: .path(.postmaster)),
        Row(
            line: "MAIL FROM:<Postmaster>",
            verb: .mail,
            argument: .path(.malformed(Array("<Postmaster>".utf8))),
            departures: [.malformedPath]
        ),
        Row(line: "RCPT TO:<>", verb: .rcpt, argument: .path(.null), departures: [.malformedPath]),
        Row(
            line: "MAIL FROM:a@b.example",
            verb: .mail,
            argument: ab,
            departures: [.missingAngleBrackets],
            pieces: "MAIL FROM|:|a@b.example"
        ),
        Row(
            line: "MAIL FROM: <a@b.example>",
            verb: .mail,
            argument: ab,
            departures: [.spaceAfterColon],
            pieces: "MAIL FROM|:| |<a@b.example>"
        ),
        Row(
            line: "MAIL FROM :<a@b.example>",
            verb: .mail,
            argument: ab,
            departures: [.spaceBeforeColon],
            pieces: "MAIL FROM| |:|<a@b.example>"
        ),
        Row(
            line: "MAIL FROM : <a@b.example>",
            verb: .mail,
            argument: ab,
            departures: [.spaceBeforeColon, .spaceAfterColon]
        ),
        Row(
            line: "MAIL FROM <a@b.example>",
            verb: .mail,
            argument: ab,
            departures: [.missingColon],
            pieces: "MAIL FROM| |<a@b.example>"
        ),
        Row(line: "MAIL FROM<a@b.example>", verb: .mail, argument: ab, departures: [.missingColon]),
        Row(line: "MAIL  FROM:<a@b.example>", verb: .mail, argument: ab, pieces: "MAIL  FROM|:|<a@b.example>"),
        Row(line: "MAIL FROM:<a@b.example> ", verb: .mail, argument: ab, departures: [.trailingSpace]),
        Row(line: "MAIL", verb: .mail, departures: [.missingArgument]),
        Row(line: "MAIL ", verb: .mail, departures: [.missingArgument, .trailingSpace]),
        Row(line: "MAIL FROM", verb: .mail, departures: [.missingArgument]),
        Row(line: "MAIL FROM:", verb: .mail, departures: [.missingArgument], pieces: "MAIL FROM|:"),
        Row(line: "MAIL FROM: ", verb: .mail, departures: [.missingArgument, .trailingSpace]),
        Row(
            line: "MAIL TO:<a@b.example>",
            verb: .mail,
            argument: text("TO:<a@b.example>"),
            departures: [.malformedArgument],
            pieces: "MAIL| TO:<a@b.example>"
        ),
        Row(
            line: "MAILFROM:<a@b.example>",
            verb: nil,
            argument: text(":<a@b.example>"),
            departures: [.unknownVerb]
        ),
        Row(
            line: "MAIL:<a@b.example>",
            verb: .mail,
            argument: text(":<a@b.example>"),
            departures: [.malformedArgument]
        ),
        Row(
            line: "RCPT TO:<a@b.example",
            verb: .rcpt,
            argument: .path(.malformed(Array("<a@b.example".utf8))),
            departures: [.malformedPath]
        ),
        Row(
            line: "RCPT TO:<a>",
            verb: .rcpt,
            argument: .path(.malformed(Array("<a>".utf8))),
            departures: [.malformedPath]
        ),
        Row(
            line: "RCPT TO:<@x.example,@y.example:a@b.example>",
            verb: .rcpt,
            argument: ab,
            departures: [.sourceRoute]
        ),
        Row(line: "RCPT TO:<a@b.example>x", verb: .rcpt, argument: ab, departures: [.malformedPath]),
        Row(line: "RCPT TO:<@b.example>", verb: .rcpt, argument: mailbox("@b.example"), departures: [.malformedPath]),
        Row(line: "RCPT TO:<a@>", verb: .rcpt, argument: mailbox("a@"), departures: [.malformedDomain]),
        Row(
            line: "RCPT TO:<a..b@c.example>",
            verb: .rcpt,
            argument: mailbox("a..b@c.example"),
            departures: [.malformedPath]
        ),
        Row(line: "RCPT TO:<a@[192.0.2.1]>", verb: .rcpt, argument: mailbox("a@[192.0.2.1]")),
        Row(
            line: "RCPT TO:<a@[192.0.2.1>",
            verb: .rcpt,
            argument: mailbox("a@[192.0.2.1"),
            departures: [.malformedAddressLiteral]
        ),
        Row(
            line: "RCPT TO:<\"a> b\"@c.example>",
            verb: .rcpt,
            argument: mailbox("\"a> b\"@c.example"),
            pieces: "RCPT TO|:|<\"a> b\"@c.example>"
        ),
        Row(line: "RCPT TO:<\"a\\\"> b\"@c.example>", verb: .rcpt, argument: mailbox("\"a\\\"> b\"@c.example")),
        Row(
            line: "RCPT TO:\"a b@c.example",
            verb: .rcpt,
            argument: .path(.malformed(Array("\"a".utf8))),
            parameters: [Parameter(keyword: Array("b@c.example".utf8), value: nil)],
            departures: [.missingAngleBrackets, .malformedPath, .malformedParameter]
        ),
        Row(
            line: "RCPT TO:<\"a b@c.example> X=y",
            verb: .rcpt,
            argument: .path(.malformed(Array("<\"a".utf8))),
            parameters: [Parameter(keyword: Array("b@c.example>".utf8), value: nil), Parameter("X", "y")],
            departures: [.malformedPath, .malformedParameter]
        ),
        Row(
            line: "RCPT TO:<" + String(repeating: "l", count: 65) + "@c.example>",
            verb: .rcpt,
            argument: mailbox(String(repeating: "l", count: 65) + "@c.example"),
            departures: [.localPartTooLong]
        ),
        Row(
            line: "RCPT TO:<a@" + String(repeating: "d.", count: 128) + "d>",
            verb: .rcpt,
            argument: mailbox("a@" + String(repeating: "d.", count: 128) + "d"),
            departures: [.pathTooLong, .domainTooLong]
        ),
        Row(line: "MAIL:", verb: .mail, argument: text(":"), departures: [.malformedArgument]),
        Row(
            line: "MAIL FROM:x",
            verb: .mail,
            argument: .path(.malformed([120])),
            departures: [.missingAngleBrackets, .malformedPath]
        ),
        Row(
            line: "MAIL FROMx",
            verb: .mail,
            argument: .path(.malformed([120])),
            departures: [.missingColon, .missingAngleBrackets, .malformedPath]
        ),
        Row(
            line: "RCPT TO:\"a b\"@c.example",
            verb: .rcpt,
            argument: mailbox("\"a b\"@c.example"),
            departures: [.missingAngleBrackets]
        ),
    ]

    static let parameters: [Row] = [
        Row(
            line: "MAIL FROM:<a@b.example> SIZE=12 body=8BITMIME SMTPUTF8",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("SIZE", "12"), Parameter("body", "8BITMIME"), Parameter("SMTPUTF8")],
            pieces: "MAIL FROM|:|<a@b.example>| |SIZE=12| |body=8BITMIME| |SMTPUTF8"
        ),
        Row(
            line: "MAIL FROM:<a@b.example> SIZE=1 size=2",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("SIZE", "1"), Parameter("size", "2")],
            departures: [.duplicateParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> SIZE=x",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("SIZE", "x")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> SIZE",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("SIZE")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> X=",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("X", "")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> X=a=b",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("X", "a=b")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> -X",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("-X")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "MAIL FROM:<a@b.example> X_Y=1",
            verb: .mail,
            argument: ab,
            parameters: [Parameter("X_Y", "1")],
            departures: [.malformedParameter]
        ),
        Row(
            line: "RCPT TO:<a@b.example> ORCPT=rfc822;a+2Bb@c.example",
            verb: .rcpt,
            argument: ab,
            parameters: [Parameter("ORCPT", "rfc822;a+2Bb@c.example")]
        ),
        Row(
            line: "RCPT TO:<a@b.example> ORCPT=rfc822;a+2bb",
            verb: .rcpt,
            argument: ab,
            parameters: [Parameter("ORCPT", "rfc822;a+2bb")],
            departures: [.malformedXtext]
        ),
    ]

    static let others: [Row] = [
        Row(
            line: "AUTH PLAIN",
            verb: .auth,
            argument: .mechanism(Array("PLAIN".utf8), initialResponse: nil),
            pieces: "AUTH| |PLAIN"
        ),
        Row(
            line: "AUTH PLAIN AGE=",
            verb: .auth,
            argument: .mechanism(Array("PLAIN".utf8), initialResponse: Array("AGE=".utf8)),
            pieces: "AUTH| |PLAIN| |AGE="
        ),
        Row(
            line: "AUTH PLAIN ",
            verb: .auth,
            argument: .mechanism(Array("PLAIN".utf8), initialResponse: nil),
            departures: [.trailingSpace]
        ),
        Row(line: "AUTH", verb: .auth, departures: [.missingArgument]),
        Row(line: "BDAT 12", verb: .bdat, argument: .chunk(octets: 12, last: false), pieces: "BDAT| |12"),
        Row(line: "BDAT 0 last", verb: .bdat, argument: .chunk(octets: 0, last: true), pieces: "BDAT| |0| |last"),
        Row(line: "BDAT", verb: .bdat, departures: [.missingArgument]),
        Row(
            line: "BDAT -1",
            verb: .bdat,
            argument: .chunk(octets: nil, last: false),
            departures: [.malformedChunkSize]
        ),
        Row(
            line: "BDAT 18446744073709551615",
            verb: .bdat,
            argument: .chunk(octets: .max, last: false)
        ),
        Row(
            line: "BDAT 18446744073709551616",
            verb: .bdat,
            argument: .chunk(octets: nil, last: false),
            departures: [.malformedChunkSize]
        ),
        Row(
            line: "BDAT 3 LASTX",
            verb: .bdat,
            argument: .chunk(octets: 3, last: false),
            departures: [.malformedChunkSize]
        ),
        Row(line: "STARTTLS", verb: .startTLS),
        Row(
            line: "STARTTLS x",
            verb: .startTLS,
            argument: text("x"),
            departures: [.unexpectedArgument]
        ),
    ]

    static let rows = verbs + hellos + paths + parameters + others
}
