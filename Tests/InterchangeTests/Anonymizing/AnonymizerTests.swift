import DNS
import Foundation
import Lessons
import SMTP
import Testing
import Tracing

@testable import Interchange

@Suite struct AnonymizerTests {
    private static func files() throws -> [String] {
        let bundled = Places.lessons + "/sessions"
        let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("CapturesTests/Fixtures").path
        let pasted = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Transcripts").path
        return try [bundled, captures, pasted].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
        }
    }

    private static func recordings() throws -> [(name: String, recording: Recording)] {
        try files().flatMap { path -> [(String, Recording)] in
            guard let file = try? SessionFile.read(path) else { return [] }
            return file.sessions.prefix(20).map { (path, $0) }
        }
    }

    /// What a session is, without who it is about.
    private static func shape(_ recording: Recording) -> [String] {
        let trace = Tracer.trace(of: recording.events)
        let verdict = Verdict(of: trace)
        return trace.lines.map { line in
            // A lookup is told in words of ours, and a name with A-labels is told twice.
            let count = if case .record = line.content { 0 } else { line.octets.count }
            return "\(line.place.step.number)\(line.place.letters) \(line.speaker) \(count) \(line.ending) "
                + "\(line.replyCode ?? 0) \(line.verbName ?? "-") \(line.answers ?? -1) \(line.findings.map(\.id))"
        } + ["\(verdict.outcome) \(verdict.holder) \(verdict.recipients.map(\.outcome))"]
    }

    @Test func `a session keeps its form, its findings and its verdict`() throws {
        let all = try Self.recordings()
        #expect(all.count > 60)
        for (name, recording) in all where !recording.events.contains(where: \.isTLS) {
            let other = Anonymizer().anonymized(recording)
            let (before, after) = (Self.shape(recording), Self.shape(other))
            #expect(before.count == after.count, "\(name)")
            for (one, two) in zip(before, after) where one != two { Issue.record("\(name):\n\(one)\n\(two)") }
        }
    }

    @Test func `no name, domain or address of a session is left`() throws {
        for (name, recording) in try Self.recordings() {
            let trace = Tracer.trace(of: recording.events)
            var words: Set<String> = []
            for recipient in Verdict(of: trace).recipients {
                let address = String(decoding: recipient.address, as: UTF8.self).lowercased()
                let parts = address.split(separator: "@")
                guard parts.count == 2 else { continue }
                if parts[0].count > 4, !["postmaster", "abuse"].contains(String(parts[0])) {
                    words.insert(String(parts[0]))
                }
                let labels = parts[1].split(separator: ".").dropLast()
                words.formUnion(
                    labels.filter { $0.count > 4 && !$0.contains("local") && !$0.hasPrefix("host") }.map(String.init)
                )
            }
            words = words.filter { word in
                word.allSatisfy { $0.isLetter || $0.isNumber } && word.contains { $0.isLetter }
            }
            let after = Anonymizer().anonymized(recording)
            let text = RecordingWriter.file(after).lowercased()
            for word in words
            where text.contains("@" + word) || text.contains(word + "@") || text.contains("." + word + ".") {
                Issue.record("\(name): \(word) is left")
            }
        }
    }

    @Test(arguments: [
        (" ORCPT=rfc822;j+C3+BCrgen@m+C3+BCnchen.example", " ORCPT=rfc822;"),
        ("RCPT TO:<b@c.example> ORCPT=utf-8;j\\x{FC}rgen@m\\x{FC}nchen.example", "RCPT TO:<"),
        ("MAIL FROM:<> AUTH=ada+2Blists@company.example ENVID=QQ314159", "MAIL FROM:<> AUTH="),
        ("Original-Recipient: rfc822;ada+2Blovelace@company.example", "Original-Recipient: rfc822;"),
    ])
    func `an encoded address is whole, as long, and another one`(text: String, opening: String) throws {
        var names = Pseudonyms()
        let plain = AnonymousText.anonymized(Array("<jürgen@münchen.example>".utf8), &names)
        let other = AnonymousText.anonymized(Array(text.utf8), &names)
        let shown = String(decoding: other, as: UTF8.self)
        #expect(other.count == text.utf8.count && shown.hasPrefix(opening), "\(shown)")
        for word in ["rgen", "nchen", "lists", "lovelace", "company", "ada"] {
            #expect(!shown.contains(word), "\(shown)")
        }
        let value = try #require(shown.split { $0 == ";" || $0 == " " }.last { $0.contains("@") })
        let address = try #require(EncodedAddress(Array(value.utf8)[...]), "\(shown)")
        #expect(EncodedAddress(Array(value.utf8)[...])?.octets.contains(UInt8(ascii: "@")) == true)
        if text.contains("rfc822;j") { #expect([UInt8(ascii: "<")] + address.octets + [UInt8(ascii: ">")] == plain) }
    }

    @Test(arguments: ["a+b@c", "a+c3@b", "plain@b.example", "a\\x{110000}b", "a\\x{}b", "a\\", "+4"])
    func `what is not encoded whole is no encoded address`(text: String) {
        #expect(EncodedAddress(Array(text.utf8)[...]) == nil)
    }

    @Test func `the same is the same everywhere, and another is another`() {
        var names = Pseudonyms()
        let text = { (text: String, names: inout Pseudonyms) in
            String(decoding: AnonymousText.anonymized(Array(text.utf8), &names, findsIdentifiers: true), as: UTF8.self)
        }
        let first = text(
            "<ada.lovelace@mail.company.de> mx2.company.de [198.51.99.7] 2001:db8:5::1 4XKd3Q1Zz2z",
            &names
        )
        #expect(
            first
                == text("<Ada.Lovelace@MAIL.company.de> mx2.Company.de [198.51.99.7] 2001:DB8:5::1 4XKd3Q1Zz2z", &names)
        )
        #expect(
            !first.contains("ada") && !first.contains("company") && !first.contains("198.51.99")
                && !first.contains("4XKd")
        )
        #expect(first.hasPrefix("<user") && first.contains(".de> ") && first.utf8.count == 85, "\(first)")
        #expect(text("bob@company.de", &names) != text("eve@company.de", &names))
        #expect(
            text("198.51.99.8", &names).split(separator: ".").dropLast()
                == text("198.51.99.7", &names).split(separator: ".").dropLast()
        )
        #expect(text("198.51.99.8", &names) != text("198.51.99.7", &names))
    }

    @Test(arguments: [
        "250 2.0.0 Ok", "550 5.7.1 Relaying denied", "250-8BITMIME", "220 ESMTP Postfix 3.7.11",
        "Date: Mon, 24 Nov 2026 10:00:00 +0100",
        "postmaster@", "MAIL FROM:<> AUTH=<>", "by mx with ESMTP id", "127.0.0.1", "[::1]:25", "with ESMTPS (TLS1.3)",
        "EHLO localhost", "a=rsa-sha256; s=", "504 SCRAM-SHA-256 is not known", "cipher ECDHE-RSA-AES256-GCM-SHA384",
        "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "334 VXNlciBOYW1lAA==", "550 blocked using zen.spamhaus.org;",
        "https://www.spamhaus.org/query",
    ])
    func `what names nobody stays`(_ line: String) {
        var names = Pseudonyms()
        let other = AnonymousText.anonymized(Array(line.utf8), &names, findsIdentifiers: true)
        #expect(String(decoding: other, as: UTF8.self) == line)
    }

    @Test func `a word that was replaced is replaced wherever it stands alone`() {
        let lines = [
            "S: mailbox wesker_a on COMPANY\\wesker_a", "C: HELP wesker_a", "S: Lovelace, login DESK-ADA77",
            "S: 250 mx7 user unknown", "C: EHLO desk-ada77", "S: 250 mx7.company.de",
            "C: MAIL FROM:<ada.lovelace@company.de>", "C: RCPT TO:<wesker_a@company.de>",
            "C: RCPT TO:<user@company.de>",
        ]
        let events = lines.map { line in
            WireEvent(
                .octets(from: line.first == "C" ? .client : .server, Array((line.dropFirst(3) + "\r\n").utf8)),
                leg: .relay
            )
        }
        let all = Anonymizer().anonymized(Recording(header: .init(began: "", title: "", source: ""), events: events))
            .events
            .map { event in
                if case .octets(_, let octets, _) = event.kind { String(decoding: octets, as: UTF8.self) } else { "" }
            }
        for word in ["wesker", "lovelace", "ada", "mx7", "company"] {
            #expect(!all.joined().lowercased().contains(word), "\(word) in \(all)")
        }
        #expect(all[3].hasSuffix(" user unknown\r\n") && all[1].hasPrefix("HELP "), "\(all)")
        #expect(all[4].split(separator: " ").last == all[2].split(separator: " ").last, "\(all)")
    }

    @Test func `what a server tells of people keeps its codes`() {
        var names = Pseudonyms()
        let lines = ["VRFY Wesker", "252 2.0.0 Albert Wesker", "550-5.1.1 Ada 4200"].map { Array($0.utf8) }
        let others = lines.map { String(decoding: AnonymousStreams.person($0, &names), as: UTF8.self) }
        #expect(others == ["VRFY Xxxxxx", "252 2.0.0 Xxxxxx Xxxxxx", "550-5.1.1 Xxx 0000"])
    }

    @Test func `what is asked of a block list is another address, and the list stays`() {
        var names = Pseudonyms()
        let other = { (text: String, names: inout Pseudonyms) in
            String(decoding: AnonymousText.anonymized(Array(text.utf8), &names), as: UTF8.self)
        }
        let address = other("198.51.99.7", &names)
        let asked = other("7.99.51.198.zen.spamhaus.org", &names)
        #expect(address != "198.51.99.7")
        #expect(asked == address.split(separator: ".").reversed().joined(separator: ".") + ".zen.spamhaus.org")
        let domain = other("secretive.example.dbl.spamhaus.org", &names)
        #expect(domain.hasSuffix(".dbl.spamhaus.org") && !domain.contains("secretive"), "\(domain)")
        #expect(!other("k3yofacustomer.zen.dq.spamhaus.net", &names).contains("k3y"))
    }

    @Test(arguments: [
        ("bob%company.example@relay.company.example", ["bob", "company", "relay"]),
        ("@one.company.de,@two.company.de:bob@company.de", ["one", "company", "two"]),
        ("company.de!bobby", ["company"]), ("\"bob the builder\"@company.de", ["builder", "company"]),
        ("bounce+bobby=company.de@list.example", ["bobby", "company"]), ("helo=<desk.company.de>", ["company"]),
        ("http://support.company.de/why?ip=198.51.99.77", ["support", "company", "198.51.99.77"]),
        ("MAIL FROM:<> AUTH=bobby@company.de", ["bobby", "company"]),
        ("spf=pass smtp.mailfrom=bobby@company.de", ["bobby"]),
        ("250 ok: queued as 1A2B", ["1A2B"]), ("ada.lovelace@x.de", ["ada", "lovelace"]),
        ("[IPv6:2001:db8:aa::7]", ["db8:aa"]), ("münchen.example", ["münchen"]),
        ("XCLIENT ADDR=IPV6:2001:DB8:AA::BEEF", ["BEEF", "AA"]), ("XCLIENT LOGIN=alovelace", ["alovelace"]),
        ("(Authenticated sender: alovelace)", ["alovelace"]), ("in reply to COMPANY\\rob_b", ["COMPANY", "rob_b"]),
        ("https://x.de/u?e=ada.lovelace%40company.de", ["ada", "lovelace", "company"]),
        ("mail ada.lovelace(at)company.de", ["ada", "lovelace", "company"]),
        ("SRS0=Ab1C=XY=company.de=ada.lovelace@x.de", ["Ab1C", "company", "ada", "lovelace"]),
        ("[InternalId=88431990, ", ["88431990"]),
    ])
    func `every spelling of an address is found`(_ text: String, _ words: [String]) {
        var names = Pseudonyms()
        let other = AnonymousText.anonymized(Array(text.utf8), &names, findsIdentifiers: true)
        let shown = String(decoding: other, as: UTF8.self)
        #expect(other.count == text.utf8.count)
        for word in words { #expect(!shown.contains(word), "\(shown)") }
    }

    @Test func `a mail keeps its parts and loses its words`() {
        var names = Pseudonyms()
        let mail = """
            From: Ada Lovelace <ada@company.de>\r
            Subject: The salary of Bob\r
            Content-Type: multipart/mixed; boundary="b1"; name="salary.pdf"\r
            \r
            --b1\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r
            Dear Bob, 4200 =E2=82=AC for Zoë\r
            --b1--\r

            """
        let other = String(decoding: AnonymousStreams.mail(Array(mail.utf8), &names), as: UTF8.self)
        #expect(other.utf8.count == mail.utf8.count)
        for word in ["Ada", "Lovelace", "company", "salary", "Bob", "4200", "Dear", "Zo\u{EB}", "=E2"] {
            #expect(!other.contains(word), "\(word) in \(other)")
        }
        for word in [
            "From: Xxx", "Subject: Xxx xxxxxx xx Xxx", "boundary=\"b1\"", "--b1\r\n", "charset=utf-8",
            "quoted-printable",
        ] {
            #expect(other.contains(word), "\(word) not in \(other)")
        }
    }

    @Test func `names in the data of any record are other ones`() throws {
        let secret = try Name("secretive.sender.example")
        let labels: [UInt8] = secret.labels.flatMap { label -> [UInt8] in [UInt8(label.count)] + label } + [0]
        let signature: [UInt8] =
            [0, 15, 13, 2, 0, 0, 1, 44] + Array(repeating: 9, count: 8) + [1, 2] + labels + [1, 2, 3]
        let records: [ResourceRecord.Data] = [
            .ptr(secret), .other(RecordType(rawValue: 46), signature),
            .other(RecordType(rawValue: 33), [0, 1, 0, 1, 0, 25] + labels),
            .other(RecordType(rawValue: 257), [0, 5] + Array("iodefmailto:ada@secretive.sender.example".utf8)),
        ]
        for data in records {
            let record = ResourceRecord(owner: try Name("a.example"), ttl: 1, data: data)
            let octets = try MessageWriter.octets(of: Message(id: 1, flags: [.response], answers: [record]))
            let recording = Recording(
                header: .init(began: "", title: "", source: ""),
                events: [WireEvent(.dnsAnswer(octets), leg: .lookup)]
            )
            guard case .dnsAnswer(let other) = Anonymizer().anonymized(recording).events.first?.kind else {
                Issue.record("no answer is left")
                continue
            }
            #expect(other.count == octets.count)
            #expect(
                octets.firstRange(of: "secretive".utf8) != nil && other.firstRange(of: "secretive".utf8) == nil,
                "\(data)"
            )
            #expect(MessageReader.read(other).departures.isEmpty)
        }
    }

    @Test func `a name across two packets is found`() {
        let line = Array("MAIL FROM:<ada@company.de>\r\n".utf8)
        for cut in line.indices {
            let events = [line[..<cut], line[cut...]].map {
                WireEvent(.octets(from: .client, Array($0)), leg: .relay)
            }
            let other = Anonymizer().anonymized(
                Recording(header: .init(began: "", title: "", source: ""), events: events)
            )
            let all = other.events.flatMap { event -> [UInt8] in
                if case .octets(_, let octets, _) = event.kind { octets } else { [] }
            }
            let text = String(decoding: all, as: UTF8.self)
            #expect(
                text.hasPrefix("MAIL FROM:<") && text.hasSuffix(".de>\r\n") && !text.contains("company")
                    && text.utf8.count == line.count
            )
        }
    }
}

extension WireEvent {
    /// Certificates are taken out of what TLS says, so a session with it is another one.
    fileprivate var isTLS: Bool {
        switch kind {
        case .tls, .records: true
        default: false
        }
    }
}
