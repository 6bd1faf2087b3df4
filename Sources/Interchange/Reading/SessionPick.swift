public import Tracing

/// Which sessions of a log or a stream are wanted: those with one machine, or those in which one queue id is named.
///
/// It decides by what is known of a session so far; once it is wanted it stays so. Names and ids are whole words, small letters as good as
/// capitals: `192.0.2.1` is not in `192.0.2.10`. Wrong input is none: what nobody names picks nothing.
public struct SessionPick: Equatable, Sendable {
    /// What of the wanted was named so far.
    public struct Found: Equatable, Sendable {
        fileprivate var peer = false
        fileprivate var queueID = false

        public init() {}
    }

    private let peer: [UInt8]?
    private let queueID: [UInt8]?

    /// An address or a name of a machine, and a queue id; nil for whichever is wanted.
    public init(peer: String?, queueID: String?) {
        self.peer = peer.map { Self.folded($0.utf8) }
        self.queueID = queueID.map { Self.folded($0.utf8) }
    }

    public var wantsAll: Bool { peer == nil && queueID == nil }

    public func isEnough(_ found: Found) -> Bool { (peer == nil || found.peer) && (queueID == nil || found.queueID) }

    public func wants(_ recording: Recording) -> Bool {
        var found = Found()
        look(at: recording.header, &found)
        for event in recording.events where !isEnough(found) { look(at: event, &found) }
        return isEnough(found)
    }

    /// The title of a session in a log names its client or its queue id.
    public func look(at header: Recording.Header, _ found: inout Found) {
        for text in [header.ends?.client, header.ends?.server, header.title].compactMap(\.self) {
            look(for: peer, in: text.utf8, &found.peer)
        }
        look(for: queueID, in: header.title.utf8, &found.queueID)
    }

    /// A machine is named where it is connected to, a queue id in replies and in remarks of a log.
    public func look(at event: WireEvent, _ found: inout Found) {
        switch event.kind {
        case .connect(let endpoint), .connected(let endpoint): look(for: peer, in: endpoint.utf8, &found.peer)
        case .octets(from: .server, let octets, _): look(for: queueID, in: octets, &found.queueID)
        case .note(let words): look(for: queueID, in: words.utf8, &found.queueID)
        default: break
        }
    }

    private func look(for wanted: [UInt8]?, in text: some Collection<UInt8>, _ found: inout Bool) {
        guard !found, let wanted, !wanted.isEmpty, text.count >= wanted.count else { return }
        let text = Self.folded(text)
        for start in 0...(text.count - wanted.count) where text[start] == wanted[0] {
            let end = start + wanted.count
            guard text[start..<end].elementsEqual(wanted) else { continue }
            let before = start > 0 ? text[start - 1] : 32
            let behind = end < text.count ? text[end] : 32
            // A dot goes on with a name where something stands behind it; at the end of a sentence it does not.
            let goesOn = behind == UInt8(ascii: ".") && end + 1 < text.count && Self.isPart(text[end + 1])
            if !Self.isPart(before), before != UInt8(ascii: "."), !Self.isPart(behind), !goesOn { return found = true }
        }
    }

    /// Letters, digits, and the hyphen of a name.
    private static func isPart(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x61...0x7A).contains(octet) || octet == UInt8(ascii: "-") || octet >= 0x80
    }

    private static func folded(_ text: some Sequence<UInt8>) -> [UInt8] {
        text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}

/// Lets of a stream those sessions through that are wanted. What is told of one before that is known waits.
public struct PickedNews {
    private let pick: SessionPick
    private var waiting: [Int: (news: [SessionNews], found: SessionPick.Found)] = [:]
    private var wanted: Set<Int> = []

    public init(_ pick: SessionPick) { self.pick = pick }

    public mutating func picked(_ news: [SessionNews]) -> [SessionNews] {
        pick.wantsAll ? news : news.flatMap { take($0) }
    }

    private mutating func take(_ news: SessionNews) -> [SessionNews] {
        let number = news.number
        if wanted.contains(number) { return [news] }
        var held = waiting.removeValue(forKey: number) ?? ([], SessionPick.Found())
        held.news.append(news)
        switch news.kind {
        case .began(let header):
            // What was told before is void.
            held = ([news], SessionPick.Found())
            pick.look(at: header, &held.found)
        case .named(let header): pick.look(at: header, &held.found)
        case .happened(let event): pick.look(at: event, &held.found)
        case .void, .over: return []
        }
        guard pick.isEnough(held.found) else {
            waiting[number] = held
            return []
        }
        wanted.insert(number)
        return held.news
    }
}
