import SMTP
import Tracing

/// Cuts what a client sends into what must wait for a person, which is a line, and what may pass, which is mail data, chunks
/// and TLS.
///
/// It decides what is next; it does not know sockets, nor who lets lines pass. What comes behind DATA waits for the answer to
/// it, since that decides whether it is mail data. Wrong input: none; a line without an end is held as it stands when it is
/// longer than any line may be, or when the client says no more.
struct TapHold {
    enum Next: Equatable {
        case pass([UInt8])
        /// A line with its ending.
        case hold([UInt8])
        /// More has to come first.
        case wait
    }

    private(set) var waiting: [UInt8] = []
    /// The client says no more.
    var hasEnded = false

    /// More than this is not taken in before some of it has passed.
    static let maxWaiting = 256 << 10
    private static let maxLine = 65_536

    mutating func append(_ octets: [UInt8]) { waiting += octets }

    /// What is next in the octets that wait, which is taken out of them.
    mutating func next(_ reader: SessionReader) -> Next {
        guard !waiting.isEmpty else { return .wait }
        guard !reader.expectsTLS, !reader.speaksTLSToCommands else { return .pass(take(waiting.count)) }
        switch reader.mode {
        case .chunk(let remaining, _): return .pass(take(Int(min(remaining, UInt64(waiting.count)))))
        case .mailData: return .pass(take(mailDataCount(reader)))
        case .commands, .saslResponse, .strayMailData:
            if reader.awaitsAnswerToData, !hasEnded { return .wait }
            // A TLS record has no line end, and octets like one anywhere.
            if reader.isUntouched, TLSRecord.isClientHello(waiting) { return .pass(take(waiting.count)) }
            if let feed = waiting.firstIndex(of: 10) { return .hold(take(feed + 1)) }
            return hasEnded || waiting.count > Self.maxLine ? .hold(take(waiting.count)) : .wait
        }
    }

    /// How many of the octets are mail data: up to the line with the lone dot, or all.
    private func mailDataCount(_ reader: SessionReader) -> Int {
        var reader = reader
        var end = 0
        while end < waiting.count, reader.mode == .mailData {
            let next = waiting[end...].firstIndex(of: 10).map { $0 + 1 } ?? waiting.count
            _ = reader.credentials(in: Array(waiting[end..<next]), from: .client)
            end = next
        }
        return end
    }

    /// What waits, and will not be passed on.
    mutating func takeAll() -> [UInt8] { take(waiting.count) }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }
}

extension LiveHold.Held {
    /// A line that waits in a tap, its credentials masked.
    init(line: [UInt8], _ reader: SessionReader, target: String) {
        var before = reader
        var reader = reader
        let credentials = reader.credentials(in: line, from: .client)
        let command = Command.read(Array(line.prefix { $0 != 13 && $0 != 10 })).value
        let step: Step =
            switch command.turn {
            case .mail: .mail
            case .rcpt: .rcpt
            case .data, .chunk, .lastChunk: .data
            case .quit: .quit
            default: .ehlo
            }
        self.init(step: step, octets: Mask.over(line, credentials).octets, target: target)
        phase = before.sequenceOnceAnswered().phase
        offer = before.offer
    }

    /// What goes over the wire in the place of `line`, of which a person saw and edited this: where the mask of a credential was
    /// left alone, the credential goes.
    static func unmasked(_ edited: [UInt8], line: [UInt8], _ reader: SessionReader) -> [UInt8] {
        var reader = reader
        guard let secret = reader.credentials(in: line, from: .client).first,
            let mask = edited.firstRange(of: Mask.octets)
        else {
            return edited
        }
        return Array(edited[..<mask.lowerBound]) + Array(line[secret]) + Array(edited[mask.upperBound...])
    }
}
