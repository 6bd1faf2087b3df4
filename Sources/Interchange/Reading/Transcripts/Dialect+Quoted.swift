import SMTP
import Tracing

/// A call of smtplib at a prompt of Python, `s.mail('ada@sender.example')`, as the command that it sends.
enum CallOfPrompt {
    static func item(_ call: ArraySlice<UInt8>) -> Peeled.Item {
        guard let open = call.firstIndex(of: UInt8(ascii: "(")) else { return .remark(call) }
        let name = call[..<open].split { !$0.isLetterOrDigit && $0 != UInt8(ascii: "_") }.last ?? []
        let literals = literals(in: call[(open + 1)...])
        let first = literals.first?.text ?? ""
        switch name.text {
        case "login", "auth": return .leftOut(.client, .credential([]))
        case "ehlo" where !first.isEmpty: return said("EHLO \(first)")
        case "helo" where !first.isEmpty: return said("HELO \(first)")
        case "mail" where !literals.isEmpty: return said("MAIL FROM:\(path(first))")
        case "rcpt" where !literals.isEmpty: return said("RCPT TO:\(path(first))")
        case "quit": return said("QUIT")
        case "rset": return said("RSET")
        case "noop": return said("NOOP")
        case "starttls": return said("STARTTLS")
        case "docmd", "putcmd": return said(literals.map(\.text).joined(separator: " "))
        // What others send the call does not tell.
        default: return .remark(call)
        }
    }

    private static func said(_ command: String) -> Peeled.Item {
        command.isEmpty ? .remark([]) : .said(.client, Array(command.utf8)[...])
    }

    private static func path(_ address: String) -> String { address.hasPrefix("<") ? address : "<\(address)>" }

    /// The literals among the arguments of a call.
    private static func literals(in arguments: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        var rest = arguments
        while let quote = rest.firstIndex(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }) {
            guard let octets = StringLiteral.read(rest[quote...]) else { break }
            found.append(octets[...])
            let behind = rest[(quote + 1)...]
            rest = behind[(behind.firstIndex(of: rest[quote]).map { $0 + 1 } ?? behind.endIndex)...]
        }
        return found
    }
}

/// Dialects that write octets as literals or as fields of a record.
extension Dialect {
    /// Python's smtplib at level 1 and 2: `send: '…\r\n'`, `reply: b'…\r\n'`; the parsed reply behind them says it again.
    @Sendable static func smtplib(_ line: ArraySlice<UInt8>) -> Peeled? {
        if let said = line.after("send: ") { return StringLiteral.read(said).map { Peeled(.wrote(.client, $0)) } }
        if let said = line.after("reply: ") {
            if said.starts(with: "retcode (".utf8) { return Peeled(.again) }
            return StringLiteral.read(said).map { Peeled(.wrote(.server, $0)) }
        }
        if let place = line.after("connect: ") {
            // `to ('localhost', 25) None`, in older versions without `to`; then the greeting once more.
            let tuple = place.after("to ") ?? place
            return Peeled(tuple.first == UInt8(ascii: "(") ? .link(.connecting(endpoint(ofTuple: tuple))) : .again)
        }
        if line.starts(with: "data: (".utf8) { return Peeled(.again) }
        return nil
    }

    /// `('localhost', 25)` as `localhost:25`.
    private static func endpoint(ofTuple tuple: ArraySlice<UInt8>) -> String {
        let inside = tuple.prefix { $0 != UInt8(ascii: ")") }.filter { !"()' ".utf8.contains($0) }
        return inside.map { $0 == UInt8(ascii: ",") ? ":" : String(UnicodeScalar($0)) }.joined()
    }

