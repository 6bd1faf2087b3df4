import SMTP
import Testing

@testable import Tracing

/// Lines that are taken where they stand are what the observer makes of them when it is given them to keep.
@Suite struct PlainLineTests {
    /// What a glance tells; `closely` sees to it that no line is taken where it stands.
    private struct Told: Equatable {
        let listed: ListedSession
        let verdict: Verdict
        let names: [[UInt8]?]
        let recipients: Int
        let mails: [MailTies.Mail]

        init(_ events: [WireEvent], closely: Bool) {
            var glance = SessionGlance()
            for event in events {
                if closely, case .octets(let side, let octets, let marks) = event.kind {
                    // A mark of nothing marks nothing, and is a reason to look closely all the same.
                    glance.take(octets, side, event.leg, marks: marks + [0..<0])
                } else {
                    glance.take(event)
                }
            }
            verdict = glance.verdict()
            listed = ListedSession(number: 0, began: "", client: nil, server: glance.endpoint, glance, verdict)
            (names, recipients, mails) = ([glance.clientName, glance.serverName], glance.recipients, glance.mails)
        }
    }

    @Test(arguments: Session.all) func `a glance sees the same`(session: Session) {
        #expect(Told(session.events, closely: false) == Told(session.events, closely: true))
    }

    @Test(arguments: 0..<20) func `a glance sees the same of sessions that nobody would write`(seed: Int) {
        var dice = RandomSessionTests.Dice(state: UInt64(seed))
        for _ in 0..<RandomSessionTests.sessions {
            let events = RandomSessionTests.events(&dice)
            #expect(Told(events, closely: false) == Told(events, closely: true), "\(events)")
        }
    }

    // MARK: The observer

    /// What an observer said, and where it stands in the end.
    private struct Observed: Equatable {
        struct Said: Equatable {
            let side: Side
            let kind: Utterance.Kind
            let octets: [UInt8]
        }

        var said: [Said] = []
        /// How many lines were taken where they stood.
        var plain = 0
        private(set) var standing: [String] = []

        init(_ events: [WireEvent], plainly: Bool) {
            var reader = SessionReader()
            for event in events where event.leg == .relay {
                switch event.kind {
                case .octets(let side, let octets, _): take(octets, side, plainly, &reader)
                case .connected: reader.connected()
                case .tls: reader.secured()
                case .gap(let side, let count, _):
                    _ = reader.finish(side, isCut: true)
                    reader.gap(count, from: side)
                default: break
                }
            }
            standing = [
                "\(reader.mode) \(reader.sequence.phase) \(reader.waiting) \(reader.isInReply) \(reader.hasQuit)",
                "\(reader.joinedLate) \(reader.isForeign) \(reader.offer) \(reader.isChallenged) \(reader.saidQuit)",
                "\(reader.client.received) \(reader.server.received) \(reader.mayHoldCredential([]))",
                "\(reader.sequenceOnceAnswered()) \(reader.holdsBeginning) \(reader.seesClient) \(reader.isUntouched)",
            ]
        }

        private mutating func take(_ octets: [UInt8], _ side: Side, _ plainly: Bool, _ reader: inout SessionReader) {
            if side == .server, reader.holdsBeginning {
                reader.decideBeginning()
                drain(.client, &reader)
            }
            var rest = octets[...]
            while plainly, let line = rest.withUnsafeBufferPointer({ reader.takePlainLine($0, from: side) }) {
                let kind: Utterance.Kind =
                    switch line.kind {
                    case .command(let asked): .command(asked)
                    case .reply(let answer): .reply(answer)
                    }
                said.append(Said(side: side, kind: kind, octets: Array(rest.prefix(line.count))))
                plain += 1
                rest = rest.dropFirst(line.count + 2)
            }
            if !rest.isEmpty { reader.append(Array(rest), from: side) }
            drain(side, &reader)
        }

        private mutating func drain(_ side: Side, _ reader: inout SessionReader) {
            while let next = reader.next(side) {
                said.append(Said(side: side, kind: next.kind, octets: next.octets))
            }
        }

        static func == (left: Observed, right: Observed) -> Bool {
            left.said == right.said && left.standing == right.standing
        }
    }

    @Test(arguments: Session.all) func `the observer says the same`(session: Session) {
        let plainly = Observed(session.events, plainly: true)
        let closely = Observed(session.events, plainly: false)
        #expect(plainly.said == closely.said)
        #expect(plainly.standing == closely.standing)
    }

    @Test(arguments: 0..<20) func `the observer says the same of sessions that nobody would write`(seed: Int) {
        var dice = RandomSessionTests.Dice(state: UInt64(seed) &+ 1000)
        for _ in 0..<RandomSessionTests.sessions {
            let events = RandomSessionTests.events(&dice)
            #expect(Observed(events, plainly: true) == Observed(events, plainly: false), "\(events)")
        }
    }

    @Test func `most lines of the fixtures are plain`() {
        let observed = Session.all.map { Observed($0.events, plainly: true) }
        let (plain, said) = observed.reduce((0, 0)) { ($0.0 + $1.plain, $0.1 + $1.said.count) }
        #expect(plain * 3 > said, "\(plain) of \(said)")
    }
}
