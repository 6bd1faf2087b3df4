import Testing

/// The faults that `Tests/Fuzz/planted` plants are patches, which rot when the lines around them change.
struct FaultTests {
    private static let folder = "Tests/Fuzz/Faults"

    @Test func `every target of the fuzzers has a fault that it has to find`() throws {
        let targets = try Checkout.names(in: "Tests/Fuzz/Seeds")
        #expect(!targets.isEmpty)
        #expect(try Checkout.names(in: Self.folder) == targets)
    }

    @Test func `every fault fits the tree and says what it is`() throws {
        for file in try Checkout.files(below: Self.folder, ending: ".patch") {
            #expect(file.lines.first?.hasSuffix(".") == true, "\(file.path) does not begin with a sentence")
            let fault = try #require(Fault(file.text), "\(file.path) is no patch of one file")
            #expect(!fault.hunks.isEmpty, "\(file.path) changes nothing")
            let text = try Checkout.text(fault.path)
            for hunk in fault.hunks {
                #expect(text.contains(hunk.before), "\(file.path) does not fit \(fault.path) any more")
                #expect(hunk.before != hunk.after, "\(file.path) changes nothing")
            }
        }
    }

    @Test func `a patch is taken apart`() throws {
        let hunks = "@@ -1,2 +1,2 @@\n one\n-two\n+three\n@@ -9 +9,0 @@\n-nine\n"
        let patch = "Words.\n\n--- a/F.swift\n+++ b/F.swift\n" + hunks
        let fault = try #require(Fault(patch))
        #expect(fault.path == "F.swift")
        #expect(fault.hunks.map(\.before) == ["one\ntwo\n", "nine\n"])
        #expect(fault.hunks.map(\.after) == ["one\nthree\n", ""])
        #expect(Fault("Words alone.\n") == nil)
        #expect(Fault(patch + patch) == nil)
    }
}

/// A patch of one file, in the unified form of diff.
private struct Fault {
    let path: String
    var hunks: [(before: String, after: String)] = []

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let names = lines.filter { $0.hasPrefix("--- a/") }
        guard names.count == 1, let name = names.first else { return nil }
        path = String(name.dropFirst("--- a/".count))
        for line in lines.drop(while: { !$0.hasPrefix("@@") }).dropLast() {
            guard !line.hasPrefix("@@") else {
                hunks.append(("", ""))
                continue
            }
            let rest = line.dropFirst() + "\n"
            if !line.hasPrefix("+") { hunks[hunks.count - 1].before += rest }
            if !line.hasPrefix("-") { hunks[hunks.count - 1].after += rest }
        }
    }
}
