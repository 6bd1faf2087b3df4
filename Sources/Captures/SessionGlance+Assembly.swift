import SMTP
import Tracing

extension SessionGlance {
    /// Looks at what happened on a connection whose client speaks in `direction`.
    init(_ assembly: StreamAssembly, client direction: Direction, name: String) {
        self.init()
        for side in assembly.missingSides(client: direction) { gap(nil, side) }
        var closer: Side?
        for piece in assembly.pieces {
            let side: Side = piece.direction == direction ? .client : .server
            switch piece.kind {
            case .syn: connecting(to: name)
            case .synAck: connected(to: name)
            case .octets: take(assembly.content(piece).buffer, side)
            case .gap: gap(piece.count, side)
            case .fin: closer = closer ?? side
            case .rst: if closer == nil { failed(.reset) }
            case .retransmission, .inconsistentRetransmission, .outOfWindow, .uncountedSYN, .forwarded: break
            }
        }
        if let closer { closed(by: closer) }
    }
}

extension StreamAssembly {
    /// A side that is not in the capture, although the other one is. One that opened its half of the connection is there, even if
    /// it never said a word.
    func missingSides(client direction: Direction) -> [Side] {
        var (hasClient, hasServer) = (false, false)
        for piece in pieces where [.octets, .syn, .synAck].contains(piece.kind) {
            if piece.direction == direction { hasClient = true } else { hasServer = true }
            if hasClient, hasServer { return [] }
        }
        return hasClient ? [.server] : hasServer ? [.client] : []
    }
}
