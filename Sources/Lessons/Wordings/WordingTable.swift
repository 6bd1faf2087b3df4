import SMTP
public import Tracing

/// The wordings of all files, and THE rule which of them explains a text: the most specific one. That is the one with the most
/// characters outside of wildcards in the pattern that fits; of equals the one with more conditions; then the one that stands
/// first.
public struct WordingTable: Sendable {
    public let wordings: [Wording]
    /// What is wrong in the files.
    public let problems: [LessonCheck.Problem]

    static let folderName = "wordings"

    init(_ wordings: [Wording]) { (self.wordings, problems) = (wordings, []) }

    /// Those of a folder of lessons, files by name.
    init(folder: LessonFolder) {
        var wordings: [Wording] = []
        var problems: [LessonCheck.Problem] = []
        for name in folder.list(Self.folderName) {
            let file = "\(Self.folderName)/\(name)"
            guard name.hasSuffix(".yaml"), let octets = folder.read(file) else {
                problems.append(.init(file: file, line: nil, message: "a file of wordings is called NAME.yaml"))
                continue
            }
            let (found, wrong) = WordingReader.read(octets, file: file)
            wordings += found
            problems += wrong
        }
        self.wordings = wordings
        self.problems = problems
    }

    /// The wording that explains a text best; nil where none fits.
    public func best(
        _ kinds: Set<Wording.Kind> = [.reply],
        for text: WordingText,
        _ occasion: Wording.Occasion = .init(),
        where isMeant: (Wording) -> Bool = { _ in true }
    ) -> Wording? {
        var best: (wording: Wording, rank: (letters: Int, conditions: Int))?
        for wording in wordings where kinds.contains(wording.kind) && isMeant(wording) {
            guard let rank = wording.rank(text, occasion) else { continue }
            if let known = best, known.rank >= rank { continue }
            best = (wording, rank)
        }
        return best?.wording
    }

    /// The most specific wording that one of the lines is known by; nil where there is none.
    public func firstKnown(_ kinds: Set<Wording.Kind>, in lines: [String]) -> Wording? {
        let candidates = WordingTable(wordings.filter { kinds.contains($0.kind) })
        let found = lines.compactMap { line -> (wording: Wording, letters: Int)? in
            let text = WordingText(line)
            guard let wording = candidates.best(kinds, for: text) else { return nil }
            return (wording, wording.rank(text, .init())?.letters ?? 0)
        }
        return found.max { $0.letters < $1.letters }?.wording
    }

    /// The wording of a reply that a line without a code is known by. Nothing else tells there that it is a reply: so many letters
    /// have to fit that nobody writes them by chance, or half of what the line says.
    public func told(in line: String) -> Wording? {
        let text = WordingText(line)
        guard let wording = best(for: text), let letters = wording.rank(text, .init())?.letters else { return nil }
        return letters >= Self.tellingLetters || letters * 2 >= line.utf8.count ? wording : nil
    }

    /// As long as `blocked using spamhaus`.
    private static let tellingLetters = 20

    // MARK: The check

    /// What a reader would stumble over: a wording without a lesson, a name given twice, an example that is not explained by the
    /// wording it stands in.
    func check(anchors: Set<LessonAnchor>) -> [LessonCheck.Problem] {
        var seen: [String: String] = [:]
        var found = problems
        for wording in wordings {
            func report(_ message: String) {
                found.append(.init(file: wording.file, line: wording.line, message: "\(wording.id): \(message)"))
            }
            if let other = seen.updateValue(wording.file, forKey: wording.id) {
                report("there is a wording of this name in \(other) already")
            }
            if wording.kind == .occasion {
                if wording.likelyVerb == nil { report("an occasion tells what is answered, in 'usually'") }
            } else if wording.kind == .sign {
                if wording.by == nil, wording.likelyVerb == nil, wording.speaker == nil {
                    report("a sign tells who writes it, what it answers, or who says it")
                }
            } else if !anchors.contains(wording.anchor), wording.lessons.isEmpty {
                report("there is no lesson en/\(wording.anchor).md")
            }
            for anchor in wording.lessons where !anchors.contains(anchor) { report("no lesson explains \(anchor)") }
            let example = ExampleLine(wording.example)
            let occasion = Wording.Occasion(code: example.code, status: example.status, verb: wording.verbs.first)
            // Of one reply one sign tells who writes it and another what it answers.
            if wording.kind.isAside {
                if wording.rank(example.text, occasion) == nil { report("its example does not hold it") }
                continue
            }
            let winner = best([wording.kind], for: example.text, occasion)
            if winner?.id != wording.id {
                report("its example is explained by \(winner?.id ?? "no wording") and not by it")
            }
        }
        let known = Set(wordings.map(\.anchor))
        let idle = anchors.filter { $0.family == "wording" && !$0.path.contains("@") && !known.contains($0) }
        return found
            + idle.sorted { $0.path < $1.path }.map {
                .init(file: "en/\($0).md", line: nil, message: "no wording leads to this lesson")
            }
    }

    /// An example line, with its reply code and status set aside as those of a reply are.
    private struct ExampleLine {
        let code: UInt16?
        let status: String?
        let text: WordingText

        init(_ line: String) {
            let reply = ReplyLine.read(Array(line.utf8)).value
            code = reply.code
            status = reply.enhanced.map { "\($0)" }
            text = reply.code == nil ? WordingText(line) : WordingText(reply.text)
        }
    }
}

extension LessonLibrary {
    /// The wording that explains a reply best, and the lessons it names, its own first.
    public func lessons(of wording: Wording) -> [LessonAnchor] {
        let own = section(for: wording.anchor) == nil ? [] : [wording.anchor]
        return own + wording.lessons.filter { section(for: $0) != nil }
    }
}
