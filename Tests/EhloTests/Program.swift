import Foundation

/// The program that was built, run as a person runs it.
enum Program {
    struct Run {
        let status: Int32
        let output: String
        let errors: String
        /// The lines on standard error.
        var messages: [Substring] { errors.split(separator: "\n") }
    }

    /// It stands beside the test bundle.
    static let path: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("ehlo").path
    }()

    static let lessons = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("lessons").path

    static var seed: String { lessons + "/sessions/seed.ehlo" }

    /// Runs it with these words.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
        try start(path, arguments, environment)
    }

    /// Runs a line of shell in which `$E` is the program.
    static func shell(_ line: String) throws -> Run { try start("/bin/bash", ["-c", line], ["E": path]) }

    private static func start(_ program: String, _ arguments: [String], _ extra: [String: String]) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let own = ["LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/bin:/bin", "EHLO_LESSONS": lessons]
        process.environment = own.merging(extra) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // The errors are few, so that their pipe cannot fill while the output is read.
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self)
        )
    }

    /// A folder that is gone when `body` is done.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ehlo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}
