import Foundation

/// A Python of this machine, whose modules judge what we made: what nobody here wrote has to agree.
enum DebianPython {
    /// Where one lies that can import these; nil where none can.
    static func importing(_ modules: String) -> String? {
        ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
            (try? status(of: path, ["-c", "import \(modules)"])) == 0
        }
    }

    /// The exit status of a program whose words nobody reads.
    static func status(of program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
