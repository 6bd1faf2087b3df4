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
                    let isLimit =
                        name == "most" || name.hasPrefix("most") && name.dropFirst(4).first?.isUppercase == true
                    #expect(!isLimit || before != "let" || !line.contains("static"), "\(file.path): \(name)")
                }
            }
        }
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
