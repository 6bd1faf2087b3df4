import Foundation
import Testing

/// An exported page in a browser, walked through by key as a person does.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(
        if: ["chromium", "chromium-browser", "google-chrome"].contains(where: Program.has) && Program.has("python3"),
        "needs a Chromium and python3"
    )
)
struct PageTests {
    @Test func `a page walks through its session by key, reads without scripts, and runs nothing of the wire's`() throws
    {
        let script = Program.tests + "/Lab/check_page.py"
        let outcome = try Program.run(
            "python3",
            ["-B", script, Program.path, "seed", "one-refused", "greylisted"],
            in: Folder()
        )
        #expect(outcome.status == 0, "\(outcome.errors.suffix(2000))")
        // The fourth is a hostile one of the script's own.
        #expect(outcome.output.split(separator: "\n").count == 4, "\(outcome.output)")
    }
}
