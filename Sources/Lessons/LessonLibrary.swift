import Synchronization
public import Tracing

/// The lessons. Answers one question: which section explains this anchor, in this language?
///
/// Reads a file when something in it is first asked for, and keeps it.
public final class LessonLibrary: Sendable {
    /// The language of last resort.
    public static let english = "en"

    /// Absolute, without symbolic links.
    public var root: String { folder.root }
    /// The language in use, as `en`; English when the one asked for has no folder.
    public let language: String
    let folder: LessonFolder
    /// The texts that programs and providers are known to write.
    public var wordings: WordingTable { wordingTable.value }
    private let wordingTable: Deferred<WordingTable>
    private let cache = Mutex(Cache())

    private struct Cache {
        /// By name within the root; only files that are there, so a hostile wire cannot fill it.
        var files: [String: LessonFile] = [:]
        var sections: [String: [Section]] = [:]
        /// The file of each step, by language and number.
        var steps: [String: [(number: Int, file: String)]] = [:]
    }

    /// Lessons from one folder.
    public convenience init(root: String, language: String = english) throws(LessonLibraryError) {
        try self.init(roots: [root], language: language)
    }

    /// Lessons from folders that lie one over the other, the uppermost first. `language` may be a locale, as `de_AT.UTF-8`.
    public init(roots: [String], language: String = english) throws(LessonLibraryError) {
        guard let folder = LessonFolder(roots) else {
            throw .missing(path: roots.first { LessonFolder($0) == nil } ?? "")
        }
        guard folder.isFolder(Self.english) else { throw .noEnglish(path: roots.last ?? "") }
        for root in roots.dropLast() where !Self.isOfLessons(root) { throw .nothing(path: root) }
        self.folder = folder
        wordingTable = Deferred { WordingTable(folder: folder) }
        let whole = String(language.prefix { $0 != "." && $0 != "@" })
        let short = String(whole.prefix { $0 != "_" && $0 != "-" })
        self.language = [whole, short].first { Self.isLanguage($0) && folder.isFolder($0) } ?? Self.english
    }

    /// The folder to read lessons from when none is named: `EHLO_LESSONS`, then beside the program, then in its `share`.
    public static func standardRoot(override: String? = nil) -> String? { LessonFolder.standard(override: override) }

    /// Whether a folder has anything in it that lies over other lessons.
    private static func isOfLessons(_ root: String) -> Bool {
        let names = LessonFolder(root)?.list() ?? []
        return names.contains { ["sessions", "personas", "dialogs", "wordings"].contains($0) || isLanguage($0) }
    }

    /// Two or three letters, and perhaps a region: `de`, `pt-BR`.
    private static func isLanguage(_ name: String) -> Bool {
        let letters = name.prefix { $0 != "-" && $0 != "_" }
        return (2...3).contains(letters.utf8.count) && letters.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    /// The section that explains an anchor best: the nearest one, and of two as near the one in the language in use.
    public func section(for anchor: LessonAnchor) -> Section? {
        for candidate in anchor.withFallbacks {
            for language in languagesInUse {
                if let section = exact(candidate, in: language) { return section }
            }
        }
        return nil
    }

    /// The whole file behind an anchor; nil when it has none of its own.
    public func lesson(for anchor: LessonAnchor) -> Lesson? {
        for language in languagesInUse {
            guard let name = fileName(of: anchor, in: language), let sections = sections(of: name, anchor, language),
                let first = sections.first
            else { continue }
            return Lesson(section: first, sections: Array(sections.dropFirst()))
        }
        return nil
    }

    /// Reads the openings of the lessons of all fourteen steps on another thread, for a caller that will show them all. It begins
    /// with the last, since the caller begins with the first: so neither reads what the other has read.
    public func readAhead() {
        Task.detached(priority: .userInitiated) { [self] in
            for step in Step.allCases.reversed() { section(for: .step(step))?.readOpening() }
        }
    }

    var languagesInUse: [String] { language == Self.english ? [language] : [language, Self.english] }

    private func exact(_ anchor: LessonAnchor, in language: String) -> Section? {
        guard let name = fileName(of: anchor, in: language) else { return nil }
        return sections(of: name, anchor.file, language)?.first { $0.anchor == anchor }
    }

    /// The name of the file that would hold an anchor; nil when the anchor is none or its step has no file.
    func fileName(of anchor: LessonAnchor, in language: String) -> String? {
        let parts = anchor.file.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, LessonFolder.isSafe(anchor.file.path) else { return nil }
        guard parts[0] == "step" else { return "\(language)/\(anchor.file.path).md" }
        guard parts.count == 2, let number = Int(parts[1]), String(number) == parts[1] else { return nil }
        return stepFiles(in: language).first { $0.number == number }?.file
    }

    /// The first of each number.
    private func stepFiles(in language: String) -> [(number: Int, file: String)] {
        if let known = cache.withLock({ $0.steps[language] }) { return known }
        let files = folder.list("\(language)/step").compactMap { name -> (number: Int, file: String)? in
            guard name.hasSuffix(".md"), let number = Self.stepNumber(name) else { return nil }
            return (number, "\(language)/step/\(name)")
        }
        cache.withLock { $0.steps[language] = files }
        return files
    }

    /// 7 for `07-mail-from.md`; nil for a name that does not begin with two digits and a hyphen.
    static func stepNumber(_ name: String) -> Int? {
        let digits = name.prefix { $0 != "-" }
        return digits.utf8.count == 2 && digits.utf8.count < name.utf8.count ? Int(digits) : nil
    }

    func file(_ name: String) -> LessonFile? {
        if let known = cache.withLock({ $0.files[name] }) { return known }
        guard let octets = folder.read(name), Markdown.refusal(of: octets) == nil, let text = LessonOctets.text(octets)
        else { return nil }
        let file = LessonFile(text)
        cache.withLock { $0.files[name] = file }
        return file
    }

    /// The lesson itself, then its headings with anchors.
    private func sections(of name: String, _ anchor: LessonAnchor, _ language: String) -> [Section]? {
        if let known = cache.withLock({ $0.sections[name] }) { return known }
        guard let file = file(name) else { return nil }
        let front = file.frontMatter.map(FrontMatter.read) ?? FrontMatter()
        let sections = file.parts.map { Section($0, of: anchor, front, language: language) }
        cache.withLock { $0.sections[name] = sections }
        return sections
    }
}

extension LessonAnchor {
    /// The anchor of the file it is in: without what stands behind the `@`.
    var file: LessonAnchor { path.firstIndex(of: "@").map { LessonAnchor(String(path[..<$0])) } ?? self }
    var family: String { String(path.prefix { $0 != "/" }) }
}

/// Why there are no lessons.
public enum LessonLibraryError: Error, Equatable, CustomStringConvertible {
    case missing(path: String)
    case noEnglish(path: String)
    /// A folder over other lessons that hides none of them and adds none.
    case nothing(path: String)

    public var description: String {
        switch self {
        case .missing(let path): "there is no folder of lessons at \(WireText.shown(path.utf8))"
        case .noEnglish(let path):
            "the folder \(WireText.shown(path.utf8)) holds no lessons, for it has no folder en"
        case .nothing(let path):
            "the folder \(WireText.shown(path.utf8)) holds nothing of lessons, such as a folder en, sessions or personas"
        }
    }
}
