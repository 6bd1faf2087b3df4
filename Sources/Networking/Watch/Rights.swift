import Glibc

/// Who may capture packets on this machine (capabilities(7)).
enum Rights {
    /// CAP_NET_RAW.
    private static let rawPackets: UInt64 = 1 << 13

    /// Whether a program that we start may: we may, or its file gives the right to whoever starts it.
    static func mayCapture(_ program: String) -> Bool {
        var status = stat()
        let becomesRoot = stat(program, &status) == 0 && status.st_mode & S_ISUID != 0 && status.st_uid == 0
        return own & rawPackets != 0 || becomesRoot || hasCapabilities(program)
    }

    private typealias ExtendedAttribute =
        @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int

    /// Whether a file gives capabilities to whoever starts it. getxattr(2) is in the library, but not in its module.
    private static func hasCapabilities(_ program: String) -> Bool {
        guard let symbol = dlsym(nil, "getxattr") else { return false }
        return unsafeBitCast(symbol, to: ExtendedAttribute.self)(program, "security.capability", nil, 0) > 0
    }

    /// The capabilities that count for us now, as the kernel tells them.
    private static var own: UInt64 {
        guard let file = fopen("/proc/self/status", "re") else { return geteuid() == 0 ? .max : 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("CapEff:"), let number = text.split(whereSeparator: \.isWhitespace).last else {
                continue
            }
            return UInt64(number, radix: 16) ?? 0
        }
        return 0
    }
}

/// A person who started us through sudo.
public struct Person: Sendable {
    let name: String
    private let user: uid_t
    private let group: gid_t

    /// Nil where we are not root, or root by ourselves.
    public static var behindSudo: Person? {
        guard geteuid() == 0, let user = number("SUDO_UID"), let group = number("SUDO_GID"), user != 0,
            let entry = getpwuid(user)?.pointee.pw_name
        else { return nil }
        return Person(name: String(cString: entry), user: user, group: group)
    }

    private static func number(_ name: String) -> UInt32? { getenv(name).flatMap { UInt32(String(cString: $0)) } }

    /// Gives up root for good: from here on we may do what the person may. False where that failed.
    public func become() -> Bool {
        initgroups(name, group) == 0 && setgid(group) == 0 && setuid(user) == 0 && setuid(0) != 0
    }
}
