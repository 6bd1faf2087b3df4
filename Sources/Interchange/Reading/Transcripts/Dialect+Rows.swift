import SMTP
import Tracing

/// Dialects that write a row of columns for each line: separators and quotation marks are the log's, and no octets of the wire.
extension Dialect {
    /// Exchange's protocol logs: a line of comma-separated values, its event one of `+ - > < *`, or what was copied of it.
    ///
    /// `date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context`.
    @Sendable static func exchange(_ line: ArraySlice<UInt8>) -> Peeled? {
        if line.first == UInt8(ascii: "#") {
            return line.starts(with: "#Fields:".utf8) || line.starts(with: "#Log".utf8) ? Peeled(.again) : nil
        }
        if let first = line.first, "+->*<".utf8.contains(first), let separator = line.dropFirst().first,
            separator == UInt8(ascii: ",") || separator == 9
        {
            // From the event on; the sheet that they were copied from has tabs.
            let fields = SeparatedValues.fields(line, separator: separator)
            return exchangeEvent(
                first,
                data: data(of: fields[1...], line, separator),
                context: fields.last ?? [],
                ends: []
            )
        }
        guard (0x30...0x39).contains(line.first ?? 0), let (stamp, length) = TimeStamp.read(line) else { return nil }
        guard line.dropFirst(length).first == UInt8(ascii: ",") else { return nil }
        let fields = SeparatedValues.fields(line, separator: UInt8(ascii: ","))
        guard fields.count >= 8, fields[6].count == 1, let event = fields[6].first else { return nil }
        let ends = [fields[4][...].text, fields[5][...].text]
        var peeled = exchangeEvent(event, data: fields[7][...], context: fields.last ?? [], ends: ends)
        peeled?.session = fields[2]
        peeled?.time = stamp
        return peeled
    }

    /// What was said: a reply that was copied without its quotation marks may hold the separator.
    private static func data(
        of fields: ArraySlice<[UInt8]>,
        _ line: ArraySlice<UInt8>,
        _ separator: UInt8
    ) -> ArraySlice<UInt8> {
        guard fields.count > 2, line.dropFirst(2).first != UInt8(ascii: "\"") else { return fields.first?[...] ?? [] }
        return Array(fields.dropLast().joined(separator: [separator]))[...]
    }

    private static func exchangeEvent(
        _ event: UInt8,
        data: ArraySlice<UInt8>,
        context: [UInt8],
        ends: [String]
    ) -> Peeled? {
        let challenge = data.after("334 ") ?? data
        if challenge.elementsEqual("<authentication information>".utf8)
            || challenge.elementsEqual("<authentication response>".utf8)
        {
            if event == UInt8(ascii: "<") { return Peeled(.leftOut(.client, .credential([]))) }
            return Peeled(data.count > challenge.count ? .said(.server, data) : .leftOut(.server, .credential([])))
        }
        switch event {
        case UInt8(ascii: ">"): return Peeled(.said(.server, data))
        case UInt8(ascii: "<"): return Peeled(.said(.client, data))
        case UInt8(ascii: "+"):
            // In the log of a receiving server the server is the local end: the one with a port that servers have.
            let server = ends.first { end in [":25", ":465", ":587", ":717", ":2525"].contains(where: end.hasSuffix) }
            return Peeled(.link(.connecting(server ?? ends.last ?? "")))
        case UInt8(ascii: "-"): return Peeled(.remark(Array("the connection ended: \(context[...].text)".utf8)[...]))
        case UInt8(ascii: "*"): return Peeled(.remark(data.isEmpty ? context[...] : data))
        default: return nil
        }
    }

    /// Logs of values with names, as mox writes them: `m="smtp command result" cmd=ehlo code=250 ecode= cid=1979a2d4463`.
    ///
    /// Of a command the verb alone is told.
    @Sendable static func namedValues(_ line: ArraySlice<UInt8>) -> Peeled? {
        guard line.contains(UInt8(ascii: "=")), let command = value("cmd", line) ?? value("command", line),
            !command.isEmpty,
            let code = value("code", line) ?? value("status", line), code.count == 3,
            LineShape(code).side == .server, Verb(reading: command) != nil
        else { return nil }
        let status = value("ecode", line) ?? []
        var peeled = Peeled(.turn(command, Array(code + [32] + status)[...]))
        peeled.session = Array(value("cid", line) ?? value("session", line) ?? [])
        peeled.time = (value("time", line) ?? value("t", line)).flatMap { TimeStamp.read($0)?.stamp }
        return peeled
    }

