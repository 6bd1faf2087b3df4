import SMTP
import Tracing

/// Dialects that put a mark before a line and leave it otherwise as it was.
extension Dialect {
    /// A mark for either side at the start of the line, perhaps indented.
    static func marked(client: [String], server: [String]) -> @Sendable (ArraySlice<UInt8>) -> Peeled? {
        let marks = (client.map { ($0, Side.client) } + server.map { ($0, Side.server) })
            .sorted { $0.0.utf8.count > $1.0.utf8.count }
            .map { (Array($0.0.utf8), $0.1) }
        return { line in
            let text = line.drop(while: \.isBlank)
            for (mark, side) in marks {
                if text.starts(with: mark) { return Peeled(.said(side, text.dropFirst(mark.count).behindTab(mark))) }
                guard mark.last == 32, text.starts(with: mark.dropLast()) else { continue }
                let behind = text.dropFirst(mark.count - 1)
                // An empty line keeps its mark and loses the space behind it; in a column a tab stands in its place.
                if behind.isEmpty { return Peeled(.said(side, behind)) }
                if behind.first == 9 { return Peeled(.said(side, behind.drop(while: \.isBlank))) }
            }
            return nil
        }
    }

    /// Postfix's notice to the postmaster: `In:` and `Out:`, long lines wrapped at a blank and indented.
    @Sendable static func notice(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        if let said = text.after("Out: ") { return Peeled(.said(.server, said)) }
        if let said = text.after("In:  ") ?? text.after("In: ") { return Peeled(.said(.client, said)) }
        return line.starts(with: "    ".utf8) ? Peeled(.wraps(text)) : nil
    }

    /// The notation of the RFCs. Haraka adds in which state it is: `C: QUIT state=1`.
    @Sendable static func rfc(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard var peeled = inRFC(line) else { return nil }
        if case .said(.client, let text) = peeled.item, let state = text.lastIndex(of: 32),
            let digits = text[state...].after(" state="), (1...2).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        {
            peeled.item = .said(.client, text[..<state])
        }
        return peeled
    }

    private static let inRFC = marked(
        client: ["C: ", "C:", "Client: ", "Client:", "CLIENT: ", "client: ", "c: ", "R: "],
        server: ["S: ", "S:", "Server: ", "Server:", "SERVER: ", "server: ", "s: "]
    )

    /// Mail or Markdown quotes what one side said and leaves the other side's lines as they are.
    @Sendable static func quoted(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.first == UInt8(ascii: ">"), line.dropFirst().first != UInt8(ascii: ">") else {
            return terminal(line)
        }
        return Peeled(.said(.server, line.after("> ") ?? line.dropFirst()))
    }

    /// swaks: four columns of mark, TLS with a tilde, errors with stars (swaks(1), TRANSCRIPT OUTPUT).
    @Sendable static func swaks(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        guard let (length, side) = swaksMark(text) else { return nil }
        let said = text.dropFirst(length)
        guard let side else { return Peeled(swaksNotice(said)) }
        // Behind a mark of three columns there is one space, of two columns two.
        let payload = said.after(length == 2 && side == .server ? "  " : " ") ?? said.after(" ")
        guard let payload = payload ?? (said.isEmpty ? said : nil) else { return nil }
        // --suppress-data.
        if side == .client, payload.last == UInt8(ascii: "t"), payload.suffix(11).elementsEqual(" lines sent".utf8) {
            return Peeled(.leftOut(.client, .content(payload.text)))
        }
        return Peeled(.said(side, payload))
    }

