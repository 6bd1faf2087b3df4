import Foundation
import SMTP

/// A dialog of `Dialogs/`: what both sides say, line by line, and in the comments above it what made them say it.
///
/// `C:` and `S:` are lines of client and server, mail data and chunks included; `-- close` is the end of the connection,
/// `-- timeout` a limit that passed, `-- TLS` a handshake that went well, `-- no TLS: WHY` one that did not. The other comments are read too:
/// `# client only`, `# server only`: the other side's wording is not ours, or its step is one ours never takes;
/// `# ends:` the client's outcome; `# stop:` its stop point; `# user:`, `# password:` its credentials;
/// `# tls: ifOffered|required|onConnect` when the client uses TLS, `# in clear` that it may log in without;
/// `# mail: SENDER to RECIPIENT[, eight-bit]` a mail that never comes to MAIL;
/// `# rule: EHLO|GREETING|DOT|… [path] code [enhanced] text` an answer of the server that is no success;
/// `# the client closes`: the end is not the server's doing;
/// `# family: smtp|lmtp`, `# word: PHRASE code [enhanced] text`, `# user of the server:` name and password, `# requires TLS`,
/// `# greylists` (and knows nobody), `# drops at: RCPT`, `# drops after:` octets of mail data;
/// `# local:`, `# recipient limit:`, `# size limit:`, `# error limit:`, `# requires authentication` its policy.
struct DialogFile: Sendable, CustomStringConvertible {
    let name: String
    let comments: [String]
    /// Everything that is no comment, as it is written.
    let script: [String]

    var description: String { name }
    var drivesClient: Bool { !comments.contains("server only") }
    var drivesServer: Bool { !comments.contains("client only") }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Dialogs")

    static let all: [DialogFile] =
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
        .filter { $0.pathExtension == "dialog" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
        .compactMap(DialogFile.init)

    private init?(_ file: URL) {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        let lines = text.split(separator: "\n").map(String.init)
        comments = lines.filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
        script = lines.filter { !$0.hasPrefix("#") }
    }

    /// What stands behind `# key: `.
    func value(_ key: String) -> String? { values(key).first }

    func values(_ key: String) -> [String] {
        comments.filter { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) }
    }

    /// The lines of one side, without its mark.
    func lines(of side: String) -> [String] { script.filter { $0.hasPrefix("\(side):") }.map(Self.said) }

    /// What stands behind `C:` or `S:` and its space.
    static func said(_ line: String) -> String { String(line.dropFirst(line.count > 2 ? 3 : 2)) }

    /// A transcript line for octets of one side.
    static func line(_ side: String, _ octets: some Sequence<UInt8>) -> String {
        let text = octets.lossyText
        return text.isEmpty ? "\(side):" : "\(side): \(text)"
    }
}

// MARK: The client's plan and the server's policy, as the dialog shows them

extension DialogFile {
    static let usualContent = [
        "From: <ada@client.example>", "To: <bob@mx.example>", "Date: Sat, 1 Aug 2026 09:00:00 +0000", "Subject: Hello",
        "", "Good morning, Bob.",
    ]

    func plan() throws -> ClientDialogue.Plan {
        let first = lines(of: "C").first ?? "EHLO client.example"
        let isQuit = first == "QUIT"
        var plan = ClientDialogue.Plan(
            clientName: isQuit ? "client.example" : String(first.dropFirst(5)),
            mails: try mails(),
            hello: isQuit ? .ehlo : Verb(rawValue: String(first.prefix(4))) ?? .ehlo,
            quitAfter: value("stop").flatMap(ClientDialogue.StopPoint.init)
        )
        if let user = value("user"), let password = value("password") {
            plan.credentials = try Credentials(user: user, password: password)
            plan.mayAuthenticateInClear = value("tls") == nil || comments.contains("in clear")
        }
        if let use = value("tls").flatMap(ClientDialogue.TLSUse.init) { plan.tls = use }
        return plan
    }

    /// One mail for each MAIL of the client; those that never come to mail data have the usual content.
    private func mails() throws -> [MailObject] {
        var mails: [MailObject] = []
        if let planned = value("mail") {
            let words = planned.split(separator: " to ").flatMap { $0.split(separator: ", ") }.map(String.init)
            mails.append(
                MailObject(
                    envelope: Envelope(
                        reversePath: try ReversePath(words[0]),
                        forwardPaths: [try ForwardPath(words[1])]
                    ),
                    content: Self.wire(Self.usualContent + (words.count > 2 ? ["ü"] : []))
                )
            )
        }
        var data: [String]?
        for line in script {
            let said = Self.said(line)
            if line.hasPrefix("S: 354") { data = [] }
            guard line.hasPrefix("C:") else { continue }
            if let content = data {
                if said == "." {
                    mails[mails.count - 1].content = Self.wire(content)
                    data = nil
                } else {
                    data = content + [said.hasPrefix(".") ? String(said.dropFirst()) : said]
                }
            } else if said.hasPrefix("MAIL FROM:"), let path = Self.path(said) {
                let envelope = Envelope(reversePath: try ReversePath(path), forwardPaths: [])
                mails.append(MailObject(envelope: envelope, content: Self.wire(Self.usualContent)))
            } else if said.hasPrefix("RCPT TO:"), let path = Self.path(said) {
                mails[mails.count - 1].envelope.forwardPaths.append(try ForwardPath(path))
            }
        }
        // A mail that was given up before RCPT has a recipient all the same.
        for index in mails.indices where mails[index].envelope.forwardPaths.isEmpty {
            mails[index].envelope.forwardPaths = [try ForwardPath("bob@mx.example")]
        }
        return mails
    }

