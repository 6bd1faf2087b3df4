import Foundation
import SMTP
import Testing

@testable import Lessons

/// Personas that are named after a program answer what that program answered, word for word.
@Suite struct PersonaDialogTests {
    @Test(arguments: ["postfix", "exim"]) func `a persona says what its program said`(name: String) throws {
        let folder = try #require(PersonaFolder(lessonsRoots: [Fixture.realLessons]))
        let persona = try #require(folder.read(name).persona)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Personas/\(name).dialog"
        )
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        try #require(lines.count > 20)
        var said: [String] = []
        var server = ServerDialogue(persona.policy)
        _ = server.connected()
        for line in lines where !line.hasPrefix("S: ") {
            said.append(String(line))
            if line == "--" {
                server = ServerDialogue(persona.policy)
                _ = server.connected()
            } else {
                let command = Array(line.dropFirst(3).utf8)
                said += Self.replies(to: server.received(WireLine(command, ending: .crlf)))
            }
        }
        #expect(said == lines.map(String.init))
    }

    private static func replies(to actions: [ServerDialogue.Action]) -> [String] {
        actions.flatMap { action -> [String] in
            guard case .reply(let lines, _) = action else { return [] }
            return lines.map { "S: \($0.octets.lossyText)" }
        }
    }
}
