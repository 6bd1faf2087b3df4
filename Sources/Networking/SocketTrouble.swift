import Glibc
import NIOCore
import NIOPosix
import Tracing

/// What went wrong with a socket, in a sentence without a full stop.
enum SocketTrouble {
    static func sentence(about error: any Error) -> String {
        switch error {
        case let error as IOError: sentence(aboutErrno: error.errnoCode)
        case ChannelError.connectTimeout: LinkFailure.timedOut.rawValue
        case let error as NIOConnectionError:
            error.connectionErrors.last.map { sentence(about: $0.error) } ?? "the host has no address"
        default: "\(error)"
        }
    }

    private static func sentence(aboutErrno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: LinkFailure.refused.rawValue
        case ECONNRESET, EPIPE: LinkFailure.reset.rawValue
        case ETIMEDOUT: LinkFailure.timedOut.rawValue
        case EHOSTUNREACH, ENETUNREACH: LinkFailure.unreachable.rawValue
        case EADDRNOTAVAIL: LinkFailure.noRoute.rawValue
        case EADDRINUSE: "the port is in use already"
        case EACCES, EPERM: "the system does not permit it"
        case EMFILE, ENFILE: "too many files and sockets are open"
        default: String(cString: strerror(code))
        }
    }
}
