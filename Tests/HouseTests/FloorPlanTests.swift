import Testing

/// Who may touch whom, as `Sources/README.md` draws it.
struct FloorPlanTests {
    /// The rooms that are Swift and what each may import; the C modules import nothing.
    private static let plan: [String: Set<String>] = [
        "Notation": [],
        "SMTP": ["Notation"],
        "DNS": ["Notation"],
        "Screen": [],
        "Tracing": ["Notation", "SMTP", "DNS", "FoundationEssentials"],
        "Cryptography": ["Notation", "SMTP", "DNS", "Tracing", "COpenSSL", "Glibc"],
        "Captures": ["Notation", "SMTP", "DNS", "Tracing", "Cryptography", "Glibc", "Synchronization"],
        "Lessons": ["Notation", "SMTP", "Tracing", "CCmark", "Yams", "Mustache", "Glibc", "Synchronization"],
        "Interchange": [
            "Notation", "SMTP", "DNS", "Tracing", "Lessons", "Captures", "CCompression", "Cryptography", "Glibc",
            "Dispatch", "Synchronization", "FoundationEssentials",
        ],
        "Explain": ["SMTP", "Tracing", "Lessons", "Interchange"],
        "Networking": [
            "Notation", "SMTP", "DNS", "Tracing", "CAres", "COpenSSL", "Cryptography", "NIOCore", "NIOPosix", "Glibc",
            "Dispatch", "Synchronization",
        ],
        "Stage": ["Notation", "SMTP", "Tracing", "Networking", "Dispatch", "Glibc", "Synchronization"],
        "Interface": ["SMTP", "Tracing", "Lessons", "Screen", "FoundationEssentials"],
        "Curses": ["Notation", "Screen", "CNcurses", "CTerminalGuard", "Glibc"],
        "ehlo": [
            "Notation", "SMTP", "DNS", "Tracing", "Captures", "Lessons", "Interchange", "Explain", "Networking",
            "Stage", "Cryptography",
            "Screen", "Interface", "Curses",
            "ArgumentParser", "Glibc", "Dispatch", "Synchronization", "FoundationEssentials",
        ],
    ]

    private static let systemModules: Set<String> = [
        "CNcurses", "CTerminalGuard", "CCmark", "CAres", "COpenSSL", "CCompression", "CICUData",
    ]
    /// Rooms that hold no part of the program.
    private static let otherRooms: Set<String> = ["Packaging"]
    private static let papers = ["README.md", "DECISIONS.md", "CHANGES.md"]

