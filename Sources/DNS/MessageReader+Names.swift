extension MessageScan {
    /// Reads a name, following pointers (RFC 1035 §4.1.4).
    ///
    /// Nil when the name cannot be read although its end in the message is known: the departure is noted and reading
    /// goes on. A pointer must point before the run of labels in which it stands. Each jump therefore leads further
    /// back, and walking a name ends whatever the octets are.
    mutating func name(_ kind: MessageReading.Kind) throws(ScanError) -> Name? {
        var walk = Walk(at: at)
        while true {
            guard walk.at < limit else { return try ranOut(walk, kind) }
            let length = Int(octets[walk.at])
            switch length >> 6 {
            case 0b00 where length == 0:
                walk.end = walk.end ?? walk.at + 1
                return finish(walk, kind)
            case 0b00:
                guard walk.at + 1 + length <= limit else { return try ranOut(walk, kind) }
                walk.append(octets[walk.at + 1...walk.at + length])
            case 0b11:
                guard walk.at + 1 < limit else { return try ranOut(walk, kind) }
                let target = (length & 0x3F) << 8 | Int(octets[walk.at + 1])
                walk.end = walk.end ?? walk.at + 2
                if let departure = fault(ofPointerTo: target, walk) { return finish(walk, kind, departure) }
                walk.at = target
                walk.run = target
            default:
                let departure = MessageReading.Departure.reservedLabelType(at: walk.at)
                guard walk.end == nil else { return finish(walk, kind, departure) }
                reading.departures.append(departure)
                throw .lost
            }
        }
    }

    /// A walk over the labels of one name.
    private struct Walk {
        var at: Int
        /// Where the labels being walked began.
        var run: Int
        /// Where the name ends in the place at which it stands; unknown until the root or the first pointer.
        var end: Int?
        var labels: [[UInt8]] = []
        /// Octets in wire form, root included. May exceed the limit while the end is sought.
        var count = 1

        init(at: Int) { (self.at, run) = (at, at) }

        mutating func append(_ label: ArraySlice<UInt8>) {
            count += label.count + 1
            if count <= Name.maxOctets { labels.append(Array(label)) }
            at += label.count + 1
        }
    }

    private func fault(ofPointerTo target: Int, _ walk: Walk) -> MessageReading.Departure? {
        if target >= octets.count { return .pointerOutOfRange(at: walk.at, target: target) }
        if target < 12 { return .pointerIntoHeader(at: walk.at, target: target) }
        if target > walk.at { return .pointerForward(at: walk.at, target: target) }
        if target >= walk.run { return .compressionLoop(at: walk.at) }
        return nil
    }

    private mutating func finish(
        _ walk: Walk,
        _ kind: MessageReading.Kind,
        _ departure: MessageReading.Departure? = nil
    ) -> Name? {
        let start = at
        take(kind, (walk.end ?? at) - at)
        let tooLong = walk.count > Name.maxOctets ? MessageReading.Departure.nameTooLong(at: start) : nil
        guard let departure = departure ?? tooLong else { return Name(checked: walk.labels) }
        reading.departures.append(departure)
        return nil
    }

    private mutating func ranOut(_ walk: Walk, _ kind: MessageReading.Kind) throws(ScanError) -> Name? {
        guard walk.end != nil else { throw .short }
        return finish(walk, kind, .nameRunsOut(at: at))
    }
}
