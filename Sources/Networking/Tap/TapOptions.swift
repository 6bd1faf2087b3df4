import DNS
import Glibc
import NIOCore

extension Tap {
    /// Where a tap listens, and whom it passes everything on to. Checked as it is made.
    public struct Options: Sendable {
        /// A host and a port; of the one to listen on, port 0 lets the system choose.
        public let listen, target: Endpoint
        /// Whether clients on other machines may come.
        public let allowsRemoteClients: Bool
        /// Whether each line of the client waits until a person lets it pass.
        public let holds: Bool
        /// What both ends of TLS are held with; nil where TLS is passed on as it comes.
        public let interception: TapInterception?
        let listenAddress: SocketAddress
        let targetAddresses: [SocketAddress]

        /// Takes what a person types, `HOST:PORT` or `[IPv6]:PORT`, and looks the hosts up.
        public init(
            listen: String,
            target: String,
            allowsRemoteClients: Bool = false,
            holds: Bool = false,
            intercepts: Bool = false,
            verifies: Bool = false
        ) throws(TapError) {
            let place = try ListenAddress(listen, allowsRemoteClients: allowsRemoteClients)
            self.listen = place.endpoint
            self.target = try Endpoint(target, lowest: 1)
            self.allowsRemoteClients = allowsRemoteClients
            self.holds = holds
            listenAddress = place.socketAddress
            targetAddresses = try self.target.addresses().map(\.reached)
            guard !targetAddresses.isEmpty else { throw .unknownHost(self.target.host) }
            do throws(TLSError) {
                interception =
                    intercepts
                    ? try TapInterception(target: self.target, listen: self.listen, verifies: verifies) : nil
            } catch {
                throw .noInterception("\(error)")
            }
            if self.listen.port != 0 { try checkLoop(port: self.listen.port) }
        }

        /// The port of this machine that everything is passed on to; nil when mail leaves this machine on its way through.
        public var portOfThisMachine: Int? {
            targetAddresses.allSatisfy { $0.isLoopbackIP || Self.isOwn($0) } ? target.port : nil
        }

        /// A tap whose target is itself would connect to itself for ever.
        func checkLoop(port: Int) throws(TapError) {
            for address in targetAddresses where address.port == port {
                let isSame =
                    address.ipAddress == listenAddress.ipAddress
                    || listenAddress.isWildcard && (address.isLoopbackIP || Self.isOwn(address))
                guard !isSame else { throw .loop(target.description) }
            }
        }

        /// Whether an address is one of this machine's: only then is it where packets to it come from, too. None is sent.
        private static func isOwn(_ address: SocketAddress) -> Bool {
            let socket = Glibc.socket(address.protocol == .inet6 ? AF_INET6 : AF_INET, SocketKind.datagram, 0)
            guard socket >= 0 else { return false }
            defer { Glibc.close(socket) }
            guard address.withSockAddr({ Glibc.connect(socket, $0, socklen_t($1)) }) == 0 else { return false }
            var storage = sockaddr_storage()
            var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let named = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.getsockname(socket, $0, &count) }
            }
            return named == 0 && SocketAddress(storage)?.ipAddress == address.ipAddress
        }
    }

    /// A host and a port.
    public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
        public let host: String
        public let port: Int

        init(_ text: String, lowest: Int) throws(TapError) {
            var host = Substring(text)
            guard let colon = text.lastIndex(of: ":"), !host.hasSuffix("]") else { throw .noPort(text) }
            let port = text[text.index(after: colon)...]
            host = text[..<colon]
            if host.first == "[", host.last == "]" {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                throw .noPort(text)
            }
            guard !host.isEmpty, host.utf8.allSatisfy({ (33...126).contains($0) }) else { throw .noPort(text) }
            guard port.allSatisfy(\.isASCII), let number = Int(port), (lowest...65535).contains(number) else {
                throw .badPort(String(port))
            }
            self.host = String(host)
            self.port = number
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        /// What the system's resolver says; blocks until it does.
        func addresses() throws(TapError) -> [SocketAddress] {
            var hints = addrinfo()
            hints.ai_socktype = SocketKind.stream
            hints.ai_flags = AI_NUMERICSERV
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &found) == 0 else { throw .unknownHost(host) }
            defer { freeaddrinfo(found) }
            var addresses: [SocketAddress] = []
            var next = found
            while let info = next?.pointee {
                if let address = SocketAddress(info)?.unmapped, !addresses.contains(address) {
                    addresses.append(address)
                }
                next = info.ai_next
            }
            return addresses
        }
    }
}

