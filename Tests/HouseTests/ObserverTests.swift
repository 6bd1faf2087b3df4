import Foundation
import Testing

/// Who says what, and which octets of it are a credential, is decided in `SMTP/Session` alone (`Sources/README.md`).
struct ObserverTests {
    /// Where AUTH or 334 is compared and nothing is decided about credentials: the file, the words, and the reason.
    private static let allowed = [
        ("Sources/Lessons/PersonaReader.swift", #"words.first == "AUTH""#, "a key of a persona's file"),
        ("Sources/Lessons/PersonaReader.swift", #"hasPrefix("AUTH ")"#, "what a persona offers"),
        ("Sources/Tracing/Lines/Spans+Reply.swift", #"keyword == "AUTH""#, "parts of a line that was masked before"),
        ("Sources/Tracing/Lines/Spans+Reply.swift", "guard code == 334", "the text of a challenge is one span"),
        ("Sources/Tracing/Sessions/SessionTracer+Client.swift", "marks.isAuthenticated", "a second login is a finding"),
        ("Sources/Tracing/Sessions/SessionTracer+Client.swift", "let isLengthened", "AUTH may be longer (RFC 4954 §4)"),
        ("Sources/Tracing/Sessions/SessionTracer+Client.swift", #"keyword == "AUTH" &&"#, "what EHLO offered"),
        ("Sources/Tracing/Sessions/SessionTracer+Server.swift", "case .replyLineTooLong:", "a challenge may be longer"),
        ("Sources/Tracing/Sessions/SessionTracer.swift", "guard leg == .relay else", "which step a line stands under"),
        ("Sources/SMTP/Client/ClientDialogue.swift", "guard reply.code == 334", "our client answers a challenge"),
        ("Sources/SMTP/Client/ClientDialogue.swift", "note(.refused(at: turn ==", "how a login of our client ended"),
        ("Sources/SMTP/Client/DialogQuestion.swift", "case .login: turn ==", "what a dialog asks about"),
        ("Sources/SMTP/Client/TypedInput.swift", "turn == .data ? 354", "what our client expects for a typed line"),
        (
            "Sources/SMTP/Server/CommandLineAssembly.swift", "let isAuth = isResponse",
            "AUTH may be longer (RFC 4954 §4)"
        ),
        ("Sources/SMTP/Server/ServerDialogue.swift", "let challenge = Answer(334", "our server says a challenge"),
        ("Sources/SMTP/Server/ServerDialogue.swift", "if turn == .saslResponse { enter", "a login of our server ended"),
        (
            "Sources/Interchange/Reading/Transcripts/Dialect+Rows.swift", "let challenge = data.after",
            "what Exchange logs in the place of a challenge"
        ),
        (
            "Sources/Interchange/Reading/Transcripts/ReadingPlan.swift", "verb != .help",
            "whether text is a dialogue"
        ),
        (
            "Sources/Networking/Live/ClientEnd.swift", "dialogue?.responseMeaning",
            "the client's own words on what it sends"
        ),
    ]

    /// A comparison with AUTH or 334 in a line of Swift, its comments taken away.
    private static func decides(_ line: Substring) -> Bool {
        let code = line.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
        return [
            #/[=!]= *"AUTH"/#, #/"AUTH" *[=!]=/#, #/case +"AUTH"/#, #/\("AUTH ?"\.utf8\)/#, #/"AUTH "/#,
            #/"334[ "-]/#,
        ].contains { code.contains($0) }
            || [#/[=!]= *334\b/#, #/\b334 *[=!]=/#, #/case +[0-9, ]*334\b/#, #/\(334\b/#].contains { code.contains($0) }
            || [
                #/[=!]= *\.auth\b/#, #/[=!]= *\.saslResponse\b/#, #/\[[^\]]*\.(?:auth|saslResponse)[^\]]*\]\.contains/#,
                #/== *\.challenged\b/#,
            ].contains { code.contains($0) }
    }

    @Test func `AUTH and 334 are compared in SMTP/Session alone`() throws {
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            guard !file.path.hasPrefix("Sources/SMTP/Session/") else { continue }
            let exceptions = Self.allowed.filter { $0.0 == file.path }.map(\.1)
            for (number, line) in file.lines.enumerated() where Self.mayDecide(line) && Self.decides(line) {
                guard !exceptions.contains(where: { line.contains($0) }) else { continue }
                Issue.record("\(file.path):\(number + 1) decides by itself what is a credential: \(line)")
            }
        }
    }

    @Test func `no exception is kept that nobody needs`() throws {
        let files = try Checkout.swift()
        for (path, words, reason) in Self.allowed {
            let file = files.first { $0.path == path }
            let isNeeded = file?.lines.contains { $0.contains(words) && Self.decides($0) } == true
            #expect(isNeeded, "\(path): \(words) (\(reason))")
        }
    }

    /// Cheap, and true for every line that `decides` is true for.
    private static func mayDecide(_ line: Substring) -> Bool {
        let octets = Array(line.utf8)
        return ["AUTH", "334", ".auth", ".saslR", ".chall"].contains { word in
            let word = Array(word.utf8)
            return octets.indices.contains { octets[$0] == word[0] && octets[$0...].starts(with: word) }
        }
    }

    @Test(arguments: [
        ("if code == 334, mode == .commands {", true), ("case 334:", true), ("case 235, 334: x", true),
        ("guard words[0] == \"AUTH\" else { return }", true), ("let isAuth = line.starts(with: \"AUTH \".utf8)", true),
        ("private var awaits: Bool { [.auth, .saslResponse].contains(pending.last?.turn) }", true),
        ("x.isNear = turn == .auth", true), ("case .auth: \"AUTH\"", false), ("// when code == 334", false),
        ("Extension(\"AUTH\", \"authentication\")", false), ("step(1334)", false),
        ("let challenge = data.after(\"334 \") ?? data", true), ("line.hasPrefix(\"334-\")", true),
        ("Verb(reading: word) == .auth", true), ("\"3341\"", false),
    ])
    func `a comparison is told from a mention`(line: String, decides: Bool) {
        #expect(Self.decides(line[...]) == decides)
        #expect(Self.mayDecide(line[...]) || !decides)
    }

    /// Ranges of secrets are put on octets by the wire log, which asks the observer; everybody else only reads them.
    @Test func `no producer says which octets are a credential`() throws {
        let producer = #/secrets: *(?!let\b|_|\[Range<Int>\]|\[\])[^ ,)]/#
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            // The masks of lines, and the events themselves.
            guard file.module != "SMTP", !file.path.hasPrefix("Sources/Tracing/") else { continue }
            for (number, line) in file.codeLines.enumerated() where line.contains(producer) {
                Issue.record("\(file.path):\(number + 1) passes secrets: \(line)")
            }
        }
    }
}
