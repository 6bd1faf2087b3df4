/// A dialog in the notation of the RFCs, for a client to play: `C:` lines are sent, `S:` lines are what is expected.
///
/// ```
/// # title: The null sender
/// # A bounce must not be bounced (RFC 5321 §4.5.5).
/// S: 220
/// C: EHLO {{client.domain}}
/// S: 2yz
/// C: MAIL FROM:<>
/// S: 250 2.1.0 Sender OK
/// ```
///
/// A `C:` line has the escapes of the raw prompt and ends with CRLF unless it says otherwise; `C:` lines that stand
/// together go out together. An `S:` line is a reply by its class (`2yz`; `xyz` is any), by its code (`250`), or word for word; a line
/// `S: 250-…` goes on in the next. `-- close` expects the server to close. What is between braces is filled in. Behind the 220
/// that answers STARTTLS the dialog goes on inside TLS. `# persona:` names the sandbox's server it is meant for.
///
/// `# needs: CHUNKING` plays on only where the server offers that; with PIPELINING, `C:` lines that stand together wait for their
/// answers one by one where it is not offered. `-- if DSN`, `-- else`, `-- end` hold what is played where it is offered, and where
/// it is not. `# verdict: smuggling` says in the end whether the server took two mails out of one, `# verdict: relay` and
/// `# verdict: login-before-tls` whether it took what it should refuse; there any refusal will do where one is expected.
public struct DialogScript: Sendable {
    /// What is expected of one reply.
    public struct Expectation: Equatable, Sendable {
        /// As it stands in the file, several lines of a reply with line feeds between them.
        public let text: String

        /// Whether a reply is what was expected.
        public func isMet(by reply: Reply) -> Bool {
            let lines = text.split(separator: "\n").map(String.init)
            let code = reply.code.map { String($0) } ?? ""
            if lines.count == 1, lines[0].count == 3 {
                return zip(lines[0], code).allSatisfy { $0 == $1 || "xyz".contains($0) } && code.count == 3
            }
            return lines
                == reply.lines.enumerated().map { number, line in
                    let separator = number < reply.lines.count - 1 ? "-" : " "
                    let enhanced = line.enhanced.map { "\($0.class).\($0.subject).\($0.detail) " } ?? ""
                    return "\(line.code.map { String($0) } ?? "")\(separator)\(enhanced)\(line.text.lossyText)"
                }
        }
    }

    /// One thing that is done.
    public enum Step: Equatable, Sendable {
        /// Lines as they are typed, sent together.
        case say([String])
        case expect(Expectation)
        case expectClose
        /// What is played where the server offers an extension, and where it does not.
        indirect case branch(keyword: String, offered: [Step], otherwise: [Step])
    }

    public let title: String
    public let comments: [String]
    /// The persona of the sandbox it is meant for; nil for the usual one.
    public let persona: String?
    /// EHLO keywords without which there is nothing to play, but for PIPELINING: without it lines are sent one by one.
    public let needs: [String]
    public let question: Question?
    public let steps: [Step]

    /// The names that may stand in braces, THE table.
    public static let valueNames = ["client.domain", "from", "to", "to.domain", "date", "size"]

