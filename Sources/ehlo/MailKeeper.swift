import Glibc
import Interchange
import Networking

/// Writes mails to folders a person named: each to a new file of its own that nobody else may read.
final class MailKeeper {
    private let eml: String?
    private let maildir: String?
    private let host: String
    private var count = 0

    /// Makes the folders where they are missing.
    init(eml: String?, maildir: String?) throws(Failure) {
        self.eml = eml
        self.maildir = maildir
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // maildir(5): a slash and a colon may not stand in the name of a file.
        host = name.replacing("/", with: "\\057").replacing(":", with: "\\072")
        if let eml { try Self.make(eml, "--eml") }
        guard let maildir else { return }
        for folder in ["", "/tmp", "/new", "/cur"] { try Self.make(maildir + folder, "--maildir") }
    }

    private static func make(_ path: String, _ option: String) throws(Failure) {
        var status = stat()
        if mkdir(path, 0o700) == 0 { return }
        let error = errno
        guard error == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(
                .cannotCreate,
                "\(option): the folder \(path) cannot be made (\(String(cString: strerror(error)))); give another name"
            )
        }
    }

    /// Writes one mail; what went wrong, in sentences.
    func keep(_ mail: SandboxServer.Mail) -> [String] {
        guard eml != nil || maildir != nil else { return [] }
        count += 1
        var troubles: [String] = []
        let name = "\(Self.stamp()).P\(getpid())Q\(count)"
        if let eml {
            let isAccepted = mail.fate == .accepted
            // Of a mail that got no further than its envelope there is nothing to save.
            if isAccepted || !mail.content.isEmpty {
                let file = "\(name)\(isAccepted ? "" : ".not-accepted").eml"
                let trouble = Self.write(mail.content, aside: "\(eml)/.\(file)", to: "\(eml)/\(file)")
                if let trouble { troubles.append("--eml: \(trouble)") }
            }
        }
        if let maildir, mail.fate == .accepted {
            let file = "\(name).\(host)"
            let (aside, path) = ("\(maildir)/tmp/\(file)", "\(maildir)/new/\(file)")
            let trouble = Self.write(Self.local(mail.content), aside: aside, to: path)
            if let trouble { troubles.append("--maildir: \(trouble)") }
        }
        return troubles
    }

    /// Line ends as files of this system have them.
    private static func local(_ content: [UInt8]) -> [UInt8] {
        var local: [UInt8] = []
        local.reserveCapacity(content.count)
        for octet in content {
            if octet == 10, local.last == 13 { local[local.count - 1] = 10 } else { local.append(octet) }
        }
        return local
    }

    /// Seconds and microseconds, as maildir(5) begins a name.
    private static func stamp() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let micros = String(time.tv_nsec / 1000)
        return "\(time.tv_sec).M" + String(repeating: "0", count: 6 - micros.count) + micros
    }

    /// Makes a new file, never through a link or over another one, which has its name once it is whole; nil when it has.
    private static func write(_ octets: [UInt8], aside: String, to path: String) -> String? {
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return "\(path) cannot be made (\(String(cString: strerror(errno))))" }
        defer {
            close(descriptor)
            unlink(aside)
        }
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                let reason = String(cString: strerror(errno))
                return "writing \(path) failed (\(reason)); free some space or save elsewhere"
            }
        }
        guard link(aside, path) == 0 else { return "\(path) cannot be made (\(String(cString: strerror(errno))))" }
        return nil
    }
}
