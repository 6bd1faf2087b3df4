import Glibc
import NIOCore
import NIOPosix

/// What went wrong with a socket, in a sentence without a full stop.
enum SocketTrouble {
    static func sentence(about error: any Error) -> String {
        switch error {
        case let error as IOError: sentence(aboutErrno: error.errnoCode)
        case ChannelError.connectTimeout: "the host did not answer in time"
        case let error as NIOConnectionError:
            error.connectionErrors.last.map { sentence(about: $0.error) } ?? "the host has no address"
        default: "\(error)"
        }
    }

    private static func sentence(aboutErrno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "the connection was refused: nobody listens on that port"
        case ECONNRESET, EPIPE: "the other side broke the connection off"
        case ETIMEDOUT: "the host did not answer in time"
        case EHOSTUNREACH, ENETUNREACH: "no way leads to that host"
        case EADDRNOTAVAIL: "this machine has no address that could reach the host"
        case EADDRINUSE: "the port is in use already"
        case EACCES, EPERM: "the system does not permit it"
        case EMFILE, ENFILE: "too many files and sockets are open"
        default: String(cString: strerror(code))
        }
    }
}