    /// The mark that a line begins with: its length, and whose it is, nil for the program's own.
    private static func swaksMark(_ text: ArraySlice<UInt8>) -> (length: Int, side: Side?)? {
        text.withUnsafeBufferPointer { text in
            guard text.count >= 2 else { return nil }
            let third = text.count > 2 ? text[2] : 0
            return switch (text[0], text[1], third) {
            case (UInt8(ascii: "<"), UInt8(ascii: "~"), UInt8(ascii: "*")): (3, .server)
            case (UInt8(ascii: "<"), UInt8(ascii: "*"), UInt8(ascii: "*")): (3, .server)
            case (UInt8(ascii: "~"), UInt8(ascii: ">"), _), (UInt8(ascii: "-"), UInt8(ascii: ">"), _): (2, .client)
            case (UInt8(ascii: "<"), UInt8(ascii: "~"), _), (UInt8(ascii: "<"), UInt8(ascii: "-"), _): (2, .server)
            case (UInt8(ascii: "="), UInt8(ascii: "="), UInt8(ascii: "=")): (3, nil)
            case (UInt8(ascii: "*"), UInt8(ascii: "*"), UInt8(ascii: "*")): (3, nil)
            case (UInt8(ascii: "*"), UInt8(ascii: "*"), UInt8(ascii: ">")): (3, .client)
            case (UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">")): (3, .client)
            default: nil
            }
        }
    }

    private static func swaksNotice(_ notice: ArraySlice<UInt8>) -> Peeled.Item {
        let words = notice.trimmed
        if let place = words.after("Trying ") { return .link(.connecting(Self.endpoint(place.text.trimmingDots))) }
        if let place = words.after("Connected to ") { return .link(.connected(Self.endpoint(place.text.trimmingDots))) }
        if let facts = words.after("TLS started with cipher ") { return .link(.secured(facts.text)) }
        if words.starts(with: "Connection closed with remote host".utf8) { return .link(.closed(.client)) }
        if words.starts(with: "Remote host closed connection".utf8) { return .link(.closed(.server)) }
        if words.starts(with: "Error connecting".utf8) { return .link(.failed(words.text)) }
        return .remark(words)
    }

    /// curl -v: `> ` and `< `, its own words behind `* `; what goes up is counted, not shown.
    @Sendable static func curl(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard let first = line.first else { return nil }
        let rest = line.dropFirst()
        guard let space = rest.first else {
            return first == 60 || first == 62 ? Peeled(.said(first == 62 ? .client : .server, rest)) : nil
        }
        guard space == 32 else { return nil }
        let said = rest.dropFirst()
        switch first {
        case UInt8(ascii: ">"): return Peeled(.said(.client, said))
        case UInt8(ascii: "<"): return Peeled(.said(.server, said))
        case UInt8(ascii: "}"): return Peeled(.leftOut(.client, .content("")))
        case UInt8(ascii: "{"): return Peeled(.again)
        case UInt8(ascii: "*"): return Peeled(LinkFact.inRemark(said).map(Peeled.Item.link) ?? .remark(said))
        default: return nil
        }
    }

    /// Postfix, smtp and smtpd alike: `> name[address]: text`, with debug_peer_list or -v.
    @Sendable static func postfix(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        guard let first = text.first else { return nil }
        guard first == 60 || first == 62, text.dropFirst().first == 32 else {
            if let server = text.after("smtp_connect_addr: trying: ") {
                return Peeled(.link(.connecting(server.text)))
            }
            if let client = text.after("connect from ") { return Peeled(.link(.accepted(client.text))) }
            guard text.starts(with: "disconnect from ".utf8) else { return nil }
            var left = Peeled(.remark(text))
            left.isLast = true
            return left
        }
        let rest = text.dropFirst(2)
        guard let close = rest.firstRange(of: Array("]:".utf8)), rest[..<close.lowerBound].contains(UInt8(ascii: "["))
        else {
            return nil
        }
        var said = rest[close.upperBound...]
        // With a port: `name[address]:25: text`.
        let port = said.prefix { (0x30...0x39).contains($0) }
        if !port.isEmpty, said.dropFirst(port.count).first == 58 { said = said.dropFirst(port.count + 1) }
        var peeled = Peeled(.said(first == 62 ? .client : .server, said.after(" ") ?? said))
        peeled.peer = rest[..<said.startIndex]
        return peeled
    }

    /// Exim -d and its logs: `SMTP<< ` is what it read, `SMTP>> ` what it wrote; more lines of a reply are indented below.
    @Sendable static func exim(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        for (mark, side) in [
            ("SMTP<<", Side.server), ("SMTP>>", .client), ("SMTP<|", .server), ("SMTP|>", .client), ("SMTP+>", .client),
        ] {
            guard let said = text.after(mark: mark), said.first != UInt8(ascii: "(") else { continue }
            let line = said.after(" ") ?? said
            // `(writing message)`, in older versions `writing message and terminating "."`.
            if line.starts(with: "(writing message".utf8) || line.starts(with: "writing message and".utf8) {
                return Peeled(.leftOut(.client, .content("")))
            }
            return Peeled(.said(side, line))
        }
        if text.starts(with: "SMTP>>(".utf8) { return Peeled(.remark(text)) }
        if let said = text.after("SMTP(close)>>") {
            return Peeled(said.isEmpty ? .link(.closed(.client)) : .remark(text))
        }
        if let said = text.after("SMTP(closed)<<") {
            return Peeled(said.isEmpty ? .link(.closed(.server)) : .remark(text))
        }
        return nil
    }

    /// The client of Exim's test suite: `??? ` is what it waits for, `<<< ` what came, `>>> ` what it sent.
    @Sendable static func eximTests(_ line: ArraySlice<UInt8>) -> Peeled? {
        if line.starts(with: "??? ".utf8) || line.elementsEqual("???".utf8) { return Peeled(.again) }
        for (mark, side) in [("<<<", Side.server), (">>>", .client)] {
            if let said = line.after(mark: mark) { return Peeled(.said(side, said.after(" ") ?? said)) }
        }
        return nil
    }

    /// check_smtp -v of the Monitoring Plugins: replies without a mark before the login, `sent ` and `received ` within it.
    @Sendable static func probe(_ line: ArraySlice<UInt8>) -> Peeled? {
        if let said = line.after("sent ") { return Peeled(.said(.client, said)) }
        if let said = line.after("received ") { return Peeled(.said(.server, said)) }
        if line.starts(with: "SMTP ".utf8) { return Peeled(.remark(line)) }
        if case .reply = LineShape(line), line.first != 32 { return Peeled(.said(.server, line)) }
        return nil
    }

    /// sendmail -v: what it says behind `>>> `, replies without a mark, `050 ` before what another sendmail passed on.
    @Sendable static func sendmail(_ line: ArraySlice<UInt8>) -> Peeled? {
        if let passed = line.after("050 ") { return sendmail(passed) ?? Peeled(.remark(passed)) }
        if let said = line.after(">>> ") { return Peeled(.said(.client, said)) }
        if case .reply = LineShape(line), line.first != 32 { return Peeled(.said(.server, line)) }
        return nil
    }

    /// MDaemon: `--> ` is what it sent, `<-- ` what it got, and `*  ` its own words.
    @Sendable static func mdaemon(_ line: ArraySlice<UInt8>) -> Peeled? {
        var text = line.drop(while: \.isBlank)
        var session: [UInt8] = []
        // `02: [1234567] `, the level and the session, either of which may be missing.
        let level = text.prefix { (0x30...0x39).contains($0) }
        if level.count == 2, let behind = text.dropFirst(2).after(": ") { text = behind }
        if text.first == UInt8(ascii: "["), let close = text.prefix(24).firstIndex(of: UInt8(ascii: "]")),
            text[..<close].dropFirst().allSatisfy({ (0x30...0x3A).contains($0) })
        {
            session = Array(text[text.startIndex...close])
            text = text[(close + 1)...].drop(while: \.isBlank)
        }
        guard text.startIndex > line.startIndex else { return nil }
        var peeled: Peeled?
        if let said = text.after("--> ") { peeled = Peeled(.said(.server, said)) }
        if let said = text.after("<-- ") { peeled = Peeled(.said(.client, said)) }
        if let words = text.after("*  ") ?? (session.isEmpty ? nil : text) { peeled = peeled ?? Peeled(.remark(words)) }
        peeled?.session = session
        return peeled
    }

    /// OpenSMTPD's trace of smtp and of mta: a session's number, then `<<< ` for what came and `>>> ` for what went.
    @Sendable static func openSMTPD(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        // Mail data may have no session's number.
        if let content = openSMTPDContent(text) { return content }
        guard let mark = text.after("smtp: ") ?? text.after("mta: "), mark.starts(with: "0x".utf8) else { return nil }
        guard let colon = mark.firstIndex(of: 58) else { return nil }
        let said = mark[(colon + 1)...].drop(while: \.isBlank)
        var peeled = Peeled(.remark(said))
        if let line = said.after(">>> ") { peeled = Peeled(.said(.server, line)) }
        if let line = said.after("<<< ") { peeled = openSMTPDContent(said) ?? Peeled(.said(.client, line)) }
        peeled.session = Array(mark[..<colon])
        return peeled
    }

    /// A line of mail data behind its mark; its end is told again after the lone dot.
    private static func openSMTPDContent(_ text: ArraySlice<UInt8>) -> Peeled? {
        if let said = text.after("<<< [MSG] ") ?? text.after("<<< [MSG]") { return Peeled(.said(.client, said)) }
        return text.starts(with: "<<< [EOM]".utf8) ? Peeled(.again) : nil
    }

    /// Nodemailer's logger on the console: `[id] S: 220 …` behind the time and the level.
    @Sendable static func nodemailer(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.first == UInt8(ascii: "["), let close = line.prefix(40).firstIndex(of: UInt8(ascii: "]")) else {
            return nil
        }
        // An identifier of letters and digits, in a day's logs also `#12`.
        let isName = line[..<close].dropFirst().allSatisfy { !" :,.".utf8.contains($0) }
        guard isName, let text = line[(close + 1)...].after(" ") else { return nil }
        var peeled = nodemailerMessage(text)
        peeled.session = Array(line[line.startIndex...close])
        return peeled
    }

    static func nodemailerMessage(_ text: ArraySlice<UInt8>) -> Peeled {
        if let said = text.after("S: ") { return Peeled(.said(.server, said)) }
        if let said = text.after("C: ") {
            if said.starts(with: "<".utf8), said.last == UInt8(ascii: ">"),
                said.firstRange(of: Array("encoded mime message".utf8)) != nil
            {
                return Peeled(.leftOut(.client, .content(said.dropFirst().dropLast().text)))
            }
            if let hidden = said.firstRange(of: Array("/* secret */".utf8)) {
                return Peeled(.leftOut(.client, .credential(Array(said[..<hidden.lowerBound].trimmed))))
            }
            return Peeled(.said(.client, said))
        }
        return Peeled(LinkFact.inRemark(text).map(Peeled.Item.link) ?? .either(text))
    }

    /// An endpoint as recordings write it: `host:25`.
    static func endpoint(_ words: String) -> String { words.trimmingDots }
}

extension ArraySlice<UInt8> {
    /// Behind a label that ends in a colon a tab is the column's edge, and no octet of the wire.
    fileprivate func behindTab(_ mark: [UInt8]) -> ArraySlice<UInt8> {
        mark.last == UInt8(ascii: ":") && first == 9 ? dropFirst() : self
    }
}

extension String {
    /// Without the dots that programs put behind what they are still waiting for.
    var trimmingDots: String {
        String(self[..<(lastIndex { $0 != "." && $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
