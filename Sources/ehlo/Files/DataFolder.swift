import Glibc

/// Where recordings are kept: `$XDG_DATA_HOME/ehlo/recordings`, by default `~/.local/share/ehlo/recordings` (XDG Base
/// Directory Specification). Folders are made for their owner alone, and a symbolic link below `ehlo` is not followed.
struct DataFolder {
    /// The folder of the recordings; nil when nothing says where a person's data are.
    let path: String?
    /// Said to the person when a variable cannot be used.
    let warning: String?

    init(variables: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }) {
        let given = variables("XDG_DATA_HOME") ?? ""
        let home = variables("HOME") ?? ""
        let isUsable = given.hasPrefix("/")
        warning =
            given.isEmpty || isUsable
            ? nil : "XDG_DATA_HOME is '\(given)', which is no absolute path, so it is left out of account"
        if isUsable {
            path = "\(given)/ehlo/recordings"
        } else if home.hasPrefix("/") {
            path = "\(home)/.local/share/ehlo/recordings"
        } else {
            path = nil
        }
    }

    /// Opens a new file in the folder, made before if need be; gives its descriptor and its whole name.
    func create(_ name: String) throws(DataFolderError) -> (descriptor: Int32, path: String) {
        guard let path else {
            throw DataFolderError(
                reason: "neither XDG_DATA_HOME nor HOME says where; set one, or name a file with --record"
            )
        }
        let folder = try opened(path)
        defer { close(folder) }
        // Two sessions may begin in one second.
        for number in 0..<1000 {
            let file = number == 0 ? "\(name).ehlo" : "\(name)-\(number).ehlo"
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC
            let descriptor = openat(folder, file, flags, 0o600)
            if descriptor >= 0 { return (descriptor, "\(path)/\(file)") }
            guard errno == EEXIST else { break }
        }
        throw DataFolderError(reason: "\(path): \(Self.reason)")
    }

    /// The descriptor of the folder. What stands above the person's own folder must be there; what is below is made.
    private func opened(_ path: String) throws(DataFolderError) -> Int32 {
        let names = path.split(separator: "/").map(String.init)
        var here = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for (index, name) in names.enumerated() {
            let left = names.count - index
            // `ehlo` and `recordings` are ours; the three above (`~/.local/share`) may be missing, a home may not.
            let isOurs = left <= 2
            let isMade = left <= (path.hasSuffix("/.local/share/ehlo/recordings") ? 4 : 3)
            var next = openat(here, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (isOurs ? O_NOFOLLOW : 0))
            if next < 0, errno == ENOENT, isMade, mkdirat(here, name, 0o700) == 0 || errno == EEXIST {
                next = openat(here, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            }
            let code = errno
            close(here)
            guard next >= 0 else {
                errno = code
                let place = "/" + names[...index].joined(separator: "/")
                let isLink = isOurs && (code == ELOOP || code == ENOTDIR)
                throw DataFolderError(
                    reason:
                        "\(place): \(isLink ? "is no folder, or a symbolic link, which is not followed" : Self.reason)"
                )
            }
            here = next
        }
        return here
    }

    /// The recordings there are, the newest first: their names, and their whole paths.
    func recordings() -> [(name: String, path: String)] {
        guard let path, let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".ehlo"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted(by: >).map { (String($0.dropLast(5)), "\(path)/\($0)") }
    }

    /// The name of a recording that begins now, `2026-11-24T231122Z-bob@receiver.example`: what a person typed comes into it
    /// letter by letter, and nothing that a file name could be misread by.
    static func name(began: String, about text: String) -> String {
        let moment = began.filter { $0 != ":" }
        let about = text.unicodeScalars.filter { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "@.-_+".unicodeScalars.contains(scalar))
        }
        return "\(moment)-\(String(String.UnicodeScalarView(about)).prefix(60))"
    }

    private static var reason: String { strerror(errno).map { String(cString: $0) } ?? "" }
}

/// Why there is none to write to, in a sentence without a full stop.
struct DataFolderError: Error { let reason: String }
