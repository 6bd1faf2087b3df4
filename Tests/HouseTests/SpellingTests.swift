import Foundation
import Testing

/// Spellings by which people search, and marks that no file may hold.
struct SpellingTests {
    /// Everything that cites: the code, the tests with their fixtures, the lessons and the other texts.
    private static func texts() throws -> [SourceFile] {
        try Checkout.swift() + Checkout.files(below: "Tests", ending: ".dialog")
            + Checkout.files(below: "lessons", ending: ".md")
            + ["README.md", "Sources/README.md", "Sources/DECISIONS.md", "Tests/README.md"].map {
                SourceFile(path: $0, text: try Checkout.text($0))
            }
    }

    @Test func `RFCs are cited in one spelling`() throws {
        for file in try Self.texts() {
            // Text in a test may be wrong on purpose.
            let isTest = file.path.hasPrefix("Tests/") && file.path.hasSuffix(".swift")
            for (number, line) in file.lines.enumerated() {
                let cited = isTest ? line.range(of: "//").map { line[$0.lowerBound...] } : line
                for fault in cited.map(Self.faults) ?? [] { Issue.record("\(file.path):\(number + 1): \(fault)") }
            }
        }
    }

    /// `RFC 5321 §4.1.1.2`, or the number alone; `RFC` in capitals, one space, the section sign without a space.
    private static func faults(in line: Substring) -> [String] {
        guard line.contains("RFC") || line.contains("rfc") || line.contains("Rfc") else { return [] }
        return line.matches(of: /(?i)rfc[ \-]?[0-9]+/).compactMap { match -> String? in
            // Within a path, an address of the web or a name in code it is no citation.
            if let before = line[..<match.range.lowerBound].last, before.isLetter || "/-._".contains(before) {
                return nil
            }
            let rest = line[match.range.upperBound...]
            // The type of an address in RFC 3461 §4.2.
            if rest.hasPrefix(";") { return nil }
            let isSpelled = match.output.wholeMatch(of: /RFC [1-9][0-9]*/) != nil
            let hasOtherWord =
                rest.prefixMatch(of: /(?i),? ?(section|sect?\.|chapter|para|§ |§§)|,? ?#[0-9]|,§|, §|§/) != nil
            let hasBadSection = rest.hasPrefix(" §") && rest.prefixMatch(of: /\ §([0-9]+|[A-Z])(\.[0-9]+)*/) == nil
            return isSpelled && !hasOtherWord && !hasBadSection ? nil : String(match.output + rest.prefix(12))
        }
    }

    @Test(
        arguments: [
            ("as RFC 5321 §4.1.1.2 has it, RFC 7505 and RFC 5321 §B", 0), ("(RFC 5321 appendix C)", 0), ("RFC5321", 1),
            ("rfc 5321 §4", 1), ("RFC 5321, section 4.1", 1), ("RFC 5321 section 4.1", 1), ("RFC 5321 § 4.1", 1),
            ("RFC 5321§4", 1),
            ("https://www.rfc-editor.org/rfc/rfc5321", 0),
        ] as [(String, Int)]
    )
    func `a citation is judged`(text: String, faults: Int) {
        #expect(Self.faults(in: Substring(text)).count == faults)
    }

    @Test func `every source in a table names a section`() throws {
        var count = 0
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            for line in file.lines {
                guard line.contains("spec: ") else { continue }
                for match in line.matches(of: /spec: "([^"]*)"/) {
                    count += 1
                    let spec = String(match.output.1)
                    // What no RFC describes is named in words.
                    #expect(!spec.hasPrefix("RFC") || spec.contains(" §"), "\(file.path): \(spec)")
                    #expect(!spec.isEmpty, "\(file.path)")
                }
            }
        }
        #expect(count > 20, "the tables are written in another way now, and this test walks nothing")
    }

    @Test func `nothing is left for later`() throws {
        // In two pieces, so that this file does not hold them.
        let marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:"]
        for file in try Self.texts() + Checkout.files(below: "Tests", ending: ".sh")
            + Checkout.files(below: "Tests", ending: ".py")
        {
            #expect(marks.filter(file.text.contains) == [], "\(file.path)")
        }
    }

    @Test func `nothing is forced`() throws {
        let forced = /\btry!|\bas!|[A-Za-z0-9_\])]!(?![=\w])/
        for file in try Checkout.swift() {
            for (number, line) in file.codeLines.enumerated() {
                guard line.contains("!"), line.firstMatch(of: forced) != nil else { continue }
                Issue.record("\(file.path):\(number + 1): \(line)")
            }
        }
    }

    /// One `Character` in Swift is CR LF together: text with it in the protocol's modules would split lines wrongly.
    @Test func `CR LF is never text where octets are meant`() throws {
        for module in ["SMTP", "DNS", "Tracing"] {
            for file in try Checkout.files(below: "Sources/\(module)", ending: ".swift") {
                for (number, line) in file.lines.enumerated() where !line.contains("//") {
                    #expect(!line.contains("\\r\\n"), "\(file.path):\(number + 1)")
                }
            }
        }
    }
}
