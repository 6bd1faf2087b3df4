import Foundation

/// A session in which a client tells its password in some spelling, THE table of them.
struct SecretSpelling: Sendable, CustomStringConvertible {
    enum Turn: Sendable {
        case client(String)
        case server(String)
        /// Octets of the client that were not captured.
        case lost(Int)
    }

    let name: String
    /// What follows the reply to EHLO, each with its line ends.
    let turns: [Turn]
    /// The session goes on with a mail: MAIL, a reply, QUIT.
    var goesOn = true
    /// Whether its log is as good as any other: nothing is missing and nobody speaks out of turn.
    var isOrderly = true
    /// Whether a greeting and EHLO come first.
    var greets = true

    var description: String { name }

    static let greeting: [Turn] = [
        .server("220 mx.receiver.example ESMTP\r\n"), .client("EHLO a.sender.example\r\n"),
        .server("250-mx.receiver.example\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER SCRAM-SHA-256\r\n"),
    ]

    /// A line that no output may mask.
    static let mail = "MAIL FROM:<ada@sender.example>"

    private static let parting: [Turn] = [
        .client("\(mail)\r\n"), .server("250 2.1.0 Ok\r\n"), .client("QUIT\r\n"), .server("221 2.0.0 Bye\r\n"),
    ]

    /// The whole session.
    var session: [Turn] { (greets ? Self.greeting : []) + turns + (goesOn ? Self.parting : []) }

    private static let ok = Turn.server("235 2.7.0 Ok\r\n")
    private static let user = Turn.server("334 VXNlcm5hbWU6\r\n")
    private static let pass = Turn.server("334 UGFzc3dvcmQ6\r\n")
    private static let name64 = Secret.base64("ada")

    static let all: [SecretSpelling] = commands + responses + disorderly + brokenOff

    /// AUTH with an initial response, in every way it may be written.
    private static let commands = [
        ("AUTH PLAIN", "AUTH PLAIN \(Secret.plain)\r\n"), ("in lower case", "auth plain \(Secret.plain)\r\n"),
        ("in mixed case", "aUtH pLaIn \(Secret.plain)\r\n"), ("a tab", "AUTH\tPLAIN \(Secret.plain)\r\n"),
        ("two tabs", "AUTH\tPLAIN\t\(Secret.plain)\r\n"), ("a leading space", " AUTH PLAIN \(Secret.plain)\r\n"),
        ("two spaces", "AUTH  PLAIN  \(Secret.plain)\r\n"), ("a space behind", "AUTH PLAIN \(Secret.plain) \r\n"),
        ("bare LF", "AUTH PLAIN \(Secret.plain)\n"), ("LOGIN at once", "AUTH LOGIN \(Secret.login)\r\n"),
        ("no mechanism", "AUTH \(Secret.plain)\r\n"), ("an equals sign", "AUTH PLAIN=\(Secret.plain)\r\n"),
        ("no Base64", "AUTH PLAIN ada \(Secret.password)\r\n"), ("XOAUTH2", "AUTH XOAUTH2 \(Secret.xoauth2)\r\n"),
        ("OAUTHBEARER", "AUTH OAUTHBEARER \(Secret.oauthBearer)\r\n"),
    ].map { SecretSpelling(name: $0, turns: [.client($1), ok], isOrderly: !["no Base64"].contains($0)) }

