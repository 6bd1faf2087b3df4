import SMTP

/// What a first look at the octets of a TCP connection tells about its protocol.
///
/// It looks at one run of octets that should be the beginning of a line, and knows nothing of connections.
enum ContentSigns {
    enum Sign: Equatable {
        /// A command that no other protocol has.
        case smtpCommand
        /// A reply that no other protocol has.
        case smtpReply
        /// A reply code and what may follow it: SMTP, FTP or NNTP (RFC 5321 §4.2).
        case reply
        /// A command or a reply of a protocol that is built as SMTP is: FTP (RFC 959), NNTP (RFC 3977), POP3 (RFC 1939).
        case kindred
        case tls
        /// The beginning of another protocol, or no text.
        case foreign
        case unclear
    }

    /// Commands with what follows them, in upper case.
    private static let commands = ["EHLO ", "HELO ", "LHLO ", "MAIL FROM:", "RCPT TO:", "MAIL FROM :", "RCPT TO :"]
        .map { Array($0.utf8) }
    /// What other protocols begin with.
    private static let foreigners = [
        "GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "CONNECT ", "HTTP/", "PRI * HTTP", "SSH-", "+OK", "-ERR",
        "* OK", "* PREAUTH", "RFB ", "NICK ",
    ].map { Array($0.utf8) }
    /// What clients of FTP, NNTP and POP3 say first.
    private static let kindredCommands = [
        "USER ", "PASS ", "ACCT ", "APOP ", "CAPA", "SYST", "FEAT", "AUTHINFO ", "MODE READER",
    ].map { Array($0.utf8) }
    /// Replies of FTP (RFC 959 §4.2) and of NNTP (RFC 3977, RFC 4643 §2) that no mail server gives: a file or an article
    /// follows, a user is known, a password is asked for, a greeting of news.
    private static let kindredReplies: Set<Int> = [
        100, 101, 110, 111, 120, 125, 150, 200, 201, 202, 212, 213, 215, 222, 223, 224, 225, 226, 227, 229, 230, 231,
        232,
        234, 257, 281, 331, 332, 335, 340, 350, 381, 382, 411, 412, 423, 425, 426, 430, 435, 436, 480, 481, 482, 483,
        532,
    ]

    /// Words in the first reply of a mail server, and of a file server.
    private static let replyWords = [
        "SMTP", "-PIPELINING", "-8BITMIME", "-SIZE", "ENHANCEDSTATUSCODES", "LMTP", "STARTTLS",
    ]
    .map { Array($0.utf8) }
    private static let fileTransfer = Array("FTP".utf8)

    static func sign(of content: Window) -> Sign {
        guard content.count > 0 else { return .unclear }
        let first = content[0]
        if TLSRecord.isHandshake(content.prefix(TLSRecord.headLength).buffer) { return .tls }
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { return reply(content) }
        if commands.contains(where: { begins(content, $0) }) { return .smtpCommand }
        if kindredCommands.contains(where: { begins(content, $0) }) { return .kindred }
        if foreigners.contains(where: { begins(content, $0) }) { return .foreign }
        // Controls other than line ends and tabs are no text.
        let isText = content.prefix(16).buffer.allSatisfy { $0 >= 32 || $0 == 13 || $0 == 10 || $0 == 9 || $0 == 27 }
        return isText ? .unclear : .foreign
    }

    /// A handshake record that begins with a ClientHello (RFC 8446 §4.1.2).
    static func isHello(_ content: Window) -> Bool {
        content.count > TLSRecord.headLength && content[TLSRecord.headLength] == 1
    }

    /// What mail is called where TLS names the protocol inside (RFC 7301): no number of the registry, but what Postfix and Exim say.
    static let mailProtocols: Set<[UInt8]> = Set(["smtp", "esmtp", "lmtp"].map { Array($0.utf8) })

    /// Whether `content` begins with a word, letters without case.
    static func begins(_ content: Window, _ word: [UInt8]) -> Bool {
        guard content.count >= word.count else { return false }
        for at in word.indices where content[at] != word[at] {
            guard content[at] & 0xDF == word[at], (65...90).contains(word[at]) else { return false }
        }
        return true
    }

    /// Replies that can only be SMTP: a word of SMTP in the first line, or a code that only SMTP has.
    private static func reply(_ content: Window) -> Sign {
        guard content.count >= 4, (0..<3).allSatisfy({ (48...57).contains(content[$0]) }),
            content[3] == 32 || content[3] == 45 || content[3] == 13 || content[3] == 10
        else { return content.count < 4 ? .unclear : .foreign }
        let code = (0..<3).reduce(0) { $0 * 10 + Int(content[$1]) - 48 }
        if code == 354 || code == 251 || code == 252 { return .smtpReply }
        let start = content.prefix(300)
        if replyWords.contains(where: { holds(start, $0) }) { return .smtpReply }
        if kindredReplies.contains(code) || holds(start, fileTransfer) { return .kindred }
        return .reply
    }

    private static func holds(_ content: Window, _ word: [UInt8]) -> Bool {
        guard content.count >= word.count else { return false }
        return (0...content.count - word.count).contains { begins(content.dropping($0), word) }
    }

    /// The ports of mail: SMTP, SMTP over TLS, submission, LMTP, and those that people use in laboratories.
    static func isMail(port: UInt16) -> Bool { [25, 465, 587, 24, 2525, 1025, 10025].contains(port) }
}
