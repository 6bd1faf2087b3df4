import SMTP

/// Reply lines that a terminal window or a web page ran together into one, as `250-mx.example   250-SIZE 1000   250 HELP`.
enum RunTogether {
    /// The lines of a reply that a log quotes whole, as `554-5.7.1 spam 554 5.7.1 score 99`: what begins with the code and a hyphen
    /// ends with a line of the code and a blank (RFC 5321 §4.2.1).
    static func lines(ofReply reply: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let divided = lines(of: reply)
        guard divided.count == 1, let line = divided.first, let start = lastLine(of: line) else { return divided }
        return [line[..<start].dropLast(), line[start...]]
    }

    /// Where the last line of a reply of two begins: at the code again with the same status behind it, or else where it stands last.
    private static func lastLine(of line: ArraySlice<UInt8>) -> Int? {
        let code = line.prefix(3)
        guard code.count == 3, line.dropFirst(3).first == UInt8(ascii: "-") else { return nil }
        let text = line.dropFirst(4)
        let again = [32] + code
        let starts = text.indices.filter {
            text[$0...].starts(with: again) && text.dropFirst($0 - text.startIndex + 4).first.map { $0 == 32 } ?? true
        }.map { $0 + 1 }
        let status = text.prefix { $0 != 32 }
        guard status.contains(UInt8(ascii: ".")) else { return starts.last }
        return starts.first { line[($0 + 3)...].dropFirst().starts(with: status) } ?? starts.last
    }

    /// The lines, at least one. Only a line that goes on (`250-`) can have others behind it in the same reply.
    static func lines(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] { divided(line) ?? [line] }

    /// The same, but nil for a line that is one, as nearly all are.
    static func divided(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard mayBeSeveral(line) else { return nil }
        let text = line.drop(while: \.isBlank)
        if let offer = offer(text) ?? listedOffer(text) { return offer }
        let code = text.prefix(3)
        guard text.count > 8, code.count == 3, code.allSatisfy({ (0x30...0x39).contains($0) }),
            text.dropFirst(3).first == UInt8(ascii: "-")
        else { return nil }
        let starts = starts(of: Array(code), in: text.dropFirst(4))
        guard !starts.isEmpty else { return nil }
        let ends = starts + [line.endIndex]
        var lines = [line[..<starts[0]].withoutPadding]
        for (start, end) in zip(starts, ends.dropFirst()) { lines.append(line[start..<end].withoutPadding) }
        // The blank that parted them is none of theirs.
        for index in lines.indices.dropLast() where lines[index].last == 32 { lines[index].removeLast() }
        return lines
    }

    /// Whether it needs a closer look: a hyphen behind three octets, a comma, or two blanks behind the code.
    private static func mayBeSeveral(_ line: ArraySlice<UInt8>) -> Bool {
        line.withUnsafeBufferPointer { line in
            let text = line.drop { $0.isBlank }
            guard text.count > 3 else { return false }
            let start = text.startIndex
            return text[start + 3] == UInt8(ascii: "-") || text.count > 4 && text[start + 4] == 32
                || text.contains(UInt8(ascii: ","))
        }
    }