    /// Responses to challenges.
    private static let responses = [
        SecretSpelling(
            name: "PLAIN, then the response",
            turns: [.client("AUTH PLAIN\r\n"), .server("334 \r\n"), .client("\(Secret.plain)\r\n"), ok]
        ),
        SecretSpelling(
            name: "LOGIN",
            turns: [
                .client("AUTH LOGIN\r\n"), user, .client("\(name64)\r\n"), pass, .client("\(Secret.login)\r\n"), ok,
            ]
        ),
        SecretSpelling(
            name: "LOGIN with bare LF",
            turns: [.client("auth login\n"), user, .client("\(name64)\n"), pass, .client("\(Secret.login)\n"), ok]
        ),
        SecretSpelling(
            name: "LOGIN, refused",
            turns: [
                .client("AUTH LOGIN\r\n"), user, .client("\(name64)\r\n"), pass, .client("\(Secret.login)\r\n"),
                .server("535 5.7.8 No\r\n"),
            ]
        ),
        SecretSpelling(
            name: "CRAM-MD5",
            turns: [
                .client("AUTH CRAM-MD5\r\n"), .server("334 PDE4OTYuNjk3QHg+\r\n"), .client("\(Secret.cramMD5)\r\n"), ok,
            ]
        ),
        SecretSpelling(
            name: "SCRAM",
            turns: [
                .client("AUTH SCRAM-SHA-256 biwsbj1hZGEscj1meWtv\r\n"), .server("334 cj1meWtvLHM9LGk9NDA5Ng==\r\n"),
                .client("\(Secret.scram)\r\n"), .server("334 dj1ybUY5cHFWOFM=\r\n"), .client("\r\n"), ok,
            ]
        ),
        SecretSpelling(
            name: "a challenge of two lines",
            turns: [
                .client("AUTH LOGIN\r\n"), .server("334-VXNl\r\n334 cm5hbWU6\r\n"), .client("\(Secret.login)\r\n"), ok,
            ]
        ),
    ]

    /// What no client should do, and some do.
    private static let disorderly = [
        SecretSpelling(
            name: "the response with AUTH in one go",
            turns: [.client("AUTH PLAIN\r\n\(Secret.plain)\r\n"), .server("334 \r\n"), ok],
            isOrderly: false
        ),
        SecretSpelling(
            name: "LOGIN in one go",
            turns: [.client("AUTH LOGIN\r\n\(name64)\r\n\(Secret.login)\r\n"), user, pass, ok],
            isOrderly: false
        ),
        SecretSpelling(
            name: "behind an unknown mechanism",
            turns: [
                .client("AUTH BOGUS\r\n\(Secret.plain)\r\n"), .server("504 5.5.4 No\r\n500 5.5.2 What?\r\n"),
            ],
            isOrderly: false
        ),
        SecretSpelling(
            name: "after a refusal",
            turns: [
                .client("AUTH LOGIN\r\n"), .server("504 5.5.4 No\r\n"), .client("\(Secret.login)\r\n"),
                .server("500 5.5.2 What?\r\n"),
            ]
        ),
        SecretSpelling(
            name: "behind an asterisk",
            turns: [
                .client("AUTH LOGIN\r\n"), user, .client("*\r\n"), .server("501 5.7.0 Cancelled\r\n"),
                .client("\(Secret.login)\r\n"), .server("500 5.5.2 What?\r\n"),
            ]
        ),
        SecretSpelling(
            name: "an asterisk and the response in one go",
            turns: [
                .client("AUTH LOGIN\r\n"), user, .client("*\r\n\(Secret.login)\r\n"),
                .server("501 5.7.0 Cancelled\r\n500 5.5.2 What?\r\n"),
            ],
            isOrderly: false
        ),
        SecretSpelling(
            name: "the second attempt",
            turns: [
                .client("AUTH PLAIN AGFkYQB3cm9uZw==\r\n"), .server("535 5.7.8 No\r\n"),
                .client("auth\tplain \(Secret.plain)\r\n"), ok,
            ]
        ),
    ]

    /// Sessions that end or have a hole where the password is.
    private static let brokenOff = [
        SecretSpelling(name: "broken off in AUTH", turns: [.client("AUTH PLAIN \(Secret.plain)")], goesOn: false),
        SecretSpelling(
            name: "broken off in the response",
            turns: [.client("AUTH PLAIN\r\n"), .server("334 \r\n"), .client(Secret.plain)],
            goesOn: false
        ),
        SecretSpelling(
            name: "a gap before the response",
            turns: [
                .client("AUTH LOGIN\r\n"), .lost(10), user, pass, .client("\(Secret.login)\r\n"), ok,
            ],
            isOrderly: false
        ),
        SecretSpelling(
            name: "AUTH itself is lost",
            turns: [.lost(12), user, .client("\(name64)\r\n"), pass, .client("\(Secret.login)\r\n"), ok],
            isOrderly: false
        ),
        SecretSpelling(
            name: "a gap within the response",
            turns: [
                .client("AUTH LOGIN\r\n"), user, .client("\(name64)\r\n"), pass, .lost(3),
                .client("\(Secret.login)\r\n"), ok,
            ],
            isOrderly: false
        ),
    ]
}