/// Why a tap cannot listen, in a sentence that says what to do next.
public enum TapError: Error, Equatable, CustomStringConvertible {
    case noPort(String)
    case badPort(String)
    case unknownHost(String)
    case notLoopback(String)
    case loop(String)
    case portInUse(String)
    case privileged(String)
    case notOwnAddress(String)
    case cannotListen(String, String)
    case noInterception(String)

    public var description: String {
        switch self {
        case .noPort(let text): "\(text) is no host and port: write HOST:PORT or [IPv6-ADDRESS]:PORT"
        case .badPort(let text): "\(text) is no port: a port is a number from 1 to 65535"
        case .unknownHost(let host): "the host \(host) has no address; check how it is spelled"
        case .notLoopback(let text):
            "\(text) can be reached from other machines; listen on 127.0.0.1, or add --allow-remote-clients if that is meant"
        case .loop(let text): "\(text) is the tap itself, and would be connected to for ever; name the server with --to"
        case .portInUse(let text): "another program listens on \(text); take another port, or 0 for any that is free"
        case .privileged(let text): "only root may listen on \(text); take a port from 1024 on, as 2525"
        case .notOwnAddress(let text): "\(text) is no address of this machine; listen on 127.0.0.1"
        case .noInterception(let reason): "the certificates for it cannot be made: \(reason)"
        case .cannotListen(let text, let reason): "it is not possible to listen on \(text): \(reason)"
        }
    }

    init(listening text: String, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .portInUse(text)
        case EACCES, EPERM: self = .privileged(text)
        case EADDRNOTAVAIL: self = .notOwnAddress(text)
        default: self = .cannotListen(text, SocketTrouble.failure(error).words)
        }
    }
}

extension SocketAddress {
    fileprivate init?(_ info: addrinfo) {
        guard let pointer = info.ai_addr else { return nil }
        self.init(UnsafeRawPointer(pointer), family: info.ai_family)
    }

    fileprivate init?(_ storage: sockaddr_storage) {
        let made = withUnsafeBytes(of: storage) { raw in
            raw.baseAddress.flatMap { SocketAddress($0, family: Int32(storage.ss_family)) }
        }
        guard let made else { return nil }
        self = made
    }

    private init?(_ raw: UnsafeRawPointer, family: Int32) {
        switch family {
        case AF_INET: self.init(raw.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: self.init(raw.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }

    /// 127.0.0.0/8 and ::1.
    var isLoopbackIP: Bool {
        guard let ip else { return false }
        return ip.isLoopback
    }

    /// The same; of an IPv4-mapped address the IPv4 address, so that one place has one spelling.
    var unmapped: SocketAddress {
        guard let ip, let port, case .v4 = ip.unmapped else { return self }
        return (try? SocketAddress(ipAddress: "\(ip.unmapped)", port: port)) ?? self
    }

    private var ip: IPAddress? {
        guard let ipAddress else { return nil }
        return IPAddress(text: ipAddress)
    }

    /// Where a connection to it goes: to no host at all means to this machine (connect(2) on Linux).
    fileprivate var reached: SocketAddress {
        guard isWildcard, let port else { return self }
        return (try? SocketAddress(ipAddress: `protocol` == .inet6 ? "::1" : "127.0.0.1", port: port)) ?? self
    }

    fileprivate var isWildcard: Bool { ["0.0.0.0", "::"].contains(ipAddress) }

    /// As `127.0.0.1:25` or `[::1]:25`.
    var spelled: String {
        let host = ipAddress ?? "unknown"
        return host.contains(":") ? "[\(host)]:\(port ?? 0)" : "\(host):\(port ?? 0)"
    }
}

/// What `<bits/socket_type.h>` calls SOCK_STREAM and SOCK_DGRAM, which the overlay does not give out.
private enum SocketKind {
    static let stream: Int32 = 1
    static let datagram: Int32 = 2
}
