/// What ties the mails of a session to those of others: their Message-IDs, the queue ids in their Received fields, and the words of the
/// replies that took them. Numbers alone, and of the first few mails.
struct MailTies: Sendable, Equatable {
    struct Mail: Sendable, Equatable {
        /// Of its Message-ID; nil where it has none.
        let messageID: Int?
        /// Of the queue ids in its Received fields.
        let received: [Int]
        let hops: Int
        /// Of the words in the reply that took it; empty where none did.
        fileprivate(set) var taken: [Int] = []
    }

    private(set) var mails: [Mail] = []
    /// A session that carries more mails is no hop of one.
    private static let maxMails = 8

    mutating func sent(_ header: MailHeaderSigns) {
        guard mails.count < Self.maxMails, header.messageID != nil || !header.received.isEmpty else { return }
        mails.append(Mail(messageID: header.messageID, received: header.received, hops: header.hops))
    }

    mutating func taken(_ reply: UnsafeBufferPointer<UInt8>) {
        guard let last = mails.indices.last, mails[last].taken.isEmpty else { return }
        mails[last].taken = QueueIDs.numbers(in: reply)
    }
}
