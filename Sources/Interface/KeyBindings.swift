public import Screen

/// Which key means what, where a person changed that: what the table of keys says, with other keys in some of its rows.
///
/// Enter, Esc and the keys with Control stay what they are: one of them sends, one leads out, and the others have to work however
/// the rest was changed.
public struct KeyBindings: Equatable, Sendable {
    /// Why keys cannot be changed like this: whose row it is about, and what is wrong.
    public struct BindingError: Error, Equatable {
        public let name: String
        public let message: String
    }

    /// The keys of the rows that were changed, by name.
    private var changed: [String: [Key]] = [:]
    /// What each key means; nil where nothing was changed. The table's own are looked up when a key is pressed, since what only prints
    /// never needs them.
    private var byKey: [Key: Input]?
    /// How the keys that rows had are written now, for the key bar.
    private var written: [String: String] = [:]

    /// Those of the table.
    public static let usual = KeyBindings()

    private init() {}

    /// `wanted` is in the order of the file: names of rows, and the keys for each, parted by blanks.
    public init(_ wanted: [(name: String, keys: String)]) throws(BindingError) {
        for (name, words) in wanted {
            guard KeyTable.rows.contains(where: { $0.name == name && !$0.isFixed }) else {
                throw BindingError(name: name, message: "there is nothing of that name to press; see 'ehlo config'")
            }
            changed[name] = try Self.keys(words, for: name)
        }
        try assign(wanted.map(\.name))
    }

    private static func keys(_ words: String, for name: String) throws(BindingError) -> [Key] {
        var keys: [Key] = []
        for word in words.split(separator: " ") {
            guard let key = KeyName.key(String(word)) else {
                throw BindingError(
                    name: name,
                    message: "'\(word)' is no key; write one character, or one of \(KeyName.all)"
                )
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw BindingError(name: name, message: "no key is named") }
        return keys
    }

    /// Gives each key its meaning. What was changed is put in last and in its order, so that a collision is told of the line
    /// that made it.
    private mutating func assign(_ order: [String]) throws(BindingError) {
        var owners: [Key: KeyTable.Row] = [:]
        var inputs: [Key: Input] = [:]
        let rows =
            KeyTable.rows.filter { changed[$0.name] == nil }
            + order.compactMap { name in KeyTable.rows.first { $0.name == name } }
        for row in rows {
            for key in keys(of: row) {
                if let other = owners[key], other.input != row.input {
                    let words = "\(KeyName.text(key)) is the key of '\(other.name)' already; give one of them another"
                    throw BindingError(name: row.name, message: words)
                }
                (owners[key], inputs[key]) = (row, row.input)
            }
            if changed[row.name] != nil, let first = keys(of: row).first {
                for usual in row.shown.split(separator: " ") { written[String(usual)] = KeyName.text(first) }
            }
        }
        byKey = inputs
    }

    /// The keys of a row as they are now.
    public func keys(of row: KeyTable.Row) -> [Key] { changed[row.name] ?? row.keys }

    /// The keys of a row as help has them.
    func shown(_ row: KeyTable.Row) -> String {
        changed[row.name].map { $0.map(KeyName.text).joined(separator: "  ") } ?? row.shown
    }

    /// As the file has them.
    public func words(_ row: KeyTable.Row) -> String { keys(of: row).map(KeyName.text).joined(separator: " ") }

    /// How a key of the table is to be written now.
    func written(_ usual: String) -> String { written[usual] ?? usual }

    func input(for key: Key) -> Input? { (byKey ?? KeyTable.usualInputs)[key] }
}

extension State {
    /// How a key of the table is to be written in words for a person, who may have given its row another.
    public func key(_ usual: String) -> String { view.bindings.written(usual) }
}

/// Keys in words, both ways.
enum KeyName {
    /// THE table of keys that are no characters.
    private static let names: [(name: String, key: Key)] =
        [
            ("Space", .character(" ")), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("Shift-Tab", .backTab),
            ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home), ("End", .end),
            ("PgUp", .pageUp), ("PgDn", .pageDown), ("Backspace", .backspace), ("Del", .delete), ("Ins", .insert),
        ] + (1...12).map { ("F\($0)", .function($0)) }

    /// For a message.
    static let all = names.prefix(16).map(\.name).joined(separator: ", ") + ", F1 to F12"

    static func key(_ text: String) -> Key? {
        if let named = names.first(where: { $0.name.lowercased() == text.lowercased() }) { return named.key }
        if text.count == 2, text.first == "^", let letter = text.lowercased().last, isFree(letter) {
            return .control(letter)
        }
        guard text.unicodeScalars.count == 1, let character = text.first, !isControl(character) else { return nil }
        return .character(character)
    }

    /// Whether a letter with Control is no key that stays what it is, and no other key in disguise: ^H, ^I, ^J and ^M are.
    private static func isFree(_ letter: Character) -> Bool {
        ("a"..."z").contains(letter) && !"clzhijm".contains(letter)
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    static func text(_ key: Key) -> String {
        if let named = names.first(where: { $0.key == key }) { return named.name }
        switch key {
        case .character(let character): return String(character)
        case .control(let character): return "^\(String(character).uppercased())"
        default: return "?"
        }
    }
}
