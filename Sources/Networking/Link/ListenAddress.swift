import NIOCore

/// Where a server of ours listens, as a person types it: `HOST:PORT` or `[IPv6]:PORT`. Checked as it is made.
public struct ListenAddress: Sendable {
    /// Port 0 lets the system choose.
    public let endpoint: Tap.Endpoint
    let socketAddress: SocketAddress

    /// Looks the host up. What other machines can reach has to be allowed.
    public init(_ text: String, allowsRemoteClients: Bool) throws(TapError) {
        endpoint = try Tap.Endpoint(text, lowest: 0)
        guard let address = try endpoint.addresses().first else { throw .unknownHost(endpoint.host) }
        guard address.isLoopbackIP || allowsRemoteClients else { throw .notLoopback(text) }
        socketAddress = address
    }
}