    /// The value behind ` name=`, without its quotation marks.
    private static func value(_ name: String, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let sign = Array("\(name)=".utf8)
        var rest = line
        while let found = rest.firstRange(of: sign) {
            let isWord = found.lowerBound == line.startIndex || line[found.lowerBound - 1] == 32
            rest = line[found.upperBound...]
            guard isWord else { continue }
            if rest.first == UInt8(ascii: "\"") { return rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") } }
            return rest.prefix { !$0.isBlank }
        }
        return nil
    }

    /// Logs of IIS: values between blanks, with `+` for a blank within; of a row the verb, its argument and the code.
    ///
    /// `… SMTPSVC1 MX 192.0.2.1 0 EHLO - +mail.example 250 0 322 26 0 SMTP - - - -`.
    @Sendable static func w3c(_ line: ArraySlice<UInt8>) -> Peeled? {
        if line.first == UInt8(ascii: "#") { return line.starts(with: "#Fields: ".utf8) ? Peeled(.again) : nil }
        guard (0x30...0x39).contains(line.first ?? 0) else { return nil }
        let words = line.split(separator: 32)
        guard words.count >= 10, let service = words.firstIndex(where: { $0.starts(with: "SMTPSVC".utf8) }) else {
            return nil
        }
        let values = words[service...]
        var peeled: Peeled?
        if words[..<service].contains(where: { $0.elementsEqual("OutboundConnectionResponse".utf8) }) {
            peeled = values.first { LineShape(plain($0)).side == .server && $0.count > 3 }.map {
                Peeled(.cut(.server, plain($0), missing: 0))
            }
        } else if let at = values.dropFirst().firstIndex(where: { Verb(reading: $0) != nil }), at + 3 < words.endIndex {
            let isOutbound = words[..<service].contains { $0.elementsEqual("OutboundConnectionCommand".utf8) }
            let argument = words[at + 2].elementsEqual("-".utf8) ? [] : plain(words[at + 2])
            // Behind QUIT and DATA stand the host and the message's number.
            let takesNone = [.quit, .data, .rset].contains(Verb(reading: words[at]))
            let command = takesNone || argument.isEmpty ? Array(words[at]) : Array(words[at]) + [32] + argument.trimmed
            let code = words[at + 3]
            let isCode =
                !isOutbound && code.count == 3 && LineShape(code).side == .server && code != Array("240".utf8)[...]
            peeled = Peeled(.turn(command[...], isCode ? Array(code + [32])[...] : []))
        }
        peeled?.time = TimeStamp.read(line)?.stamp
        return peeled
    }

    private static func plain(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        value.map { $0 == UInt8(ascii: "+") ? 32 : $0 }[...]
    }

    /// Rows in which a word tells what stands behind it: `…, from, ada@sender.example`, `…, resp, 250 ok`.
    @Sendable static func labelled(_ line: ArraySlice<UInt8>) -> Peeled? {
        let cells = SeparatedValues.fields(line, separator: UInt8(ascii: ","))
        guard (2...4).contains(cells.count), let label = cells.dropLast().last else { return nil }
        // What stands behind the label is one value, whatever is in it.
        guard let found = line.firstRange(of: label + Array(", ".utf8)) else { return nil }
        let value = line[found.upperBound...].trimmed
        var item: Peeled.Item?
        switch label[...].text.lowercased() {
        case "from", "mail", "mail from": item = .said(.client, Array("MAIL FROM:".utf8) + path(value))
        case "to", "rcpt", "rcpt to": item = .said(.client, Array("RCPT TO:".utf8) + path(value))
        case "helo", "ehlo", "auth": item = .said(.client, Array(label.map(\.uppercased) + [32] + value)[...])
        case "resp", "response", "reply", "answer":
            if LineShape(value).side == .server { item = .said(.server, value) }
        default: return nil
        }
        guard let item else { return nil }
        var peeled = Peeled(item)
        peeled.time = TimeStamp.read(line)?.stamp
        return peeled
    }

    private static func path(_ address: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        address.first == UInt8(ascii: "<") ? address : ([UInt8(ascii: "<")] + address + [UInt8(ascii: ">")])[...]
    }
}
