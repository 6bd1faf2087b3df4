import Foundation
import Testing

/// State machines cannot be in a state that nobody thought of (`Sources/README.md`, invariant 2).
struct StateMachineTests {
    /// The files that open with saying that they are one, or the life of a socket, which is one.
    private static func machines() throws -> [SourceFile] {
        try Checkout.swift().filter { file in
            let isOne = file.opening.contains("state machine") || file.opening.contains("The life of ")
            return file.path.hasPrefix("Sources/") && isOne
        }
    }

    @Test func `a state machine lists all its states, without default`() throws {
        let machines = try Self.machines()
        let names = Set(machines.compactMap { $0.path.split(separator: "/").last.map(String.init) })
        let known: Set<String> = [
            "ClientDialogue.swift", "ServerDialogue.swift", "ClientSASL.swift", "ServerSASL.swift", "ClientLife.swift",
            "ServerLife.swift", "TapLife.swift",
        ]
        #expect(names.isSuperset(of: known), "no machine any more: \(known.subtracting(names))")
        // The observer switches over turns, most of which mean nothing to it.
        for file in machines where !file.path.hasSuffix("/SessionReader.swift") {
            for (number, line) in file.codeLines.enumerated() where line.contains("default:") {
                Issue.record("\(file.path):\(number + 1) leaves states to `default`")
            }
        }
    }

    @Test func `a state machine says what it decides, what it does not know, and what wrong input is`() throws {
        for file in try Self.machines() {
            for words in ["t decides", "t does not know", "rong input"] where !file.opening.contains(words) {
                Issue.record("\(file.path) does not open with \(words)…")
            }
        }
    }

    /// What each input means stands in two functions of the interface. Whoever adds an input has to say what it means in both.
    @Test(arguments: [
        ("Sources/Interface/Update/Update.swift", "func update("),
        ("Sources/Interface/Update/Update+Overlay.swift", "func overlaid("),
    ])
    func `what an input means is listed for all of them, without default`(path: String, name: String) throws {
        let file = try #require(try Checkout.swift().first { $0.path == path })
        let start = try #require(file.codeLines.firstIndex { $0.contains(name) })
        let indent = file.codeLines[start].prefix { $0 == " " }
        let body = file.codeLines[start...].prefix { $0 != "\(indent)}" }
        #expect(body.contains { $0.contains("switch input {") })
        #expect(!body.contains { $0.contains("default:") }, "\(path) leaves inputs to `default`")
    }
}
