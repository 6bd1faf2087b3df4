import Testing

@testable import SMTP

@Suite struct CommandTests {
    @Test(arguments: rows)
    func `a command line is read as it was meant, with its departures`(row: Row) {
        let octets = Array(row.line.utf8)
        let reading = Command.read(octets)
        #expect(reading.value.verb == row.verb)
        #expect(reading.value.argument == row.argument)
        #expect(reading.value.parameters == row.parameters)
        #expect(reading.departures.map(\.kind) == row.departures)
        if let pieces = row.pieces {
            #expect(reading.lexemes.map { Array(octets[$0.range]).lossyText }.joined(separator: "|") == pieces)
        }
    }

    @Test(arguments: rows)
    func `lexemes lie end to end over the whole line, departures within it`(row: Row) {
        let reading = Command.read(Array(row.line.utf8))
        var end = 0
        for lexeme in reading.lexemes {
            #expect(lexeme.range.lowerBound == end && !lexeme.range.isEmpty)
            end = lexeme.range.upperBound
        }
        #expect(end == row.line.utf8.count)
        for departure in reading.departures { #expect(departure.range.upperBound <= row.line.utf8.count) }
    }

    /// Every prefix and every one-octet change of every row: reading never traps, and the lexemes always tile.
    @Test func `whatever is put into a line, its lexemes tile it`() {
        for row in Self.rows where row.line.utf8.count < 80 {
            let octets = Array(row.line.utf8)
            let prefixes = octets.indices.map { Array(octets[..<$0]) }
            var changes: [[UInt8]] = []
            for index in octets.indices {
                for octet: UInt8 in [0, 9, 13, 32, 34, 58, 60, 62, 64, 92, 255] {
                    var changed = octets
                    changed[index] = octet
                    changes.append(changed)
                }
            }
            for line in prefixes + changes {
                let lexemes = Command.read(line).lexemes
                let ends = [0] + lexemes.map(\.range.upperBound)
                #expect(lexemes.map(\.range.lowerBound) == ends.dropLast())
                #expect(ends.last == line.count)
            }
        }
    }

    @Test func `a command has a name and the values of its parameters`() {
        let command = Command.read(Array("mail from:<a@b.example> size=5 SMTPUTF8".utf8)).value
        #expect(command.name == "MAIL")
        #expect(command.value(of: "SIZE") == Array("5".utf8))
        #expect(command.value(of: "SMTPUTF8") == nil)
        #expect(command.value(of: "BODY") == nil)
        #expect(Command.read(Array("brtz".utf8)).value.name == "BRTZ")
    }

    @Test(arguments: [
        ("BDAT 1", CommandSequence.Turn.chunk), ("BDAT 1 LAST", .lastChunk), ("EHLO x", .hello), ("brtz", .unknown),
        ("VRFY x", .anytime), ("", .unknown), ("MAIL FROM:<>", .mail), ("XCLIENT NAME=x", .rset),
    ])
    func `a command takes a turn`(line: String, turn: CommandSequence.Turn) {
        #expect(Command.read(Array(line.utf8)).value.turn == turn)
    }
}