    /// Literals behind arrows: Ruby's Net::SMTP has `-> "220 …\n"` for what came, wrappers of Go programs have it for what went.
    @Sendable static func quotedArrows(_ line: ArraySlice<UInt8>) -> Peeled? {
        for (mark, side) in [("-> ", Side.server), ("<- ", .client), (">> ", .server), ("<< ", .client)] {
            guard let said = line.after(mark: mark) else { continue }
            return StringLiteral.read(said).map { octets in
                // A program that cuts the line ends off logs lines; what else has none is a piece of something.
                let isLine = LineShape(octets[...]).side != nil || CredentialsInText.isTellingBase64(octets[...])
                return Peeled(isLine && !octets.contains(10) ? .said(side, octets[...]) : .wrote(side, octets))
            }
        }
        if let place = line.after("Connection opened: ") { return Peeled(.link(.connected(place.text))) }
        if let count = line.after("wrote "), count.suffix(6).elementsEqual(" bytes".utf8) {
            return Peeled(.leftOut(.client, .content(count.text)))
        }
        return nil
    }

    /// PHPMailer at level 1 to 4, of today and of the 2.x and 5.x years.
    @Sendable static func phpMailer(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.drop(while: \.isBlank)
        // The program's own words around what the server said, in the 5.x years.
        if text.starts(with: "SMTP -> ERROR: ".utf8), let said = text.firstRange(of: Array("from server: ".utf8)),
            LineShape(text[said.upperBound...]).side == .server
        {
            return Peeled(.said(.server, text[said.upperBound...]))
        }
        for (mark, side) in [
            ("SERVER -> CLIENT:", Side.server), ("CLIENT -> SERVER:", .client), ("SMTP -> FROM SERVER:", .server),
            ("CLIENT -> SMTP:", .client),
        ] {
            guard let said = text.after(mark: mark) else { continue }
            let line = said.after(" ") ?? said
            if line.elementsEqual("<credentials hidden>".utf8) || line.elementsEqual("[credentials hidden]".utf8) {
                return Peeled(.leftOut(.client, .credential([])))
            }
            return Peeled(.said(side, line))
        }
        // Level 4 shows each line as it is read, and the whole reply again.
        if text.starts(with: "SMTP INBOUND: ".utf8) || text.starts(with: "SMTP -> get_lines()".utf8) {
            return Peeled(.again)
        }
        if let place = text.after("Connection: opening to ") {
            let host = place.prefix { $0 != UInt8(ascii: ",") && !$0.isBlank }
            return Peeled(.link(.connecting(host.text)))
        }
        if text.elementsEqual("Connection: opened".utf8) { return Peeled(.link(.connected(""))) }
        if text.elementsEqual("Connection: closed".utf8) { return Peeled(.link(.closed(.client))) }
        if text.starts(with: "SMTP ERROR: ".utf8) || text.starts(with: "SMTP NOTICE: ".utf8)
            || text.starts(with: "Connection: ".utf8)
            || text.starts(with: "Auth method ".utf8) || text.starts(with: "SMTP Error: ".utf8)
        {
            return Peeled(.remark(text))
        }
        return nil
    }

    /// A literal behind any words, whose line ends are written out: `<-- b'250 ok\r\n'`, `contents = "EHLO a\r\n"`.
    @Sendable static func literal(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard let quote = line.trimmed.last, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let start = literalStart(line.trimmed, quote),
            line[start...].dropLast().suffix(2).elementsEqual("\\n".utf8),
            let octets = StringLiteral.read(line[start...]), octets.last == 10
        else { return nil }
        return Peeled(.wrote(side(told: line[..<start]), octets))
    }

    /// Where the literal begins that ends the line: others may stand before it, `listenerId = "smtp", contents = "…"`.
    private static func literalStart(_ line: ArraySlice<UInt8>, _ quote: UInt8) -> Int? {
        let quotes = line.indices.filter { line[$0] == quote && (line[..<$0].last != UInt8(ascii: "\\")) }
        // Quotes come in pairs; one that is left over is an apostrophe, and then the first counts.
        return quotes.count % 2 == 0 ? quotes.dropLast().last : quotes.first
    }