    @Test func `every room imports only what the floor plan lets it`() throws {
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            guard let allowed = Self.plan[file.module] else {
                Issue.record("\(file.path): there is no room \(file.module) in the plan")
                continue
            }
            for line in file.codeLines {
                guard let name = Self.imported(by: line) else { continue }
                #expect(allowed.contains(name), "\(file.path) imports \(name), which \(file.module) may not")
            }
        }
    }

    /// The module in `public import struct A.B`, `@preconcurrency import A` and the like.
    private static func imported(by line: Substring) -> String? {
        guard line.contains("import") else { return nil }
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import") else { return nil }
        let qualifiers: Set = ["public", "package", "internal", "private", "fileprivate"]
        guard words[..<place].allSatisfy({ $0.hasPrefix("@") || qualifiers.contains(String($0)) }) else { return nil }
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = words[(place + 1)...].first { !kinds.contains(String($0)) }
        return name.flatMap { $0.split(separator: ".").first }.map(String.init)
    }

    @Test(
        arguments: [
            ("import A", "A"), ("public import A", "A"), ("@testable import A", "A"), ("import struct A.B", "A"),
            ("let import = 1", nil), ("// import A", nil),
        ] as [(String, String?)]
    )
    func `an import is recognised`(line: String, module: String?) {
        #expect(Self.imported(by: Substring(SwiftText.code(of: line))) == module)
    }

    @Test func `every room is in the plan, on the floor plan and nowhere else`() throws {
        let rooms = try Checkout.names(in: "Sources").filter { !Self.papers.contains($0) }
        #expect(Set(rooms) == Set(Self.plan.keys).union(Self.systemModules).union(Self.otherRooms))
        let drawn = try Checkout.text("Sources/README.md")
        #expect(rooms.filter { !drawn.contains("`\($0)/`") } == [], "Sources/README.md has no line for these")
    }

    /// Thirty names are what an eye takes in at once; more of them want rooms of their own.
    @Test func `no folder of sources lies flat`() throws {
        let files = try Checkout.swift().filter { $0.path.hasPrefix("Sources/") }
        #expect(!files.isEmpty)
        let folders = Dictionary(grouping: files) { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
        for (folder, files) in folders { #expect(files.count <= 30, "\(folder) holds \(files.count) files") }
    }

    @Test func `every folder of tests has its line in the README beside them`() throws {
        let folders = try Checkout.names(in: "Tests").filter { $0 != "README.md" }
        let told = try Checkout.text("Tests/README.md")
        #expect(folders.filter { !told.contains("`\($0)/`") } == [], "Tests/README.md has no line for these")
    }

    /// Each thing the program stands on has its reasons, and each is pinned: a build of one commit is the same next year.
    @Test func `every dependency is pinned and has its paragraph in the decisions`() throws {
        let package = try Checkout.text("Package.swift")
        let decisions = try Checkout.text("Sources/DECISIONS.md")
        let packages = package.matches(of: #/\.package\(url: "[^"]*\/([^"\/]+)", ([a-z]+):/#)
        let libraries = package.matches(of: #/\.systemLibrary\(\s*name: "C(\w+)"/#).map { String($0.output.1) }
        #expect(packages.count >= 4 && libraries.count >= 4)
        for package in packages {
            #expect(package.output.2 == "exact", "\(package.output.1) is not pinned with exact:")
        }
        let titles = decisions.matches(of: #/(?m)^\*\*([^*]+)\*\*/#).map { String($0.output.1) }
        for name in packages.map({ String($0.output.1) }) + libraries {
            let letters = { (text: String) in text.lowercased().filter(\.isLetter) }
            let isTold = titles.contains {
                letters($0).contains(letters(name))
            }
            #expect(isTold, "Sources/DECISIONS.md has no paragraph that begins with **\(name)**")
        }
    }

    @Test func `the top level holds what belongs there`() throws {
        let allowed: Set = [
            "README.md", "Package.swift", "Sources", "Tests", "lessons", ".ci", ".gitignore", ".swift-format",
        ]
        // What a build, an editor or git itself leaves, and .gitignore names.
        let passing = [".git", ".build", ".swiftpm", "Package.resolved"]
        let names = try Checkout.names(in: "").filter { name in
            !passing.contains { name == $0 || name.hasPrefix("\($0)-") } && !name.hasSuffix(".swp")
        }
        #expect(Set(names) == allowed)
    }

    @Test func `a long file is a table or a state machine and says so`() throws {
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") && file.lines.count > 400 {
            #expect(Self.saysSo(file.opening), "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `a long function is a table or a state machine and says so`() throws {
        for file in try Checkout.swift() {
            let lines = file.lines
            for function in Functions.of(file.codeLines) where function.count > 60 {
                let comment = lines[..<function.lowerBound].reversed().prefix { $0.contains("///") }.joined()
                #expect(Self.saysSo(comment), "\(file.path):\(function.lowerBound + 1) has \(function.count) lines")
            }
        }
    }

    private static func saysSo(_ comment: String) -> Bool {
        let words = comment.lowercased()
        return words.contains("table") || words.contains("state machine")
    }
}

/// Where functions and initialisers begin and end, by counting braces in code without comments and literals.
enum Functions {
    static func of(_ lines: [Substring]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var open: [(line: Int, depth: Int)] = []
        var depth = 0
        var announced: Int?
        for (number, line) in lines.enumerated() {
            if begins(line) { announced = number }
            for character in line.utf8 {
                if character == UInt8(ascii: "{") {
                    if let start = announced { open.append((start, depth)) }
                    announced = nil
                    depth += 1
                } else if character == UInt8(ascii: "}") {
                    depth -= 1
                    if let last = open.last, last.depth == depth { found.append(open.removeLast().line..<number + 1) }
                }
            }
        }
        return found
    }

    private static func begins(_ line: Substring) -> Bool {
        guard line.contains("func ") || line.contains("init") else { return false }
        return line.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "?" || $0 == "<" }).contains {
            $0 == "func" || $0 == "init"
        }
            && !line.contains(".init(")
    }

    @Suite struct Itself {
        @Test func `a function's lines are counted`() {
            let text = "struct A {\n    func f() {\n        if x {\n        }\n    }\n    init() { y = { 1 }() }\n}"
            #expect(Set(Functions.of(text.split(separator: "\n"))) == [1..<5, 5..<6])
        }
    }
}
