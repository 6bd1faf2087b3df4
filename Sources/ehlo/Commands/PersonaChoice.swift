import Interchange
import Lessons
import SMTP
import Tracing

/// Which persona a person means, and the list of those that come with the program.
enum PersonaChoice {
    /// A persona by its name, or the file of one.
    static func named(_ word: String, _ settings: Settings) throws -> Persona {
        let folder = PersonaFolder(lessonsRoots: settings.lessonsRoots)
        let names = folder?.names ?? []
        if let folder, names.contains(word) {
            let (persona, problems) = folder.read(word)
            if let persona { return persona }
            throw unusable(problems, word)
        }
        guard word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") else {
            let near = NearestAnchors.of(word, among: names)
            let advice = near.isEmpty ? "" : "; spelled alike: \(near.joined(separator: ", "))"
            throw CommandError(
                .noInput,
                "there is no persona '\(word)'\(advice); 'ehlo sandbox --list-personas' names them all"
            )
        }
        let octets = try FileOctets.read(word, most: PersonaReader.maxOctets)
        let last = word.split(separator: "/").last.map(String.init) ?? word
        let name = last.split(separator: ".").dropLast().joined(separator: ".")
        let (persona, problems) = PersonaReader.read(octets, name: name.isEmpty ? last : name, file: word)
        if let persona { return persona }
        throw unusable(problems, word)
    }

    /// The problems but one are said on lines of their own.
    private static func unusable(_ problems: [LessonCheck.Problem], _ word: String) -> CommandError {
        for problem in problems.dropFirst().prefix(9) { Message.write(problem.description) }
        let first = problems.first?.description ?? "the file cannot be read"
        return CommandError(.wrongData, "\(first); the persona '\(word)' cannot be used until that is put right")
    }

    /// One line a persona: the name, and its summary in a column of its own.
    static func list(_ settings: Settings) throws {
        guard let folder = PersonaFolder(lessonsRoots: settings.lessonsRoots), !folder.names.isEmpty else {
            throw CommandError(
                .noInput,
                "there are no personas in \(settings.lessonsRoots.joined(separator: ", ")); check --lessons"
            )
        }
        let names = folder.names
        let width = names.map(\.count).max() ?? 0
        let printer = PlainPrinter(settings)
        for name in names {
            let gap = String(repeating: " ", count: width - name.count + 2)
            try printer.print(Escaping.message(name + gap + (folder.read(name).persona?.summary ?? "cannot be read")))
        }
        try printer.flush()
    }
}
