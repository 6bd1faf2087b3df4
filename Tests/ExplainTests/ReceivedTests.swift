import Foundation
import Interchange
import Testing
import Tracing

@testable import Explain

@Suite struct `The hops of a mail` {
    private static let store =
        "from mx1.receiver.example (mx1.receiver.example [198.51.100.6]) by store.receiver.example with LMTP id 77AB12; Mon, 23 Nov 2026 10:00:05 +0000"
    private static let mx =
        "from mail.sender.example (mail.sender.example [192.0.2.25]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384) by mx1.receiver.example (Postfix) with ESMTPS id 4A1B2C3D for <bob@receiver.example>; Mon, 23 Nov 2026 10:00:03 +0000 (UTC)"
    private static let submission =
        "from laptop.sender.example ([192.0.2.94]) by mail.sender.example with ESMTPSA id 5B46F1; Mon, 23 Nov 2026 11:00:01 +0100"

    @Test func `each clause is read, the first hop first`() {
        let hops = ReceivedTrace([Self.store, Self.mx, Self.submission]).hops
        #expect(hops.map(\.by) == ["mail.sender.example", "mx1.receiver.example", "store.receiver.example"])
        #expect(
            hops.map(\.with) == ["ESMTPSA", "ESMTPS", "LMTP"] && hops.map(\.id) == ["5B46F1", "4A1B2C3D", "77AB12"]
        )
        #expect(hops.map(\.delay) == [nil, 2, 2] && hops.allSatisfy { $0.faults.isEmpty })
        #expect(hops[1].from == "mail.sender.example" && hops[1].seen == "mail.sender.example [192.0.2.25]")
        #expect(
            hops[1].tls == "using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384"
                && hops[1].recipient == "bob@receiver.example"
        )
    }

    @Test(arguments: [
        "Mon,  23 Nov 2026 10:00:03 +0000", "Mon,\t23  Nov\r\n 2026 10:00:03  +0000 (UTC)",
        "Mon,23 Nov 2026 10:00:03 +0000",
        "23 Nov 2026 10:00:03 +0000",
    ]) func `between the parts of a date are any blanks`(date: String) {
        let mx = Self.mx.replacing("Mon, 23 Nov 2026 10:00:03 +0000 (UTC)", with: date)
        #expect(ReceivedTrace([Self.store, mx, Self.submission]).hops.map(\.delay) == [nil, 2, 2])
    }

    @Test func `a clock that is off and an order that cannot be are told apart`() {
        let ahead = Self.mx.replacing("10:00:03", with: "12:00:03")
        #expect(ReceivedTrace([Self.store, ahead, Self.submission]).hops.map(\.faults) == [[], [.clock], [.order]])
        let early = Self.mx.replacing("10:00:03", with: "08:00:03")
        #expect(ReceivedTrace([Self.store, early, Self.submission]).hops.map(\.faults) == [[], [.order, .clock], []])
        // Only the last is early: nobody can say whose clock it is.
        let last = Self.store.replacing("10:00:05", with: "07:00:05")
        #expect(ReceivedTrace([last, Self.mx, Self.submission]).hops.map(\.faults) == [[], [], [.order]])
        // Seconds are nobody's fault, and a queue of hours neither.
        let skewed = Self.mx.replacing("10:00:03", with: "09:59:30")
        #expect(ReceivedTrace([Self.store, skewed, Self.submission]).hops.allSatisfy { $0.faults.isEmpty })
        let queued = Self.store.replacing("10:00:05", with: "17:00:05")
        #expect(ReceivedTrace([queued, Self.mx, Self.submission]).hops.allSatisfy { $0.faults.isEmpty })
    }

    @Test(arguments: [
        ("SMTP", "HELO, in the clear"), ("ESMTPSA", "EHLO, TLS, a login"), ("ESMTPA", "EHLO, a login, in the clear"),
        ("UTF8SMTPS", "SMTPUTF8, EHLO, TLS"), ("LMTPS", "LMTP, TLS"), ("HTTP", "a web mailer"),
    ]) func `a protocol keyword says what it says`(keyword: String, meaning: String) {
        #expect(ReceivedText.meaning(of: keyword) == meaning)
    }

    @Test func `the table keeps its columns however narrow`() {
        let text = ReceivedText(trace: ReceivedTrace([Self.store, Self.mx, Self.submission]))
        for columns in [74, 60, 44] { #expect(text.drawn(columns: columns).allSatisfy { $0.count <= columns }) }
        #expect(text.drawn(columns: 74).filter { $0.contains("ESMTPS ") }.count == 1)
    }

    @Test func `a script has each hop with its delay and what cannot be`() throws {
        var found = Explanation(.headers, text: "")
        found.received = ReceivedTrace([
            Self.store.replacing("10:00:05", with: "07:00:05"), Self.mx.replacing("ESMTPS", with: "\"\u{1B}"),
            Self.submission,
        ])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(found.json.utf8)) as? [String: Any])
        let hops = try #require(object["hops"] as? [[String: Any]])
        #expect(hops.map { $0["by"] as? String } == found.received?.hops.map(\.by))
        #expect(hops[0]["delay"] is NSNull && hops.dropFirst().map { $0["delay"] as? Int } == [2, -10798])
        #expect(hops.map { $0["faults"] as? [String] } == [[], [], ["order"]])
        let other = try JSONSerialization.jsonObject(with: Data(Explanation(.reply, text: "").json.utf8))
        #expect((other as? [String: Any])?["hops"] == nil)
    }

    @Test func `a hop is tied to the session that gave its queue id`() throws {
        let dialogue =
            "220 mx1.receiver.example\nEHLO a.example\n250 mx1\nMAIL FROM:<a@a.example>\n250 ok\nRCPT TO:<b@b.example>\n250 ok\nDATA\n354 go\nx\n.\n250 2.0.0 Ok: queued as 4A1B2C3D\nQUIT\n221 bye\n"
        var ties = SessionTies()
        ties.add(try SessionFile.read(Array(dialogue.utf8), path: "s"), named: "s.txt")
        var found = Explanation(.headers, text: "")
        found.received = ReceivedTrace([Self.store, Self.mx, Self.submission])
        let rows = ties.tied(found).details.map { "\($0.name): \($0.value)" }
        #expect(rows == ["hop 2: its session is here: 'ehlo s.txt' walks it"])
    }
}
