import Testing

/// What nobody uses goes; what only tests use belongs to them.
struct DeadCodeTests {
    /// Names that stand once and are used all the same.
    private static let allowed: [String: String] = [
        "renderText": "swift-mustache calls it", "decodeLast": "SwiftNIO calls it", "customMirror": "Mirror calls it",
        "OutboundIn": "SwiftNIO wants it",
        "badVersion": "a number of a registry (RFC 6891 §9)", "authenticData": "a bit of a header (RFC 4035 §3.2.3)",
        "recursionAvailable": "a bit of a header (RFC 1035 §4.1.1)",
    ]

    @Test func `every name that is declared is used outside the tests`() throws {
        var counts: [Substring: Int] = [:]
        var declared: [(name: Substring, path: String)] = []
        for file in try Checkout.swift() where file.path.hasPrefix("Sources/") {
            for line in file.lines {
                let words = Self.words(of: line)
                for word in words { counts[word, default: 0] += 1 }
                for (before, name) in zip(words, words.dropFirst()) where Self.introducers.contains(before) {
                    declared.append((name, file.path))
                }
            }
        }
        #expect(declared.count > 1000)
        for (name, path) in declared where counts[name] == 1 && Self.allowed[String(name)] == nil {
            Issue.record("\(path): nothing uses \(name)")
        }
        let gone = Self.allowed.keys.filter { counts[Substring($0)] != 1 }
        #expect(gone == [], "these need no exception any more")
    }

    private static let introducers: Set<Substring> = [
        "func", "var", "let", "struct", "enum", "class", "typealias",
    ]

    /// The names in a line, interpolations included, comments not.
    private static func words(of line: Substring) -> [Substring] {
        let code = line.utf8.firstIndex(of: UInt8(ascii: "/")).map { slash in
            line.utf8[slash...].starts(with: "//".utf8) ? line[..<slash] : line
        }
        return (code ?? line).utf8.split { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): false
            default: octet < 0x80
            }
        }.map { Substring($0) }
    }

    @Test func `names are told from comments`() {
        #expect(Self.words(of: "    let a = \"\\(b)\" + c // d") == ["let", "a", "b", "c"])
        #expect(Self.words(of: "/// let e") == [])
    }
}
