import Interchange
import Tracing

/// The hops of a mail in words: a table, a ladder, each clause, and what cannot be so.
struct ReceivedText {
    let trace: ReceivedTrace

    /// The lessons of the clauses and faults that are there; what is wrong comes first.
    var lessons: [LessonAnchor] {
        let faults = Set(trace.hops.flatMap(\.faults))
        let parts = ReceivedTrace.Fault.allCases.filter(faults.contains).map(\.rawValue)
        return parts.map { LessonAnchor("field/Received@\($0)") } + [LessonAnchor("field/Received")]
    }

    /// Each hop with all that its field tells, then what is wrong.
    var details: [Explanation.Detail] {
        let hops = trace.hops.enumerated().map { number, hop in Explanation.Detail("hop \(number + 1)", words(hop)) }
        let whole = trace.duration.map {
            [Explanation.Detail("all", "\(Self.span($0)) from the first server to the last")]
        }
        let faults = trace.hops.enumerated().flatMap { number, hop in
            hop.faults.map { Explanation.Detail("finding", words($0, number, hop)) }
        }
        return hops + (whole ?? []) + faults
    }

    private func words(_ hop: ReceivedTrace.Hop) -> String {
        let seen = hop.seen.map { " (\($0))" } ?? ""
        var parts = ["\(hop.from ?? "–")\(seen) ➔ \(hop.by ?? "–")"]
        parts.append(hop.with.map { "with \($0)\(Self.meaning(of: $0).map { ", \($0)" } ?? "")" } ?? "with –")
        if let tls = hop.tls { parts.append("TLS: \(tls)") }
        if let via = hop.via { parts.append("via \(via)") }
        if let id = hop.id { parts.append("queue id \(id)") }
        if let recipient = hop.recipient { parts.append("for \(recipient)") }
        parts.append(hop.date ?? "no time")
        if let delay = hop.delay { parts.append("\(Self.span(delay)) after the hop before") }
        return parts.joined(separator: "; ")
    }

    private func words(_ fault: ReceivedTrace.Fault, _ number: Int, _ hop: ReceivedTrace.Hop) -> String {
        switch fault {
        case .order:
            let early = Self.span(-(hop.delay ?? 0))
            return
                "hop \(number + 1) took the mail \(early) before hop \(number) did: an impossible order (RFC 5321 §4.4)"
        case .clock:
            return
                "the clock of hop \(number + 1) is off: the hops before and behind it agree with each other (RFC 5321 §4.4)"
        }
    }

    /// What a protocol keyword says (RFC 3848 §1, RFC 6531 §4.3, RFC 2033).
    static func meaning(of keyword: String) -> String? {
        var name = Substring(keyword.uppercased())
        let isUTF8 = name.hasPrefix("UTF8")
        if isUTF8 { name = name.dropFirst(4) }
        let base: String
        if name.hasPrefix("ESMTP") || isUTF8 && name.hasPrefix("SMTP") {
            base = "EHLO"
            name = name.dropFirst(name.hasPrefix("E") ? 5 : 4)
        } else if name.hasPrefix("SMTP") {
            base = "HELO"
            name = name.dropFirst(4)
        } else if name.hasPrefix("LMTP") {
            base = "LMTP"
            name = name.dropFirst(4)
        } else {
            return ["HTTP": "a web mailer", "HTTPS": "a web mailer", "LOCAL": "on the machine itself"][String(name)]
        }
        let rest = ["": ["in the clear"], "S": ["TLS"], "A": ["a login", "in the clear"], "SA": ["TLS", "a login"]][
            String(name)
        ]
        return rest.map { (isUTF8 ? ["SMTPUTF8"] : []) + [base] + $0 }?.joined(separator: ", ")
    }

    // MARK: The table and the ladder

    /// Lines that keep their columns, no wider than `columns`.
    func drawn(columns: Int) -> [String] {
        var rows = [["hop", "taken by", "with", "TLS", "delay"]]
        for (number, hop) in trace.hops.enumerated() {
            let tls = Self.isSecured(hop) ? "yes" : "no"
            rows.append(["\(number + 1)", hop.by ?? "–", hop.with ?? "–", tls, hop.delay.map(Self.signed) ?? "–"])
        }
        // The names give way where there is little room.
        var widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let others = widths.reduce(0, +) - widths[1] + 8
        widths[1] = min(widths[1], max(8, columns - others))
        let table = rows.map { row in Self.row(row, widths) }
        return table + [""] + ladder(columns)
    }

    private static func row(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            let shown = cut(cell, width)
            line += (line.isEmpty ? "" : "  ") + shown + String(repeating: " ", count: max(0, width - shown.count))
        }
        return line
    }

    /// From the author's end downwards: each server, and what went between.
    private func ladder(_ columns: Int) -> [String] {
        guard let first = trace.hops.first else { return [] }
        var lines = [Self.cut(first.from ?? "–", columns)]
        for hop in trace.hops {
            let delay = hop.delay.map { ", \(Self.signed($0))" } ?? ""
            let tls = Self.isSecured(hop) ? ", TLS" : ""
            let mark = hop.faults.isEmpty ? "" : " !"
            lines.append(Self.cut("  | \(hop.with ?? "–")\(tls)\(delay)\(mark)", columns))
            lines.append(Self.cut(hop.by ?? "–", columns))
        }
        return lines
    }

    private static func isSecured(_ hop: ReceivedTrace.Hop) -> Bool {
        guard hop.tls == nil else { return true }
        let words = hop.with.flatMap { Self.meaning(of: $0) }
        return words?.split(separator: ", ").contains("TLS") ?? false
    }

    private static func cut(_ text: String, _ columns: Int) -> String {
        text.count > columns ? String(text.prefix(max(1, columns - 1))) + "…" : text
    }

    static func signed(_ seconds: Double) -> String { (seconds < 0 ? "−" : "+") + span(abs(seconds)) }

    /// `2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
    static func span(_ seconds: Double) -> String {
        let all = Int(min(abs(seconds), 1e11).rounded())
        let sign = seconds < 0 ? "−" : ""
        let units = [("d", all / 86_400), ("h", all / 3600 % 24), ("min", all / 60 % 60), ("s", all % 60)]
        guard let first = units.firstIndex(where: { $0.1 > 0 }) else { return "0 s" }
        let shown = units[first...].prefix(2).filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        return sign + shown.joined(separator: " ")
    }
}