    /// Reads a file; throws the first thing in it that cannot be played.
    public init(_ text: String) throws(DialogScriptError) {
        var draft = Draft()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            draft.number += 1
            try draft.read(line.last == "\r" ? String(line.dropLast()) : String(line))
        }
        guard draft.reply.isEmpty else {
            throw DialogScriptError(line: draft.number, message: "the last reply goes on, and its last line is missing")
        }
        guard draft.branches.isEmpty else {
            throw DialogScriptError(line: draft.number, message: "'-- if' without '-- end'")
        }
        guard case .expect? = draft.steps.first else {
            throw DialogScriptError(line: 1, message: "it begins with the server's greeting, as in 'S: 220'")
        }
        (title, comments, persona, steps) = (draft.title, draft.comments, draft.persona, draft.steps)
        (needs, question) = (draft.needs, draft.question)
    }

    /// A script of which some lines were read.
    private struct Draft {
        var title = ""
        var comments: [String] = []
        var persona: String?
        var needs: [String] = []
        var question: Question?
        var steps: [Step] = []
        /// The conditions under way, the innermost last.
        var branches: [Branch] = []
        /// The lines of a reply whose last is still to come.
        var reply: [String] = []
        var number = 0

        struct Branch {
            let keyword: String
            /// What stands before the condition, and what is played where it holds, once that is known.
            let before: [Step]
            var offered: [Step]?
        }

        mutating func read(_ line: String) throws(DialogScriptError) {
            if line.allSatisfy(\.isWhitespace) { return }
            if line.hasPrefix("#") { return try comment(line) }
            if line.hasPrefix("S:") { return try server(DialogScript.said(line)) }
            guard reply.isEmpty else {
                throw DialogScriptError(
                    line: number,
                    message: "the reply before it goes on, and its last line is missing"
                )
            }
            if line.hasPrefix("C:") { return try client(DialogScript.said(line)) }
            guard line.hasPrefix("--") else {
                throw DialogScriptError(
                    line: number,
                    message: "a line begins with C:, S:, -- or #, not with '\(DialogScript.quoted(line).prefix(20))'"
                )
            }
            let words = line.dropFirst(2).split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("close", 1): steps.append(.expectClose)
            case ("if", 2): open(words[1].uppercased())
            case ("else", 1): try turn()
            case ("end", 1): try close()
            default:
                let quoted = "--" + DialogScript.quoted(String(line.dropFirst(2)))
                throw DialogScriptError(
                    line: number,
                    message:
                        "only '-- close' can be expected, or '-- if KEYWORD', '-- else' and '-- end' stand, not '\(quoted)'"
                )
            }
        }

        private mutating func open(_ keyword: String) {
            branches.append(Branch(keyword: keyword, before: steps))
            steps = []
        }

        private mutating func turn() throws(DialogScriptError) {
            guard let last = branches.indices.last, branches[last].offered == nil else {
                throw DialogScriptError(line: number, message: "'-- else' without '-- if'")
            }
            branches[last].offered = steps
            steps = []
        }

        private mutating func close() throws(DialogScriptError) {
            guard let branch = branches.popLast() else {
                throw DialogScriptError(line: number, message: "'-- end' without '-- if'")
            }
            let (offered, otherwise) = branch.offered.map { ($0, steps) } ?? (steps, [])
            steps = branch.before + [.branch(keyword: branch.keyword, offered: offered, otherwise: otherwise)]
        }

        private mutating func comment(_ line: String) throws(DialogScriptError) {
            let comment = line.dropFirst().drop { $0 == " " }
            if comment.hasPrefix("title:"), title.isEmpty {
                title = String(comment.dropFirst(6).drop { $0 == " " })
            } else if comment.hasPrefix("persona:"), persona == nil {
                persona = String(comment.dropFirst(8).filter { $0 != " " })
            } else if comment.hasPrefix("needs:") {
                needs += comment.dropFirst(6).split { $0 == " " || $0 == "," }.map { $0.uppercased() }
            } else if comment.hasPrefix("verdict:") {
                let word = comment.dropFirst(8).filter { $0 != " " }
                guard let asked = Question(rawValue: word) else {
                    let known = Question.allCases.map(\.rawValue).joined(separator: ", ")
                    throw DialogScriptError(
                        line: number,
                        message: "there is no verdict '\(DialogScript.quoted(word))'; there are: \(known)"
                    )
                }
                question = asked
            } else {
                comments.append(String(comment))
            }
        }

        private mutating func server(_ said: String) throws(DialogScriptError) {
            try DialogScript.checkValues(said, number)
            guard DialogScript.isReply(said) else {
                throw DialogScriptError(
                    line: number,
                    message:
                        "'\(DialogScript.quoted(said))' is no reply: write 2yz, 250, xyz for any, or the whole line"
                )
            }
            reply.append(said)
            guard said.dropFirst(3).first != "-" else { return }
            steps.append(.expect(Expectation(text: reply.joined(separator: "\n"))))
            reply = []
        }

        private mutating func client(_ said: String) throws(DialogScriptError) {
            try DialogScript.checkValues(said, number)
            if case .say(let lines)? = steps.last {
                steps[steps.count - 1] = .say(lines + [said])
            } else {
                steps.append(.say([said]))
            }
        }
    }

    private static func said(_ line: String) -> String { String(line.dropFirst(line.count > 2 ? 3 : 2)) }

    /// What an error quotes of a line: whatever may be a response is masked, since the line was not understood.
    private static func quoted(_ line: String, isChallenged: Bool = true) -> String {
        CredentialsInText.masked(line, isChallenged: isChallenged)
    }

    private static func isReply(_ said: String) -> Bool {
        guard said != "xyz" else { return true }
        let code = said.prefix(3)
        guard code.count == 3, ("2"..."5").contains(code.prefix(1)) else { return false }
        let rest = code.dropFirst()
        guard said.count > 3 else { return rest.allSatisfy { $0.isASCII && $0.isNumber || "xyz".contains($0) } }
        return rest.allSatisfy { $0.isASCII && $0.isNumber } && [" ", "-"].contains(said.dropFirst(3).prefix(1))
    }

    private static func checkValues(_ text: String, _ number: Int) throws(DialogScriptError) {
        var rest = text[...]
        while let open = rest.range(ofBraces: "{{") {
            guard let close = rest[open.upperBound...].range(ofBraces: "}}") else {
                throw DialogScriptError(line: number, message: "'{{' without '}}'")
            }
            let name = String(rest[open.upperBound..<close.lowerBound])
            guard valueNames.contains(name) else {
                throw DialogScriptError(
                    line: number,
                    message:
                        "there is no value {{\(quoted(name, isChallenged: false))}}; there are \(valueNames.joined(separator: ", "))"
                )
            }
            rest = rest[close.upperBound...]
        }
    }

    /// The text with what stands between braces filled in.
    public static func filled(_ text: String, _ values: (String) -> String?) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.range(ofBraces: "{{"), let close = rest[open.upperBound...].range(ofBraces: "}}") {
            result += rest[..<open.lowerBound]
            result += values(String(rest[open.upperBound..<close.lowerBound])) ?? ""
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}

extension Substring {
    /// Where these two characters stand first.
    fileprivate func range(ofBraces braces: String) -> Range<Index>? {
        let wanted = Array(braces)
        var at = startIndex
        while at < endIndex {
            let next = index(after: at)
            if self[at] == wanted[0], next < endIndex, self[next] == wanted[1] { return at..<index(after: next) }
            at = next
        }
        return nil
    }
}

/// Something in the file that cannot be played.
public struct DialogScriptError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    /// A sentence without a full stop.
    public let message: String
    public var description: String { "line \(line): \(message)" }
}
