import Glibc
import Networking

/// The certificate of a tap's own authority in a file, for clients to trust: `tap-ca-….pem` in a person's data folder, one
/// a run, so that no other tap takes away what clients of this one trust.
///
/// Only the certificate is written; its key never leaves memory, so nothing can be made with the file. Each run makes a new one.
struct TapAuthorityFile {
    let path: String
    private let names: [String]
    private let verifies: Bool

    init(_ interception: TapInterception) throws(CommandError) {
        guard let recordings = DataFolder().path, let end = recordings.lastIndex(of: "/") else {
            throw Self.failure("neither XDG_DATA_HOME nor HOME says where a file can be kept; set one")
        }
        let folder = String(recordings[..<end])
        path = "\(folder)/tap-ca-\(String(UInt64.random(in: .min ... .max), radix: 36)).pem"
        verifies = interception.verifies
        names = interception.names
        try Self.make(folder)
        let draft = "\(folder)/.tap-ca-\(getpid()).pem"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("\(draft): \(Self.reason)") }
        let pem = interception.pemCertificate
        let count = pem.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let isWritten = count == pem.count && close(descriptor) == 0 && rename(draft, path) == 0
        guard isWritten else {
            let reason = Self.reason
            unlink(draft)
            throw Self.failure("\(path): \(reason)")
        }
    }

    /// How to trust it, and how to be rid of it.
    var words: String {
        "clients must trust \(path), for this run and \(TapInterception.hours) hours at most, as curl does with --cacert FILE "
            + "and most others with SSL_CERT_FILE=FILE; it vouches for \(names.joined(separator: ", ")) alone; "
            + "to remove it, delete the file; "
            + (verifies
                ? "a server whose certificate is not in order is not spoken to"
                : "the server's own certificate is not checked, which --tls-verify asks for")
    }

    /// Makes the folder and what is missing above it, for their owner alone. A symbolic link in its place is not followed.
    private static func make(_ folder: String) throws(CommandError) {
        var made = ""
        for name in folder.split(separator: "/") {
            made += "/\(name)"
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw failure("\(made): \(reason)") }
        }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw failure("\(folder) is no folder, or a symbolic link, which is not followed")
        }
    }

    private static func failure(_ reason: String) -> CommandError {
        CommandError(.cannotCreate, "--tls-intercept: the certificate to trust cannot be written: \(reason)")
    }

    private static var reason: String { strerror(errno).map { String(cString: $0) } ?? "" }
}
