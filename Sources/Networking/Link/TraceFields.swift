import SMTP

/// What a server writes on top of a mail that it takes: where the mail came from and when (RFC 5321 §4.4).
struct TraceFields {
    /// How the client called itself with EHLO or HELO.
    var clientName: [UInt8]
    /// The address it really came from, as `127.0.0.1`.
    var clientAddress: String
    var serverName: String
    /// SMTP, ESMTP, UTF8SMTP (RFC 3848 §1, RFC 6531 §4.3).
    var transport: String
    var queueID: String
    var date: MailDate

    /// A Received field, folded, with its CRLF. The recipient is named when there is one: more would tell each of the others.
    func received(for envelope: Envelope) -> [UInt8] {
        var field = Array("Received: from ".utf8) + clientName
        field += Array(" (\(AddressLiteral.text(of: clientAddress)))\r\n".utf8)
        field += Array("\tby \(serverName) with \(transport) id \(queueID)".utf8)
        if let recipient = envelope.forwardPaths.first, envelope.forwardPaths.count == 1 {
            field += Array("\r\n\tfor ".utf8) + recipient.octets
        }
        return field + Array(";\r\n\t\(date)\r\n".utf8)
    }

    /// A Return-Path field, which only the server that puts the mail into a mailbox writes (RFC 5321 §4.4).
    static func returnPath(of envelope: Envelope) -> [UInt8] {
        Array("Return-Path: ".utf8) + envelope.reversePath.octets + [13, 10]
    }
}
