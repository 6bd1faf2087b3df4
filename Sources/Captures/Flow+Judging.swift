import Tracing

/// What a connection is.
extension Flow {
    /// How many segments a connection may have before it must have shown that it is mail.
    static let maxUndecided: UInt32 = 256
    /// How many segments the exchange with a proxy may take.
    static let maxForwarding: UInt32 = 16

    /// Takes in what the content of a segment tells about the connection. Answers whether it may still be mail. Where there are keys,
    /// all that begins with TLS may be mail, too. `mailPorts` are further ports that somebody has named as ports of mail.
    mutating func judge(
        _ content: Window,
        _ direction: Direction,
        hasKeys: Bool = false,
        mailPorts: Set<UInt16> = []
    ) -> Bool {
        let isFirst = speaker == nil
        if isFirst { speaker = direction }
        guard kind == .undecided else { return true }
        let isMail = mayServe(ContentSigns.isMail)
        if isFirst, ForwardProxy.mayBegin(content) {
            mayBeForwarded = true
            return true
        }
        let sign = ContentSigns.sign(of: content)
        switch sign {
        case .smtpCommand:
            kind = .smtp
            if initiator == direction { client = direction }
        case .smtpReply:
            kind = .smtp
            if initiator == direction.other { client = direction.other }
        case .tls where isFirst && mayServe({ $0 == 465 }): kind = .wrapped
        case .tls
        where isFirst && !isMail && ContentSigns.isHello(content) && isWrappedMail(content, direction, mailPorts):
            kind = .wrapped
            client = direction
        case .tls where isFirst && hasKeys && !isMail: kind = .sealed
        // What a proxy answers.
        case .foreign where mayBeForwarded && segmentCount < Self.maxForwarding: break
        case .tls, .foreign, .kindred: return isMail
        case .reply, .unclear:
            if isMail, isFirst, sign == .reply { greetsAsMail = true }
            return segmentCount <= (isMail ? Self.maxUndecided << 4 : Self.maxUndecided)
        }
        return true
    }

    /// Whether the hello of a client opens TLS around mail: by the server's port, or by what is to be spoken inside.
    private func isWrappedMail(_ hello: Window, _ direction: Direction, _ ports: Set<UInt16>) -> Bool {
        guard initiator == nil || initiator == direction else { return false }
        return ports.contains(end(direction.other).port)
            || TLSHello.protocols(offeredIn: hello.buffer).contains { ContentSigns.mailProtocols.contains($0) }
    }
}
