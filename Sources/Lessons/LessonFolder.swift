import Glibc

/// The folder that lessons are read from, or several that lie one over the other, file by file. No name leads out of them,
/// whoever chose the name.
public struct LessonFolder: Sendable {
    /// Absolute and without symbolic links; a file of an earlier one hides its like in those behind it.
    let roots: [String]
    /// The one on top.
    var root: String { roots.first ?? "/" }

    /// Nil when one of the folders is not there.
    public init?(_ paths: [String]) {
        let real = paths.compactMap(Self.real).filter(Self.isDirectory)
        guard !real.isEmpty, real.count == paths.count else { return nil }
        roots = real
    }

    init?(_ path: String) { self.init([path]) }

    /// The octets of a file; nil when it is missing, no file, or outside the folder. Of a longer file as many as show that it is too long.
    func read(_ name: String) -> [UInt8]? {
        guard let path = path(of: name) else { return nil }
        // Not waiting for a writer, in case somebody made it a pipe.
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
    public func list(_ name: String? = nil) -> [String] {
        guard name.map(Self.isSafe) ?? true else { return [] }
        var names: [String] = []
        for root in roots {
            let known = Set(names.map { Self.lesson(of: $0, in: name) })
            let path = name.map { Self.inside($0, root) } ?? root
            names += (path.map(Self.entries) ?? []).filter { !known.contains(Self.lesson(of: $0, in: name)) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What a file is about: its name, but of a step its number, whatever words stand behind that.
    private static func lesson(of name: String, in folder: String?) -> String {
        guard folder?.hasSuffix("/step") == true, let number = LessonLibrary.stepNumber(name) else { return name }
        return String(number)
    }

    private static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    func isFolder(_ name: String) -> Bool {
        Self.isSafe(name) && roots.contains { Self.inside(name, $0).map(Self.isDirectory) ?? false }
    }

    /// The path of the uppermost file of this name; nil where there is none.
    public func path(of name: String) -> String? {
        guard Self.isSafe(name) else { return nil }
        for root in roots { if let path = Self.inside(name, root) { return path } }
        return nil
    }

    /// The real path of a name, when it is one inside the folder.
    private static func inside(_ name: String, _ root: String) -> String? {
        guard let path = real("\(root)/\(name)"), path.hasPrefix(root == "/" ? "/" : "\(root)/") else {
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
