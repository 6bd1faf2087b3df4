import ArgumentParser
import Interchange
import Lessons
import Tracing

/// `ehlo lessons`: the texts themselves.
struct LessonsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lessons",
        abstract: "Read and check the lessons.",
        subcommands: [LessonsList.self, LessonsShow.self, LessonsCheck.self]
    )
}

/// `ehlo lessons list`: every anchor with its title.
struct LessonsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List every anchor with its title.")

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        let anchors = library.anchors()
        let width = anchors.map(\.path.count).max() ?? 0
        let printer = PlainPrinter(settings)
        for anchor in anchors {
            let title = library.section(for: anchor)?.title ?? ""
            let gap = String(repeating: " ", count: width - anchor.path.count + 2)
            try printer.print(Escaping.message(anchor.path + gap + title))
        }
        try printer.flush()
    }
}

/// `ehlo lessons show`: one section as text; of a file its anchored parts as well.
struct LessonsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the text that explains a word or an anchor.",
        discussion: """
            A word is a verb, keyword, parameter, mechanism, header field, reply code, status or finding, or a step's number: \
            CHUNKING, 550, 5.7.1, 550@RCPT, PLAIN, Subject, bare-lf, 7. An anchor is a family and a name, as command/MAIL.
            """
    )

    @Argument(
        help: ArgumentHelp("As CHUNKING, 550, 5.7.1 or command/MAIL.", valueName: "word or anchor"),
        completion: Offers.anchors
    )
    var anchor: String
    @Flag(help: "Fail with status 66 where there is only a more general lesson.")
    var exact = false
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        let section = try section(library)
        let printer = PlainPrinter(settings)
        let whole = section.heading == nil ? library.lesson(for: section.anchor) : nil
        let lines = whole.map { LessonText.lines($0) } ?? LessonText.lines(section)
        for line in lines { try printer.print(line) }
        try printer.flush()
    }

    /// The section that is meant. Where it is a more general one the person is told.
    private func section(_ library: LessonLibrary) throws(CommandError) -> Section {
        let meant = library.anchors(meantBy: anchor)
        guard meant.count <= 1 else {
            throw CommandError(.usage, "'\(anchor)' may be \(Self.choice(meant)); name one of them")
        }
        let asked = meant.first ?? LessonAnchor(anchor)
        guard let found = library.section(for: asked) else {
            throw CommandError(.noInput, "no lesson explains '\(anchor)'; \(advice(library))")
        }
        guard !asked.isMet(by: found.anchor) else { return found }
        guard !exact else {
            throw CommandError(
                .noInput,
                "no lesson explains '\(asked)' itself, only \(found.anchor); \(advice(library))"
            )
        }
        Message.write("there is no lesson '\(asked)', so this is \(found.anchor); \(advice(library))")
        return found
    }

    /// What else may have been meant.
    private func advice(_ library: LessonLibrary) -> String {
        let near = NearestAnchors.of(anchor, among: library.anchors().map(\.path))
        return near.isEmpty
            ? "'ehlo lessons list' names them all" : "spelled alike are \(near.joined(separator: ", "))"
    }

    /// `a, b or c`.
    private static func choice(_ anchors: [LessonAnchor]) -> String {
        anchors.dropLast().map(\.path).joined(separator: ", ") + (anchors.last.map { " or \($0)" } ?? "")
    }
}

/// `ehlo lessons check`: what a reader would stumble over.
struct LessonsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find what is wrong in the lessons.",
        discussion: """
            One line a problem. Also traces every bundled session and names what in it no lesson explains, and reads every \
            persona.
            """
    )

    @Flag(help: "Name the parts that are longer than a card as well; they are no problems.")
    var cards = false
    @Flag(help: "Print how much of what the registries name has a section of its own, and what falls back, instead.")
    var coverage = false
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        let printer = PlainPrinter(settings)
        if coverage { return try printCoverage(LessonCoverage(of: library), printer) }
        var traces: [(name: String, trace: Trace)] = []
        var problems: [String] = []
        for name in BundledSession.names(in: settings.lessonsRoots) {
            do {
                let file = try SessionFile.read(BundledSession.path(of: name, in: settings.lessonsRoots))
                for recording in file.sessions {
                    problems += recording.warnings.map { "sessions/\(name).ehlo: \($0)" }
                    traces.append(("sessions/\(name).ehlo", Tracer.trace(of: recording.events)))
                }
            } catch { problems.append("sessions/\(name).ehlo: \(error.description)") }
        }
        problems += PersonaFolder(lessonsRoots: settings.lessonsRoots)?.check().map(\.description) ?? []
        problems = LessonCheck.check(library: library, traces: traces).map(\.description) + problems
        problems += DialogFile.problems(in: settings.lessonsRoots)
        let remarks = cards ? LessonCheck.longParts(in: library).map(\.description) : []
        for line in remarks + problems { try printer.print(Escaping.message(line)) }
        try printer.flush()
        guard problems.isEmpty else { throw ExitStatus(status: ExitCode.wrongData.rawValue) }
    }

    /// The table; nothing else is checked with it.
    private func printCoverage(_ coverage: LessonCoverage, _ printer: PlainPrinter) throws {
        for line in CoverageText.lines(coverage) { try printer.print(Escaping.message(line)) }
        try printer.flush()
        guard coverage.isWhole else { throw ExitStatus(status: ExitCode.wrongData.rawValue) }
    }
}

/// What somebody may have meant.
enum NearestAnchors {
    /// The few names that differ least, in the fewest letters; none that has little to do with it.
    static func of(_ word: String, among names: [String]) -> [String] {
        let wanted = Array(word.lowercased().prefix(64))
        let scored = names.map { name -> (Int, String) in
            let letters = Array(name.lowercased())
            let last = Array(name.lowercased().split(separator: "/").last ?? "")
            return (min(distance(wanted, letters), distance(wanted, last) + 1), name)
        }
        return scored.filter { $0.0 <= max(2, wanted.count / 3) }.sorted { $0 < $1 }.prefix(5).map(\.1)
    }

    /// How many letters have to be put in, taken out or changed.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let changed = corner + (letter == other ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
