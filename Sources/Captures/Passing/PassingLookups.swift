/// The DNS messages that passed lately, over UDP, so that a session that begins knows what led to it.
///
/// Wrong messages are left out, as in a file. At most `maxMessages` are kept, and none for longer than a lookup may lie back.
struct PassingLookups {
    private struct Kept {
        let message: LookupIndex.Message
        let octets: [UInt8]
    }

    static let maxMessages = 512
    /// The most octets of one message that is kept; longer ones go over TCP, which is not followed here.
    private static let maxOctets = 4096
    private var kept: [Kept] = []

    /// Takes in a datagram; what is no lookup is none.
    mutating func take(_ datagram: Datagram, _ time: Int64) {
        guard datagram.content.count <= Self.maxOctets, let message = LookupIndex.Message(datagram, at: time) else {
            return
        }
        if kept.count >= 2 * Self.maxMessages { kept.removeFirst(kept.count - Self.maxMessages) }
        kept.append(
            Kept(message: message, octets: datagram.content.dropping(LookupIndex.Message.headerLength).octets)
        )
    }

    /// What led to a session that begins, as `LookupMatch` ties it: its recipients are not known yet, so what counts is the address that
    /// was answered. The messages stand in the octets.
    func tied(before time: Int64, client: Endpoint, server: Endpoint) -> (LookupMatch.Tied, CaptureOctets) {
        guard !kept.isEmpty else { return (([], nil), CaptureOctets([])) }
        var index = LookupIndex()
        var octets: [UInt8] = []
        for one in kept {
            var message = one.message
            message.place = octets.count
            octets += one.octets
            index.append(message)
        }
        let all = CaptureOctets(octets)
        let match = LookupMatch(index, all, CaptureOctets([]))
        return (match.lookups(before: time, forwardPath: [], client: client, server: server), all)
    }
}
