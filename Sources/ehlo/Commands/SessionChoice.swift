import ArgumentParser
import Interchange
import Tracing

/// Which sessions of a file are meant: `--session N` or `--session all`.
enum SessionChoice: ExpressibleByArgument, Equatable {
    case all
    case one(Int)

    init?(argument: String) {
        if argument.lowercased() == "all" {
            self = .all
        } else if let number = Int(argument) {
            self = .one(number)
        } else {
            return nil
        }
    }

    /// The numbers of those that are meant; all where nothing was said.
    static func sessions(of file: SessionFile, _ choice: SessionChoice?) throws(CommandError) -> Range<Int> {
        guard case .one(let number) = choice else { return 0..<file.count }
        guard (0..<file.count).contains(number) else {
            let count = file.count == 1 ? "one session, which is 0" : "\(file.count) sessions, 0 to \(file.count - 1)"
            throw CommandError(
                .usage,
                "--session \(number): the file holds \(count); 'ehlo replay FILE --list' shows what is in it"
            )
        }
        return number..<number + 1
    }

    /// The numbers of those among them that a filter wants; without one, all. That nothing is like it is an error.
    static func sessions(of file: SessionFile, _ choice: SessionChoice?, _ filter: String?) throws(CommandError)
        -> [Int]
    {
        let range = try sessions(of: file, choice)
        guard let filter else { return Array(range) }
        let wanted = SessionFilter(filter)
        var numbers: [Int] = []
        file.eachListing(range) { if wanted.wants($0.session) { numbers.append($0.session.number) } }
        guard !numbers.isEmpty else { throw nothingIsLike(filter) }
        return numbers
    }

    static func nothingIsLike(_ filter: String) -> CommandError {
        CommandError(
            .noInput,
            "no session of the file is like --filter '\(Escaping.message(filter))'; --list without it shows all"
        )
    }
}
