import Glibc

/// The folder that lessons are read from. No name can lead outside of it, wherever the name comes from.
struct LessonFolder: Sendable {
    /// Absolute and without symbolic links.
    let root: String

    /// Nil when there is no such folder.
    init?(_ path: String) {
        guard let real = Self.real(path), Self.isDirectory(real) else { return nil }
        root = real
    }

    /// The octets of a file; nil when it is missing, no file, or outside the folder. Of a longer file as many as show that it is too long.
    func read(_ name: String) -> [UInt8]? {
        guard Self.isSafe(name), let path = inside(name) else { return nil }
        // Without waiting for a writer, in case the file is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = min(max(0, Int(status.st_size)), Markdown.maxOctets + 1)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(file, buffer.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { break }
                count += got
            }
        }
    }

    /// The names in a folder, in the order of their octets, hidden ones left out.
    func list(_ name: String? = nil) -> [String] {
        guard name.map(Self.isSafe) ?? true, let path = name.map(inside) ?? root, let directory = opendir(path) else {
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func isFolder(_ name: String) -> Bool { Self.isSafe(name) && inside(name).map(Self.isDirectory) ?? false }

    /// The real path of a name, when it is one inside the folder.
    private func inside(_ name: String) -> String? {
        guard let path = Self.real("\(root)/\(name)"), path.hasPrefix(root == "/" ? "/" : "\(root)/") else {
            return nil
        }
        return path
    }

    /// Whether a name is a relative path without anything special in it.
    static func isSafe(_ name: String) -> Bool {
        name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            part.first != UInt8(ascii: ".") && (1...100).contains(part.count)
                && part.allSatisfy { $0.isLetDig || "-_.+=@".utf8.contains($0) }
        }
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Where the lessons that came with the program are: in `EHLO_LESSONS`, beside the executable, or in its `share`.
    static func standard(override: String?) -> String? {
        if let override { return override }
        if let named = getenv("EHLO_LESSONS") { return String(cString: named) }
        guard let executable = real("/proc/self/exe"), let slash = executable.lastIndex(of: "/") else { return nil }
        let folder = executable[..<slash]
        return ["\(folder)/ehlo_Lessons.resources/lessons", "\(folder)/../share/ehlo/lessons"].first(where: isDirectory)
    }
}
