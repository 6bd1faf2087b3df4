import Notation
import SMTP

/// One document of JSON or XML in which the lines of a log are values, however deep: what Loki, Elasticsearch, Sentry or Grafana
/// answer, `<log4j:event>` of log4j, `<record>` of Java. It is rewritten as a line of flat JSON for each record, which is read as
/// any such line.
///
/// It decides which values hold the dialogue and what stands beside them. It does not read them. Wrong input is a document that breaks
/// off: what came of it counts.
enum NestedRecords {
    /// A record: what has a name in it, in order. The values are as a string of JSON has them, without its quotation marks.
    typealias Record = [(name: String, value: [UInt8])]

    /// The records as lines; nil where it is no such document, or nothing in it is a dialogue.
    static func lines(of octets: [UInt8]) -> [UInt8]? {
        switch octets.first(where: { $0 > 32 }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            // Objects line by line are read where they stand.
            return areLines(octets) ? nil : lines(of: octets, JSONRecords.each)
        case UInt8(ascii: "<"): return lines(of: octets, XMLRecords.each)
        default: return nil
        }
    }

    /// Whether the first of several lines is an object by itself.
    private static func areLines(_ octets: [UInt8]) -> Bool {
        var lines = TextLines(octets)
        while let line = lines.next() {
            if line.trimmed.isEmpty { continue }
            return lines.position < octets.count && FlatJSON.fields(line.trimmed) != nil
        }
        return false
    }

    private static func lines(
        of octets: [UInt8],
        _ each: (_ octets: [UInt8], _ body: (_ name: String, Record) -> Void) -> Bool
    ) -> [UInt8]? {
        guard let name = message(octets, each) else { return nil }
        var out: [UInt8] = []
        _ = each(octets) { kind, record in
            guard let message = record.first(where: { "\(kind) \($0.name)" == name }) else { return }
            out.append(UInt8(ascii: "{"))
            let time = record.firstIndex { isTime($0.name) }
            for (at, field) in record.enumerated() where field.value.count < 1 << 16 || field.name == message.name {
                if out.last != UInt8(ascii: "{") { out.append(UInt8(ascii: ",")) }
                let name = at == time ? "time" : record.count == 1 ? "line" : field.name
                out +=
                    quoted(name.lowercased() == "message" ? "message" : name) + Array(":\"".utf8)
                    + (at == time ? readable(field.value) : field.value)
                out.append(UInt8(ascii: "\""))
            }
            out += Array("}\n".utf8)
        }
        return out
    }

    /// The value that holds both sides of a dialogue, as the kind of its record and its name.
    private static func message(
        _ octets: [UInt8],
        _ each: (_ octets: [UInt8], _ body: (_ name: String, Record) -> Void) -> Bool
    ) -> String? {
        var found: [String: (client: Int, server: Int)] = [:]
        let isWhole = each(octets) { kind, record in
            for field in record where field.value.count > 3 {
                let start = StringLiteral.read(([UInt8(ascii: "\"")] + field.value.prefix(200))[...]) ?? []
                guard let side = RowsOfText.sideHeld(start[...]) else { continue }
                var count = found["\(kind) \(field.name)"] ?? (0, 0)
                if side == .client { count.client += 1 } else { count.server += 1 }
                found["\(kind) \(field.name)"] = count
            }
        }
        guard isWhole else { return nil }
        let both = found.filter { min($1.client, $1.server) > 0 && $1.client + $1.server >= 3 }
        return both.max { ($0.value.client + $0.value.server, $1.key) < ($1.value.client + $1.value.server, $0.key) }?
            .key
    }

    private static func quoted(_ name: String) -> [UInt8] {
        [UInt8(ascii: "\"")] + name.utf8.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 >= 32 }
            + [UInt8(ascii: "\"")]
    }

    private static func isTime(_ name: String) -> Bool {
        ["time", "timestamp", "@timestamp", "ts", "timemillis", "millis", "date"].contains(name.lowercased())
    }

    /// A time; seconds since 1970, or thousandths and smaller parts of them, as a date.
    private static func readable(_ value: [UInt8]) -> [UInt8] {
        guard [10, 13, 16, 19].contains(value.count), let number = UInt64(String(decoding: value, as: UTF8.self)) else {
            return value
        }
        let scale = (10..<value.count).reduce(UInt64(1)) { product, _ in product * 10 }
        let whole = UTCTime(seconds: Int(number / scale)).iso8601.dropLast()
        let thousandths = String(1000 + number % scale * 1000 / scale).dropFirst()
        return Array("\(whole).\(thousandths)Z".utf8)
    }
}