    private static func path(_ said: String) -> String? {
        guard let open = said.firstIndex(of: "<"), let close = said.firstIndex(of: ">") else { return nil }
        return String(said[said.index(after: open)..<close])
    }

    private static func wire(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [13, 10] } }

    /// The offer is what the dialog shows after EHLO; all else that makes the server answer so stands in the comments.
    func policy() -> ServerDialogue.Policy {
        let greeting = (lines(of: "S").first ?? "").split(separator: " ").map(String.init)
        var policy = ServerDialogue.Policy(
            domain: greeting.count > 1 ? greeting[1] : "mx.example",
            offered: offered,
            rules: values("rule").compactMap(Self.rule),
            localDomains: values("local")
        )
        if let limit = value("recipient limit").flatMap({ Int($0) }) { policy.recipientLimit = limit }
        if let limit = value("size limit").flatMap({ Int($0) }) { policy.sizeLimit = limit }
        if let limit = value("error limit").flatMap({ Int($0) }) { policy.errorLimit = limit }
        policy.requiresAuthentication = comments.contains("requires authentication")
        policy.requiresTLS = comments.contains("requires TLS")
        policy.greylists = comments.contains("greylists")
        if let family = value("family").flatMap(ServerDialogue.Family.init) { policy.family = family }
        for words in values("word").map({ $0.split(separator: " ", maxSplits: 1).map(String.init) }) {
            guard let phrase = ServerDialogue.Phrase(rawValue: words[0]), let rule = Self.rule("NOOP \(words[1])")
            else { continue }
            policy.wording[phrase] = ServerDialogue.Answer(rule.code, rule.enhanced, rule.text)
        }
        for words in values("user of the server").map({ $0.split(separator: " ").map(String.init) }) {
            policy.users[words[0]] = words[1]
        }
        policy.dropsAt = value("drops at").flatMap(Verb.init).map(\.turn)
        policy.dropsAfterOctets = value("drops after").flatMap { Int($0) }
        return policy
    }

    private var offered: [String] {
        let answers = script.drop { !$0.hasPrefix("S: 250-") || !($0.contains(" greets ") || $0.contains(" Hello ")) }
            .dropFirst()
        let offered = answers.prefix { $0.hasPrefix("S: 250-") }
        let last = answers.dropFirst(offered.count).prefix(1)
        return (offered + last).map { String($0.dropFirst(7)) }
    }

    private static func rule(_ text: String) -> ServerDialogue.Rule? {
        var words = text.split(separator: " ").map(String.init)
        let name = words.removeFirst()
        let path = UInt16(words[0]) == nil ? words.removeFirst() : nil
        guard let code = UInt16(words.removeFirst()) else { return nil }
        let enhanced = words[0].contains(".") ? words.removeFirst() : nil
        let said = words.joined(separator: " ").replacing("\\n", with: "\n")
        switch name {
        case "GREETING": return ServerDialogue.Rule(turn: .greeting, path: path, code: code, text: said)
        case "DOT":
            return ServerDialogue.Rule(turn: .mailData, path: path, code: code, enhanced: enhanced, text: said)
        default:
            return Verb(rawValue: name).map {
                ServerDialogue.Rule(verb: $0, path: path, code: code, enhanced: enhanced, text: said)
            }
        }
    }
}

// MARK: Failure

extension DialogFile {
    /// The script with what came instead: `-` stands in the file and did not come, `+` came and does not stand there.
    func difference(from transcript: [String]) -> String {
        let changes = transcript.difference(from: script)
        var lines = script.map { "  \($0)" }
        // Applied in the order a difference promises: what is gone from the end, what is new from the start. A line that
        // is gone stays to be seen, so places after it move on by one.
        for case .remove(let offset, let line, _) in changes.removals {
            lines[offset] = "- \(line)"
        }
        for case .insert(let offset, let line, _) in changes.insertions {
            var place = 0
            var came = 0
            while place < lines.count, came < offset || lines[place].hasPrefix("- ") {
                came += lines[place].hasPrefix("- ") ? 0 : 1
                place += 1
            }
            lines.insert("+ \(line)", at: place)
        }
        return "\(name): - is in the file, + came instead\n" + lines.joined(separator: "\n")
    }
}
