import SMTP

/// A log as rows of columns that nobody knows: which of them holds the dialogue is learned from its cells.
///
/// Separators and quotation marks are the log's. Either one column holds both sides, or one holds commands and another, in
/// the same row, their answers.
struct LearnedColumns {
    private enum Separator: CaseIterable {
        case tab, comma, semicolon

        func cells(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
            let octet: UInt8 =
                switch self {
                case .tab: 9
                case .comma: UInt8(ascii: ",")
                case .semicolon: UInt8(ascii: ";")
                }
            return SeparatedValues.fields(line, separator: octet)
        }
    }

    private let separator: Separator
    private let commands: Int
    private let replies: Int

    /// How many replies and commands the cells of a column hold.
    private struct Column {
        var commands = 0
        var replies = 0
    }

    init?(_ lines: [ArraySlice<UInt8>]) {
        for separator in Separator.allCases {
            guard let (commands, replies) = Self.places(lines.prefix(2_000).map(separator.cells)) else { continue }
            (self.separator, self.commands, self.replies) = (separator, commands, replies)
            return
        }
        return nil
    }

    private static func places(_ rows: [[[UInt8]]]) -> (commands: Int, replies: Int)? {
        var columns: [Column] = []
        for row in rows where row.count >= 3 && row.count <= 64 {
            // A cell that is a literal with its line end belongs to a program's call.
            for (index, cell) in row.enumerated() where !cell.suffix(2).elementsEqual("\\n".utf8) {
                if columns.count <= index { columns.append(Column()) }
                switch LineShape(cell[...]) {
                case .command: columns[index].commands += 1
                // A number alone is some other column's.
                case .reply where cell.count > 3: columns[index].replies += 1
                case .reply, .dot, .blank, .other: break
                }
            }
        }
        guard let commands = columns.indices.max(by: { columns[$0].commands < columns[$1].commands }),
            let replies = columns.indices.max(by: { columns[$0].replies < columns[$1].replies }),
            columns[commands].commands >= 2, columns[replies].replies >= 2
        else { return nil }
        return (commands, replies)
    }

    var dialect: Dialect {
        Dialect(name: "a log whose columns were learned from its cells") { [self] in peel($0) }
    }

    private func peel(_ line: ArraySlice<UInt8>) -> Peeled? {
        let cells = separator.cells(line)
        guard cells.count >= 3, cells.indices.contains(commands), cells.indices.contains(replies) else { return nil }
        var peeled: Peeled
        if commands == replies {
            guard let side = LineShape(cells[commands][...]).side else { return nil }
            peeled = Peeled(.said(side, cells[commands][...]))
        } else {
            let command = LineShape(cells[commands][...]).side == .client ? cells[commands][...] : []
            let reply = LineShape(cells[replies][...]).side == .server ? cells[replies][...] : []
            guard !command.isEmpty || !reply.isEmpty else { return nil }
            peeled = Peeled(.turn(command, reply))
        }
        peeled.time = cells.lazy.compactMap { TimeStamp.read($0[...])?.stamp }.first
        return peeled
    }
}

/// Values between separators, in quotation marks where they hold one (RFC 4180 §2).
enum SeparatedValues {
    static func fields(_ line: ArraySlice<UInt8>, separator: UInt8) -> [[UInt8]] {
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        var position = line.startIndex
        while position < line.endIndex {
            let octet = line[position]
            position += 1
            if isQuoted, octet == UInt8(ascii: "\"") {
                // Two of them are one.
                if position < line.endIndex, line[position] == octet {
                    fields[fields.count - 1].append(octet)
                    position += 1
                } else {
                    isQuoted = false
                }
            } else if !isQuoted, octet == UInt8(ascii: "\""), fields[fields.count - 1].isEmpty {
                isQuoted = true
            } else if !isQuoted, octet == separator {
                fields.append([])
                // `a, b`: the blank behind a separator is the log's.
                if separator != 9, position < line.endIndex, line[position] == 32 { position += 1 }
            } else {
                fields[fields.count - 1].append(octet)
            }
        }
        return fields
    }
}
