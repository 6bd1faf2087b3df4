import Foundation
import Testing

/// The files of this checkout, found from where this file was compiled.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The text of a file, its path counted from the top of the checkout.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
    }

    /// Every file below a folder whose name ends so; a test that walks none would prove nothing.
    static func files(below folder: String, ending: String) throws -> [SourceFile] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(ending) }.sorted()
        try #require(!paths.isEmpty, "\(folder) holds no \(ending)")
        return try paths.map { SourceFile(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
    }

    /// All Swift files, read and taken apart once for all rules.
    static func swift() throws -> [SourceFile] { try swiftFiles.get() }

    private static let swiftFiles = Result {
        try files(below: "Sources", ending: ".swift") + files(below: "Tests", ending: ".swift")
    }
}

/// A file as the house rules look at it.
struct SourceFile {
    let path: String
    let text: String
    let lines: [Substring]
    /// The lines of Swift without comments and without what stands in string literals.
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let code = path.hasSuffix(".swift") ? SwiftText.code(of: text) : ""
        codeLines = code.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The module under Sources that the file belongs to.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The first doc comment of the file, on one line.
    var opening: String {
        lines.drop { !$0.hasPrefix("///") }.prefix { $0.hasPrefix("///") }.map { $0.dropFirst(3) }.joined()
    }
}

/// What is code in a Swift file. Knows line comments, block comments, and string literals of one and of several lines,
/// raw ones too; what stands in an interpolation counts as text, so rules about code do not see it.
///
/// It walks octets: all that matters here is ASCII, and there are some hundred files to walk.
struct SwiftText {
    private let octets: [UInt8]
    private var place = 0
    private var code: [UInt8] = []

    static func code(of text: String) -> String {
        var walk = SwiftText(octets: Array(text.utf8))
        walk.run()
        return String(decoding: walk.code, as: UTF8.self)
    }

    private init(octets: [UInt8]) { self.octets = octets }

    private func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        let start = place + offset
        guard start + text.utf8CodeUnitCount <= octets.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { octets[start + $0] == text.utf8Start[$0] }
    }

    private mutating func run() {
        let marks = Array("/\"#".utf8)
        while place < octets.count {
            guard marks.contains(octets[place]) else {
                code.append(octets[place])
                place += 1
                continue
            }
            if has("//") {
                place = octets[place...].firstIndex(of: 10) ?? octets.count
            } else if has("/*") {
                while place < octets.count, !has("*/") { skip() }
                place += 2
            } else if has("\"") || has("#\"") || has("##\"") {
                code.append(UInt8(ascii: "\""))
                literal()
                code.append(UInt8(ascii: "\""))
            } else {
                code.append(octets[place])
                place += 1
            }
        }
    }

    /// Leaves one octet out, but keeps the count of lines.
    private mutating func skip() {
        if has("\n") { code.append(10) }
        place += 1
    }

    /// Leaves out the string literal that begins here, with its quotation marks.
    private mutating func literal() {
        var hashes = 0
        while has("#") {
            hashes += 1
            place += 1
        }
        let quotes = has("\"\"\"") ? 3 : 1
        place += quotes
        var depth = 0
        while place < octets.count {
            if has("\\"), isHashes(hashes, at: 1), has("(", at: 1 + hashes) {
                depth += 1
                place += 2 + hashes
            } else if depth > 0, has("\"") {
                // Within an interpolation another literal may stand.
                literal()
            } else if depth > 0 {
                depth += has("(") ? 1 : has(")") ? -1 : 0
                skip()
            } else if has("\\"), isHashes(hashes, at: 1) {
                place += 1 + hashes
                skip()
            } else if quotes == 3 ? has("\"\"\"") : has("\""), isHashes(hashes, at: quotes) {
                place += quotes + hashes
                return
            } else {
                skip()
            }
        }
    }

    private func isHashes(_ count: Int, at offset: Int) -> Bool { (0..<count).allSatisfy { has("#", at: offset + $0) } }
}

struct SwiftTextTests {
    @Test(arguments: [
        ("let a = 1 // try!", "let a = 1 "),
        ("a /* b\nc */ d", "a \n d"),
        ("f(\"try! \\\"x\") as! Y", "f(\"\") as! Y"),
        ("f(\"a \\(b(\"c\")) try!\"); g", "f(\"\"); g"),
        ("\"\"\"\n// no comment \"quoted\"\n\"\"\"; h", "\"\n\n\"; h"),
        ("#\"raw \\\"# + i", "\"\" + i"),
    ])
    func `code is what is neither comment nor literal`(text: String, code: String) {
        #expect(SwiftText.code(of: text) == code)
    }
}
