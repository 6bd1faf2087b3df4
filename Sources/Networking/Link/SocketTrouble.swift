import Glibc
import NIOCore
import NIOPosix
import Tracing

/// What went wrong with a socket.
enum SocketTrouble {
    static func failure(_ error: any Error) -> WireEvent.Failure {
        switch error {
        case let error as IOError: failure(errno: error.errnoCode)
        case ChannelError.connectTimeout: .init(.timedOut)
        case let error as NIOConnectionError:
            error.connectionErrors.last.map { failure($0.error) } ?? "the host has no address"
        default: "\(error)"
        }
    }

    private static func failure(errno code: CInt) -> WireEvent.Failure {
        switch code {
        case ECONNREFUSED: .init(.refused)
        case ECONNRESET, EPIPE: .init(.reset)
        case ETIMEDOUT: .init(.timedOut)
        case EHOSTUNREACH, ENETUNREACH: .init(.unreachable)
        case EADDRNOTAVAIL: .init(.noRoute)
        case EADDRINUSE: "the port is in use already"
        case EACCES, EPERM: "the system does not permit it"
        case EMFILE, ENFILE: "too many files and sockets are open"
        default: "\(String(cString: strerror(code)))"
        }
    }
}