    /// What words before a literal tell of who spoke.
    private static func side(told words: ArraySlice<UInt8>) -> Side? {
        let text = words.text.lowercased()
        // Whom it came from, and whom it goes to, is said before what was done.
        if ["to server", "from client"].contains(where: text.contains) { return .client }
        if ["from server", "to client"].contains(where: text.contains) { return .server }
        if ["send", "sent", "output", "write", "wrote", "-->", ">>", "c:"].contains(where: text.contains) {
            return .client
        }
        if ["recv", "receive", "input", "read", "<--", "<<", "s:"].contains(where: text.contains) { return .server }
        return nil
    }

    /// Replies whose code stands in brackets before a literal, as `[220] 'mx ready'` and `(250, b'mx\nSIZE')`.
    @Sendable static func bracketed(_ line: ArraySlice<UInt8>) -> Peeled? {
        let text = line.trimmed
        if text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "(") {
            let code = text.dropFirst().prefix(3)
            guard LineShape(code).side == .server, let mark = text.dropFirst(4).first, "],".utf8.contains(mark) else {
                return nil
            }
            let behind = text.dropFirst(4).drop { $0.isBlank || $0 == UInt8(ascii: ",") }
            let words = StringLiteral.read(behind) ?? Array(behind)
            let lines = words.split(omittingEmptySubsequences: false) { $0 == 10 }.map { $0.filter { $0 != 13 } }
            let reply = lines.enumerated().map { index, line in
                Array(code) + [index < lines.count - 1 ? UInt8(ascii: "-") : 32] + line
            }
            return Peeled(.said(.server, Array(reply.joined(separator: [10]))[...]))
        }
        if let call = text.after(">>> ") ?? text.after("... ") { return Peeled(CallOfPrompt.item(call)) }
        for mark in ["> ", "-> ", "--> ", "C: "] {
            if let said = text.after(mark: mark) { return Peeled(.said(.client, said)) }
        }
        return LineShape(text).side == .client ? Peeled(.said(.client, text)) : nil
    }

    /// hMailServer: values in quotes between tabs, the last `"SENT: …"` or `"RECEIVED: …"`.
    @Sendable static func hMailServer(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.starts(with: "\"SMTP".utf8) else { return nil }
        // Blanks stand in the place of its tabs where it was copied.
        let isTabbed = line.contains(9)
        let fields = SeparatedValues.fields(line, separator: isTabbed ? 9 : 32).map { $0[...] }
        guard fields.count >= 6, let said = fields.last else { return nil }
        var peeled = Peeled(.remark(said))
        let lines = said.replacing(Array("[nl]".utf8), with: [10])
        if let text = lines.after("SENT: ") { peeled = Peeled(.said(.server, text)) }
        if let text = lines.after("RECEIVED: ") { peeled = Peeled(.said(.client, text)) }
        peeled.session = Array(fields[2])
        peeled.time = TimeStamp.read(fields[3])?.stamp
        return peeled
    }

    /// Nodemailer's logger as a line of JSON each: `{"tnx":"server","cid":"…","msg":"220 …"}`.
    @Sendable static func bunyan(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.first == UInt8(ascii: "{"), let fields = FlatJSON.fields(line) else { return nil }
        guard let message = fields["msg"] ?? fields["message"], let kind = fields["tnx"] else { return nil }
        let text = Array(message.utf8)[...]
        var peeled: Peeled
        switch kind {
        case "server": peeled = Peeled(.said(.server, text.after("S: ") ?? text))
        case "client": peeled = nodemailerMessage(Array("C: ".utf8) + (text.after("C: ") ?? text))
        case "message": peeled = Peeled(.either(text))
        default: peeled = nodemailerMessage(text)
        }
        peeled.session = Array((fields["cid"] ?? fields["sid"] ?? "").utf8)
        peeled.time = fields["time"].flatMap { TimeStamp.read(Array($0.utf8)[...])?.stamp }
        return peeled
    }
}
