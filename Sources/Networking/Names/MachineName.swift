import DNS
import Dispatch
import Glibc
import NIOCore
import SMTP

/// What this machine is called.
enum MachineName {
    /// The host name when it has a dot, so that others might know it; nil otherwise (RFC 5321 §2.3.5).
    static var fullyQualified: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let octets = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard Domain.isFullyQualified(octets), octets.allSatisfy({ $0 < 0x80 }) else { return nil }
        return String(decoding: octets, as: UTF8.self)
    }

    /// What the system's own lookup knows, the hosts file included; at most one, empty when nothing.
    static func addresses(of host: String) async -> [IPAddress] {
        await withCheckedContinuation { continuation in
            // With a name it has a thread of its own: the global queues share theirs with all tasks.
            DispatchQueue(label: "host names").async {
                let address = try? SocketAddress.makeAddressResolvingHost(host, port: 0)
                continuation.resume(returning: [IPAddress(text: address?.ipAddress ?? "")].compactMap { $0 })
            }
        }
    }
}
