import Glibc

/// Divides work among the processors.
///
/// On threads of its own: what takes long does not belong on those that run Swift's tasks.
public enum Processors {
    /// How many take part.
    private static let count = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// What `make` makes of numbered things, given to `body` in their order. A processor makes up to `atOnce` of them at a time, and
    /// no more are held than all can make twice. `make` is called from several threads at once, and changes nothing that they share.
    public static func each<Row: Sendable, Failure: Error>(
        of numbers: Range<Int>,
        atOnce: Int,
        making make: @Sendable (Range<Int>) -> [Row],
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        try eachPart(of: numbers, atOnce: atOnce, making: make) { (rows) throws(Failure) in
            for row in rows { try body(row) }
        }
    }

    /// The same, with what was made at a time given out together: for whoever keeps it.
    public static func eachPart<Row: Sendable, Failure: Error>(
        of numbers: Range<Int>,
        atOnce: Int,
        making make: @Sendable (Range<Int>) -> [Row],
        _ body: ([Row]) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = numbers
        try withoutActuallyEscaping(make) { (make) throws(Failure) in
            try inOrder(
                { () -> Crew<Row>.Work? in
                    guard !rest.isEmpty else { return nil }
                    let part = rest.prefix(atOnce)
                    rest = rest.dropFirst(atOnce)
                    return { make(part) }
                },
                body
            )
        }
    }

    /// What `make` makes of things that come one after another, given to `body` in the order in which they came. Others make
    /// something of up to `atOnce` of them at a time while this thread asks for more. `make` is called as in `each`.
    public static func pipeline<Thing: Sendable, Row: Sendable, Failure: Error>(
        atOnce: Int,
        from next: () -> Thing?,
        making make: @escaping @Sendable (Thing) -> Row,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        var isOver = false
        try inOrder(
            { () -> Crew<Row>.Work? in
                var things: [Thing] = []
                while !isOver, things.count < atOnce {
                    if let thing = next() { things.append(thing) } else { isOver = true }
                }
                guard !things.isEmpty else { return nil }
                return { [things] in things.map(make) }
            },
            { (rows) throws(Failure) in for row in rows { try body(row) } }
        )
    }

    /// Whoever is free takes what is next, this thread too where it would have to wait.
    private static func inOrder<Row: Sendable, Failure: Error>(
        _ next: () -> Crew<Row>.Work?,
        _ body: ([Row]) throws(Failure) -> Void
    ) throws(Failure) {
        let crew = Crew<Row>(beside: count - 1)
        defer { crew.dismiss() }
        var isOver = false
        while true {
            while !isOver, crew.held < count * 2 {
                if let work = next() { crew.add(work) } else { isOver = true }
            }
            guard let rows = crew.first() else { return }
            try body(rows)
        }
    }
}
