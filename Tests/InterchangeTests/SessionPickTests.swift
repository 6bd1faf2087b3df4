import Foundation
import Testing
import Tracing

@testable import Interchange

@Suite struct `Sessions that are picked` {
    private static func session(_ client: String, _ id: String) -> Recording {
        var header = Recording.Header(began: "", title: "a session with \(client)", source: "")
        header.ends = .init(client: client, server: "mx1.receiver.example [192.0.2.1]:25")
        return Recording(
            header: header,
            events: [
                WireEvent(.octets(from: .client, Array("RSET 77AB\r\n".utf8)), leg: .relay),
                WireEvent(.octets(from: .server, Array("250 2.0.0 Ok: queued as \(id)\r\n".utf8)), leg: .relay),
            ]
        )
    }

    @Test(arguments: [
        ("192.0.2.7", nil, true), ("192.0.2.70", nil, false), ("92.0.2.7", nil, false), ("2.0.2.7", nil, false),
        ("MX1.Receiver.Example", nil, true), ("mx1", nil, false), ("receiver.example", nil, false),
        ("192.0.2.1", nil, true),
        (nil, "4A1B2C", true), (nil, "4a1b2c", true), (nil, "4A1B2", false), (nil, "77AB", false),
        ("192.0.2.7", "4A1B2C", true), ("192.0.2.9", "4A1B2C", false), ("", nil, false), (nil, nil, true),
    ])
    func `a machine and a queue id are whole words`(peer: String?, id: String?, wanted: Bool) {
        let pick = SessionPick(peer: peer, queueID: id)
        #expect(pick.wants(Self.session("client.example[192.0.2.7]", "4A1B2C")) == wanted)
    }

    @Test func `of a file those are left that are wanted`() throws {
        let all = [
            Self.session("[192.0.2.7]", "A1"), Self.session("[192.0.2.8]", "B2"), Self.session("[192.0.2.7]", "C3"),
        ]
        let file = SessionFile(all, path: "x")
        #expect(file.picking(SessionPick(peer: "192.0.2.7", queueID: nil))?.sessions.map(\.header.title).count == 2)
        #expect(file.picking(SessionPick(peer: "192.0.2.7", queueID: "C3")).map { Array($0.sessions) } == [all[2]])
        #expect(file.picking(SessionPick(peer: "192.0.2.9", queueID: nil)) == nil)
        #expect(file.picking(SessionPick(peer: nil, queueID: nil))?.count == 3)
    }

    /// Nothing of a session is lost that was told before it was known to be wanted, and nothing of another one is told.
    @Test func `of a stream a session is told from its beginning once its queue id came`() {
        var picked = PickedNews(SessionPick(peer: nil, queueID: "B2"))
        var told: [SessionNews] = []
        let sessions = [Self.session("[192.0.2.7]", "A1"), Self.session("[192.0.2.8]", "B2")]
        for (number, session) in sessions.enumerated() {
            told += picked.picked([SessionNews(number: number, kind: .began(session.header))])
        }
        for place in 0..<2 {
            for (number, session) in sessions.enumerated() {
                told += picked.picked([SessionNews(number: number, kind: .happened(session.events[place]))])
            }
            #expect(told.isEmpty == (place == 0))
        }
        told += picked.picked([
            SessionNews(number: 0, kind: .over(warnings: [])), SessionNews(number: 1, kind: .over(warnings: [])),
        ])
        #expect(told.map(\.number) == [1, 1, 1, 1])
    }
}
