import Foundation
public import Screen
public import Testing

/// Compares a screen with the golden file `Screens/NAME.screen` beside the test that calls.
///
/// With `EHLO_RECORD=1` in the environment the file is written anew, and the test *fails*: a run that wrote its own
/// expectations has proved nothing. A missing file is never written without being asked for.
public func expectGolden(
    _ canvas: Canvas,
    _ name: String,
    in caller: String = #filePath,
    at location: SourceLocation = #_sourceLocation
) {
    let folder = URL(fileURLWithPath: caller).deletingLastPathComponent().appending(path: "Screens")
    let file = folder.appending(path: "\(name).screen")
    let drawn = canvas.golden
    if ProcessInfo.processInfo.environment["EHLO_RECORD"] == "1" {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(drawn.utf8).write(to: file)
            Issue.record(
                "wrote \(name).screen anew: look at it, then run without EHLO_RECORD",
                sourceLocation: location
            )
        } catch {
            Issue.record(error, sourceLocation: location)
        }
        return
    }
    guard let octets = try? Data(contentsOf: file) else {
        Issue.record("there is no \(name).screen; EHLO_RECORD=1 writes it:\n\(drawn)", sourceLocation: location)
        return
    }
    let expected = String(decoding: octets, as: UTF8.self)
    guard expected != drawn else { return }
    Issue.record("\(name).screen differs\n\(difference(expected, drawn))", sourceLocation: location)
}

/// The lines that differ, `-` as the golden file has them, `+` as they were drawn.
private func difference(_ expected: String, _ drawn: String) -> String {
    let old = expected.components(separatedBy: "\n")
    let new = drawn.components(separatedBy: "\n")
    return (0..<max(old.count, new.count)).flatMap { index -> [String] in
        let before = index < old.count ? old[index] : nil
        let after = index < new.count ? new[index] : nil
        guard before != after else { return [] }
        return [before.map { "\(index + 1) - \($0)" }, after.map { "\(index + 1) + \($0)" }].compactMap(\.self)
    }.joined(separator: "\n")
}