    /// What Exchange's logs make of an answer to EHLO: `250  mx.example Hello [192.0.2.1] SIZE 1000 PIPELINING AUTH NTLM`.
    private static func offer(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard text.starts(with: "250  ".utf8) else { return nil }
        var lines: [[UInt8]] = [[]]
        for word in text.dropFirst(5).split(separator: 32) {
            // The first word is the server's name.
            let isKeyword = !lines[0].isEmpty && (Extension.named(word) != nil || word.starts(with: "X-".utf8))
            if isKeyword { lines.append([]) }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? [] : [32]) + word
        }
        guard lines.count > 2 else { return nil }
        return lines.enumerated().map { index, line in
            (Array((index < lines.count - 1 ? "250-" : "250 ").utf8) + line)[...]
        }
    }

    /// What a program makes of it that joins lines with commas: `250 mx.example, SIZE 1000, PIPELINING`.
    private static func listedOffer(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard let said = text.after("250 "), said.contains(UInt8(ascii: ",")) else { return nil }
        let parts = said.replacing(Array(", ".utf8), with: [10]).split(separator: 10)
        guard parts.count > 2,
            parts.dropFirst().allSatisfy({ part in
                let word = part.prefix { $0 != 32 && $0 != UInt8(ascii: "=") }
                return Extension.named(word) != nil || word.starts(with: "X".utf8)
            })
        else { return nil }
        return parts.enumerated().map { index, part in
            (Array((index < parts.count - 1 ? "250-" : "250 ").utf8) + part)[...]
        }
    }

    /// Where the same code stands again with a separator behind it, and what follows could be a line of the reply.
    private static func starts(of code: [UInt8], in text: ArraySlice<UInt8>) -> [Int] {
        var padded: [Int] = []
        var joined: [Int] = []
        var spaced: [Int] = []
        var endsReply = false
        var last: Int?
        var position = text.startIndex
        while position + 4 <= text.endIndex {
            defer { position += 1 }
            guard text[position] == code[0], text[position + 1] == code[1], text[position + 2] == code[2] else {
                continue
            }
            let separator = text[position + 3]
            guard separator == UInt8(ascii: "-") || separator == 32 else { continue }
            if separator == 32 { last = position }
            let before = text[..<position]
            if before.last == 32 { spaced.append(position) }
            if before.suffix(2).allSatisfy(\.isBlank), before.count >= 2 {
                padded.append(position)
            } else if separator == 32 || separator == UInt8(ascii: "-"), isKeyword(text[(position + 4)...]) {
                joined.append(position)
                endsReply = separator == 32
            }
        }
        // Without spaces between them it is only believed when the last one ends the reply.
        if !padded.isEmpty { return padded }
        // With one blank between them, when another `250-` stands among them, or the last is a keyword.
        let tells = spaced.contains { text[$0 + 3] == UInt8(ascii: "-") } || joined.contains { spaced.contains($0) }
        if tells, let last = spaced.last, text[last + 3] == 32 { return untilLast(spaced, in: text) }
        // Several keywords tell that they are lines, and then the last may be any words.
        if !endsReply, joined.count > 1, let last, last > joined[joined.count - 1] { return joined + [last] }
        return endsReply ? joined : []
    }

    /// A line of a reply that goes on has a hyphen; a number behind a blank is one of its words until the last.
    private static func untilLast(_ places: [Int], in text: ArraySlice<UInt8>) -> [Int] {
        places.filter { text[$0 + 3] == UInt8(ascii: "-") || $0 == places.last }
    }

    /// Whether a line of an offer could begin here: with a keyword, behind which the next line may begin at once, as in
    /// `PIPELINING250-SIZE`.
    private static func isKeyword(_ text: ArraySlice<UInt8>) -> Bool {
        Extension.all.contains { row in
            let word = text.prefix(row.keyword.utf8.count)
            guard word.equalsIgnoringCase(row.keyword.utf8) else { return false }
            let next = text.dropFirst(word.count).first
            return next.map { !(0x41...0x5A).contains($0.uppercased) } ?? true
        } || text.starts(with: "X-".utf8)
    }
}

extension ArraySlice<UInt8> {
    /// The line with its end, as it was on the wire.
    var ended: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count + 2) { octets, length in
            _ = octets.initialize(from: self)
            octets.initializeElement(at: count, to: 13)
            octets.initializeElement(at: count + 1, to: 10)
            length = count + 2
        }
    }

    /// Without the blanks with which a console filled its lines, where it gave several as one.
    var withoutEdge: ArraySlice<UInt8> {
        guard count > 60 else { return self }
        var kept: [UInt8] = []
        var rest = self
        while let blank = rest.firstIndex(of: 32) {
            let run = rest[blank...].prefix { $0 == 32 }
            kept += rest[..<blank] + (run.count >= 40 ? [] : run)
            rest = rest[run.endIndex...]
        }
        return kept.count + rest.count == count ? self : (kept + rest)[...]
    }

    /// Without the spaces that fill a line up to the edge of a window; a few spaces are the line's own.
    var withoutPadding: ArraySlice<UInt8> {
        let spaces = reversed().prefix { $0 == 32 }.count
        return spaces >= 8 ? dropLast(spaces) : self
    }
}
