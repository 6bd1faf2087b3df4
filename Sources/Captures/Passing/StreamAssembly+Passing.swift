/// A connection that passes: what comes later is not known yet, so what is missing is waited for, for a while.
extension StreamAssembly {
    /// For so many nanoseconds of the capture what is missing is waited for; a sender sends again sooner (RFC 6298 §2).
    static let patience: Int64 = 3_000_000_000
    /// The most segments that wait for it, and the most octets.
    static let maxPassing = 512
    static let maxPassingOctets = 1 << 20

    /// Something waits for octets that did not come.
    var isWaiting: Bool { !held.isEmpty || streams.contains { !$0.waiting.isEmpty } }
    /// Both sides have closed the connection, or one has reset it.
    var isOver: Bool { hasReset || streams.allSatisfy(\.hasEnded) }

    /// Takes the next segment as it passed; `kept` says how many octets are kept.
    mutating func takePassing(_ segment: Segment, _ flow: Flow, kept: Int) {
        takeInTurn(segment, flow)
        guard isWaiting else { return }
        let count = held.count + streams[0].waiting.count + streams[1].waiting.count
        let oldest = streams.reduce(held.oldestTime ?? .max) { min($0, $1.waiting.map(\.segment.time).min() ?? .max) }
        let isLate = segment.time > oldest && segment.time - oldest > Self.patience
        if isLate || count > Self.maxPassing || kept > Self.maxPassingOctets { giveUp(flow) }
    }

    /// What did not come is taken for lost; what waited for it goes on.
    mutating func giveUp(_ flow: Flow) {
        for direction in Direction.allCases { streams[direction.rawValue].givenUp = .max }
        while let segment = held.oldest() { take(segment, flow) }
        for direction in Direction.allCases {
            while !streams[direction.rawValue].waiting.isEmpty { skipToWaiting(direction) }
            finishIfEnded(direction)
            streams[direction.rawValue].givenUp = 0
        }
    }

    /// Nothing more will come.
    mutating func finishPassing(_ flow: Flow) {
        giveUp(flow)
        for direction in Direction.allCases {
            if let end = streams[direction.rawValue].end { streams[direction.rawValue].offset = end.offset }
            finishIfEnded(direction)
        }
    }

    /// Octets before `place` are kept no longer.
    mutating func forget(before place: Int) {
        for number in streams.indices {
            let gone = streams[number].delivered.prefix { $0.place + $0.count <= place }.count
            if gone > 0 { streams[number].delivered.removeFirst(gone) }
        }
    }
}
