import Testing

/// Names are the field's and Swift's (`Sources/README.md`).
struct NameTests {
    @Test func `a type that is thrown ends in Error`() throws {
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            for line in file.codeLines where Self.isError(line) {
                let words = line.split { !$0.isLetter && $0 != "_" }
                let name = words.drop { !["struct", "enum", "class"].contains($0) }.dropFirst().first ?? ""
                #expect(name.hasSuffix("Error") || name == "ExitStatus", "\(file.path): \(name) is thrown")
            }
        }
    }

    /// Whether a type of the line conforms to `Error`; the `Failure` of a generic function is Swift's own name.
    private static func isError(_ line: Substring) -> Bool {
        guard ["struct ", "enum ", "class "].contains(where: { line.contains($0) }), !line.contains("func ") else {
            return false
        }
        return [": Error,", ": Error {", ", Error,", ", Error {"].contains { line.contains($0) }
    }

    @Test func `a limit begins with max`() throws {
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            for line in file.codeLines {
                let words = line.split { !$0.isLetter && !$0.isNumber }
                for (before, name) in zip(words, words.dropFirst()) where ["let", "var"].contains(before) {
                    let isOther = before != "let" || !line.contains("static")
                    #expect(isOther || !Self.isLimit(name), "\(file.path): \(name)")
                }
            }
        }
    }

    /// Whether a name tells how much there may be of something, in other words than `max`.
    private static func isLimit(_ name: Substring) -> Bool {
        let isSuperlative = ["most", "longest", "largest", "widest", "deepest"].contains { word in
            name.hasPrefix(word) && name.dropFirst(word.count).first?.isUppercase ?? true
        }
        return isSuperlative || name.hasSuffix("Limit")
    }

    @Test(arguments: [
        ("mostLines", true), ("longest", true), ("queryLimit", true), ("maxLine", false), ("mostly", false),
    ])
    func `a limit is told from others`(name: String, isLimit: Bool) {
        #expect(Self.isLimit(name[...]) == isLimit)
    }

    @Test(arguments: [
        ("public enum TLSError: Error, Hashable {", true), ("    private struct NoHostError: Error {", true),
        ("    func each<Failure: Error>(", false), ("    case error(Failure)", false),
        ("struct A: Hashable, Error {", true),
    ])
    func `a type that is thrown is told from others`(line: String, isError: Bool) {
        #expect(Self.isError(line[...]) == isError)
    }
}
