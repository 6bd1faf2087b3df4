public import SMTP

/// The personas that come with the lessons, in their folder `personas`.
public struct PersonaFolder: Sendable {
    private static let usualFile = "personas/rfc5321.yaml"
    /// The one that a server has when none is named.
    public static let usual = String(usualFile.dropFirst("personas/".count).dropLast(".yaml".count))
    private let folder: LessonFolder

    /// Nil when there is no such folder of lessons.
    public init?(lessonsRoots: [String]) {
        guard let folder = LessonFolder(lessonsRoots) else { return nil }
        self.folder = folder
    }

    /// In the order of their names, the usual one first.
    public var names: [String] {
        let names = folder.list("personas").filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        return names.filter { $0 == Self.usual } + names.filter { $0 != Self.usual }
    }

    /// Reads one by its name; problems when it cannot be used.
    public func read(_ name: String) -> (persona: Persona?, problems: [LessonCheck.Problem]) {
        let file = "personas/\(name).yaml"
        guard let octets = folder.read(file) else {
            return (nil, [LessonCheck.Problem(file: file, line: nil, message: "the file cannot be read")])
        }
        return PersonaReader.read(octets, name: name, file: file)
    }

    /// What is wrong with any of them, for `ehlo lessons check`.
    public func check() -> [LessonCheck.Problem] {
        let strays = folder.list("personas").filter { !$0.hasSuffix(".yaml") }.map {
            LessonCheck.Problem(file: "personas/\($0)", line: nil, message: "a persona's file is called NAME.yaml")
        }
        return strays + names.flatMap { read($0).problems }
    }
}
