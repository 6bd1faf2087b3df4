import Glibc
import Interchange
import Networking
import Notation
import Synchronization
import Tracing

/// Writes mails to folders a person named: each to a new file of its own that nobody else may read.
final class MailKeeper: Sendable {
    private let eml: String?
    private let maildir: String?
    private let host: String
    private let count = Mutex(0)

    /// Makes the folders where they are missing.
    init(eml: String?, maildir: String?) throws(CommandError) {
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

    /// Makes a folder, unless it is there.
    static func make(_ path: String, _ option: String) throws(CommandError) {
        var status = stat()
        if mkdir(path, 0o700) == 0 { return }
        let error = errno
        guard error == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandError(
                .cannotCreate,
                "\(option): the folder \(path) cannot be made (\(String(cString: strerror(error)))); give another name"
            )
        }
    }

    /// Writes one mail; what went wrong, in sentences.
    func keep(_ mail: SandboxServer.Mail) -> [String] {
        guard eml != nil || maildir != nil else { return [] }
        let isAccepted = mail.fate == .accepted
        return keep(mail.content, isAccepted: isAccepted)
    }

    private func keep(_ content: [UInt8], isAccepted: Bool) -> [String] {
        let number = count.withLock { count in
            count += 1
            return count
        }
        var troubles: [String] = []
        let name = "\(Self.stamp()).P\(getpid())Q\(number)"
        if let eml {
            // Of a mail that got no further than its envelope there is nothing to save.
            if isAccepted || !content.isEmpty {
                let file = "\(name)\(isAccepted ? "" : ".not-accepted").eml"
                let trouble = Self.trouble(writing: content, aside: "\(eml)/.\(file)", to: "\(eml)/\(file)")
                if let trouble { troubles.append("--eml: \(trouble)") }
            }
        }
        if let maildir, isAccepted {
            let file = "\(name).\(host)"
            let (aside, path) = ("\(maildir)/tmp/\(file)", "\(maildir)/new/\(file)")
            let trouble = Self.trouble(writing: Self.local(content), aside: aside, to: path)
            if let trouble { troubles.append("--maildir: \(trouble)") }
        }
        return troubles
    }

    // MARK: The mails of one conversation

    /// What a person is told of the names that mails are saved under.
    static let names = ".eml for the mails, or / for a Maildir"

    /// Saves the mails of a conversation: `NAME.eml`, from the second on `NAME-2.eml` and so on, or `FOLDER/` for a Maildir
    /// of those that were accepted. Says what was done; nil when the name asks for something else.
    static func save(_ session: WrittenSession, to path: String, replacing: Bool) throws(FileError) -> String? {
        let isMaildir = path.hasSuffix("/")
        guard isMaildir || path.hasSuffix(".eml") else { return nil }
        let trace = MessageExport.whole(session.trace, session.recording)
        // Of a mail that was delivered there is more than of one that went over the wire: its trace fields.
        let sent =
            trace.delivered.isEmpty ? MessageExport.messages(trace) : trace.mails.filter { $0.outcome != .accepted }
        let mails =
            trace.delivered
            + sent.filter { !$0.content.isEmpty && (!isMaildir || $0.outcome == .accepted) }.map(\.content)
        guard !mails.isEmpty else { return "not saved: there is no mail in this conversation" }
        if isMaildir {
            do throws(CommandError) {
                let keeper = try MailKeeper(eml: nil, maildir: String(path.dropLast()))
                let troubles = mails.flatMap { keeper.keep($0, isAccepted: true) }
                return troubles.first.map { "not saved: \($0)" } ?? "\(mails.count) saved to \(path)new"
            } catch { return "not saved: \(error.sentence)" }
        }
        let names = mails.indices.map { $0 == 0 ? path : "\(path.dropLast(4))-\($0 + 1).eml" }
        // All of them or none, as far as that can be known.
        if !replacing, let taken = names.first(where: { access($0, F_OK) == 0 }) { throw Self.taken(taken) }
        for (mail, name) in zip(mails, names) {
            try write(mail, aside: "\(name).\(getpid()).part", to: name, replacing: replacing)
        }
        return mails.count == 1 ? "saved as \(path)" : "\(mails.count) saved, the first as \(path)"
    }

    private static func taken(_ path: String) -> FileError {
        FileError(.exists, "\(path): there is a file of this name already; give another name")
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
        return "\(time.tv_sec).M\((time.tv_nsec / 1000).decimal(6))"
    }

    /// Writes a new file, and answers what went wrong.
    private static func trouble(writing octets: [UInt8], aside: String, to path: String) -> String? {
        do throws(FileError) {
            try write(octets, aside: aside, to: path, replacing: false)
            return nil
        } catch { return error.description }
    }

    /// Makes a file, never through a link and only with `replacing` over another one, which has its name once it is whole.
    private static func write(_ octets: [UInt8], aside: String, to path: String, replacing: Bool) throws(FileError) {
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unmade(path) }
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
                throw FileError(
                    .inputOutput,
                    "writing \(path) failed (\(reason)); free some space or save elsewhere"
                )
            }
        }
        guard (replacing ? rename(aside, path) : link(aside, path)) == 0 else {
            throw errno == EEXIST ? taken(path) : unmade(path)
        }
    }

    private static func unmade(_ path: String) -> FileError {
        FileError(.cannotCreate, "\(path) cannot be made (\(String(cString: strerror(errno))))")
    }
}
