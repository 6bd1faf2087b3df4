import Notation

/// One value of a record's data: what its RFC calls it, its text as zone files write it, and which octets of the data say it.
///
///     RRSIG   type covered "TLSA", algorithm "13", … signature "dGhlIHNpZ25hdHVyZQ=="
public struct RecordField: Hashable, Sendable {
    public let name: String
    public let text: String
    public let range: Range<Int>
    /// Whether its octets are the labels of a name (RFC 1035 §3.1).
    public let isName: Bool

    /// All of the data of a record. Of a type without a row in the table, and of data that does not fit its row, it is one value in
    /// the form that any type has (RFC 3597 §5).
    public static func fields(of type: RecordType, _ data: [UInt8]) -> [RecordField] {
        if let row = RecordForm.rows[type], let fields = RecordForm.divide(data, row) { return fields }
        let hex = data.map { $0.hex(2, uppercase: true) }.joined()
        return [
            RecordField(
                name: "data",
                text: data.isEmpty ? "\\# 0" : "\\# \(data.count) \(hex)",
                range: 0..<data.count,
                isName: false
            )
        ]
    }
}

/// How a value of a record's data is written on the wire, and how it is shown.
private enum RecordForm {
    /// A number of so many octets.
    case number(Int)
    /// A moment, in seconds since 1970, as `20261126143000` (RFC 4034 §3.2).
    case time
    case type
    /// A name, which none of these types may compress.
    case name
    /// Some octets behind their count, shown as they are.
    case word
    /// The rest of the data.
    case base64, hex, text
    /// Which types a name has (RFC 4034 §4.1.2), the rest of the data.
    case types

    typealias Row = [(name: String, form: RecordForm)]

    /// What each type holds, THE table.
    static let rows: [RecordType: Row] = [
        // RFC 2782.
        RecordType(rawValue: 33): [
            ("priority", .number(2)), ("weight", .number(2)), ("port", .number(2)), ("target", .name),
        ],
        // RFC 6672 §2.1.
        RecordType(rawValue: 39): [("target", .name)],
        // RFC 4034 §5.1.
        RecordType(rawValue: 43): [
            ("key tag", .number(2)), ("algorithm", .number(1)), ("digest type", .number(1)), ("digest", .hex),
        ],
        // RFC 4034 §3.1.
        RecordType(rawValue: 46): [
            ("type covered", .type), ("algorithm", .number(1)), ("labels", .number(1)), ("original TTL", .number(4)),
            ("signature expiration", .time), ("signature inception", .time), ("key tag", .number(2)),
            ("signer's name", .name), ("signature", .base64),
        ],
        // RFC 4034 §4.1.
        RecordType(rawValue: 47): [("next domain name", .name), ("types", .types)],
        // RFC 4034 §2.1.
        RecordType(rawValue: 48): [
            ("flags", .number(2)), ("protocol", .number(1)), ("algorithm", .number(1)), ("public key", .base64),
        ],
        // RFC 8162 §2.
        RecordType(rawValue: 53): [
            ("certificate usage", .number(1)), ("selector", .number(1)), ("matching type", .number(1)),
            ("association data", .hex),
        ],
        // RFC 7929 §2.3.
        RecordType(rawValue: 61): [("key", .base64)],
        // RFC 8659 §4.1.1.
        RecordType(rawValue: 257): [("flags", .number(1)), ("tag", .word), ("value", .text)],
    ]

    /// Nil where the data end too early, or go on behind the last value.
    static func divide(_ data: [UInt8], _ row: Row) -> [RecordField]? {
        var fields: [RecordField] = []
        var rest = data[...]
        for (name, form) in row {
            guard let (text, count) = form.read(rest) else { return nil }
            var isName: Bool { if case .name = form { true } else { false } }
            let range = rest.startIndex..<rest.startIndex + count
            fields.append(RecordField(name: name, text: text, range: range, isName: isName))
            rest = rest.dropFirst(count)
        }
        return rest.isEmpty ? fields : nil
    }

    /// The text of what stands first, and how many octets that is.
    private func read(_ data: ArraySlice<UInt8>) -> (text: String, count: Int)? {
        switch self {
        case .number(let count): return Self.number(data, count).map { ("\($0)", count) }
        case .time: return Self.number(data, 4).map { (UTCTime(seconds: $0).compact, 4) }
        case .type: return Self.number(data, 2).map { ("\(RecordType(rawValue: UInt16($0)))", 2) }
        case .name: return Self.name(data)
        case .word:
            guard let count = data.first.map(Int.init), count > 0, data.count > count else { return nil }
            return (Name.text(of: Array(data.dropFirst().prefix(count))), count + 1)
        case .base64:
            return data.isEmpty ? nil : (String(decoding: Base64.encode(Array(data)), as: UTF8.self), data.count)
        case .hex: return data.isEmpty ? nil : (data.map { $0.hex(2) }.joined(), data.count)
        case .text: return (CharacterStrings.text(of: [Array(data)]), data.count)
        case .types: return Self.types(data).map { ($0, data.count) }
        }
    }

    private static func number(_ data: ArraySlice<UInt8>, _ count: Int) -> Int? {
        data.count < count ? nil : data.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func name(_ data: ArraySlice<UInt8>) -> (String, Int)? {
        Name.read(uncompressed: data).map { ("\($0.name)", $0.count) }
    }

    private static func types(_ data: ArraySlice<UInt8>) -> String? {
        TypeBitmap.read(data)?.map(\.description).joined(separator: " ")
    }
}

extension UTCTime {
    /// As `20261126143000` (RFC 4034 §3.2).
    fileprivate var compact: String {
        let date = date
        return "\(date.year.decimal(4))\(date.month.decimal(2))\(date.day.decimal(2))" + clock.filter { $0 != ":" }
    }
}
