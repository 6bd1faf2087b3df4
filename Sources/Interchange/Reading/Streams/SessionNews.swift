public import Tracing

/// What a text that comes little by little tells of a session.
public struct SessionNews: Sendable {
    public enum Kind: Sendable {
        /// It begins; told a second time, it was read otherwise before, and what was told of it is void.
        case began(Recording.Header)
        /// More is known of it as a whole: its title, when it began.
        case named(Recording.Header)
        case happened(WireEvent)
        /// It turned out to be no session.
        case void
        /// Nobody speaks in it any more; what of it could not be used, or had to be inferred.
        case over(warnings: [String])
    }

    /// Counted from 0 in the order in which they were first told of.
    public let number: Int
    public let kind: Kind
}

/// One session as far as it was told. From each reading of its lines it makes what is new.
///
/// It decides what of a reading was told before. Wrong input is a reading that contradicts what was told, because later lines
/// showed a line in another light: then the session is told anew.
struct ToldSession {
    let number: Int
    private var told: [WireEvent] = []
    private var header: Recording.Header?
    private(set) var isOver = false
    /// At how many lines it is looked at again while lines come without a pause.
    private(set) var due = 0

    init(number: Int) { self.number = number }

    /// Lines of a long session are told by the eighth part, so that reading all of it anew each time stays cheap.
    mutating func read(lines: Int) { due = lines + max(1, lines / 8) }

    /// What is new. The last event may still grow or be taken back, so that it is told when the lines pause; what was told once is
    /// not held back again.
    mutating func news(of recording: Recording, isPause: Bool) -> [SessionNews] {
        let isHeld = !isPause && recording.events.count > told.count
        let known = isHeld ? Array(recording.events.dropLast()) : recording.events
        guard !isOver, !known.isEmpty else { return [] }
        defer { (told, header) = (known, recording.header) }
        guard let more = Self.more(in: known, than: told), !told.isEmpty else {
            return [news(.began(recording.header))] + known.map(happened)
        }
        return (header == recording.header ? [] : [news(.named(recording.header))]) + more.map(happened)
    }

    /// It was told of, and turned out to be none.
    mutating func withdraw() -> [SessionNews] {
        guard !isOver else { return [] }
        isOver = true
        return [news(.void)]
    }

    /// The rest of it, and that it is over.
    mutating func end(_ recording: Recording) -> [SessionNews] {
        guard !isOver else { return [] }
        let news = news(of: recording, isPause: true)
        (isOver, told) = (true, [])
        return news + [self.news(.over(warnings: recording.warnings))]
    }

    private func news(_ kind: SessionNews.Kind) -> SessionNews { .init(number: number, kind: kind) }
    private func happened(_ event: WireEvent) -> SessionNews { news(.happened(event)) }

    /// The events behind those that were told; nil when those are not how it begins.
    private static func more(in events: [WireEvent], than told: [WireEvent]) -> [WireEvent]? {
        guard events.count >= told.count else { return nil }
        var more: [WireEvent] = []
        for (place, (event, before)) in zip(events, told).enumerated() where event != before {
            if place == SessionDraft.placeOfReading, case .note = event.kind, case .note = before.kind { continue }
            guard place == told.count - 1, let rest = event.behind(before) else { return nil }
            more = [rest]
        }
        return more + events[told.count...]
    }
}

extension WireEvent {
    /// The octets behind those of an event that this one goes on with; nil when it does not.
    fileprivate func behind(_ before: WireEvent) -> WireEvent? {
        guard case .octets(let side, let all, let marks) = kind, case .octets(side, let first, _) = before.kind,
            time == before.time, leg == before.leg, all.count > first.count, all.starts(with: first)
        else { return nil }
        let rest = marks.compactMap { mark -> Range<Int>? in
            let part = mark.clamped(to: first.count..<all.count)
            return part.isEmpty ? nil : part.lowerBound - first.count..<part.upperBound - first.count
        }
        var event = self
        event.kind = .octets(from: side, Array(all[first.count...]), credentials: rest)
        return event
    }
}
