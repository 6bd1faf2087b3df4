import DNS
import Foundation
import Lessons
import SMTP
import Testing
import Tracing

@testable import Interchange

/// What tells of somebody by where it stands or by its form, and whether anything of it is left in a session.
@Suite struct AnonymizerFormsTests {
    private static func text(_ text: String, _ names: inout Pseudonyms) -> String {
        String(decoding: AnonymousText.anonymized(Array(text.utf8), &names, findsIdentifiers: true), as: UTF8.self)
    }

    /// A session of lines that begin with `C:` or `S:`, and what became of each.
    private static func anonymized(_ lines: [String]) -> [String] {
        let events = lines.map { line in
            WireEvent(
                .octets(from: line.first == "C" ? .client : .server, Array((line.dropFirst(3) + "\r\n").utf8)),
                leg: .relay
            )
        }
        let recording = Recording(header: .init(began: "", title: "", source: ""), events: events)
        return Anonymizer().anonymized(recording).events.map { event in
            if case .octets(_, let octets, _) = event.kind {
                String(decoding: octets.dropLast(2), as: UTF8.self)
            } else {
                ""
            }
        }
    }

    // MARK: By form

    @Test(arguments: [
        "+49 30 1234567", "+1 (650) 253-0000", "+442079460958", "(650) 253-0000", "650-253-0000", "1-800-555-0199",
        "1.800.555.0199", "030/12345678", "089 1234-5678", "0800 123 4567",
    ])
    func `the number of a telephone is another, as long and of the same form`(number: String) {
        var names = Pseudonyms()
        for sentence in ["550 5.7.1 Blocked, ask \(number) for help", "450 see us (\(number)).", "554 \(number)"] {
            let other = Self.text(sentence, &names)
            #expect(!other.contains(number) && other.count == sentence.count, "\(other)")
            #expect(other.filter { !$0.isNumber } == sentence.filter { !$0.isNumber })
        }
        #expect(Self.text("call \(number)", &names).dropFirst(5) == Self.text("554 \(number)", &names).dropFirst(4))
    }

    @Test(arguments: ["call 55512", "Tel: 4711-08", "phone 7654321", "fax.: 12 34 56"])
    func `digits behind a word that says so are a number to call`(text: String) {
        var names = Pseudonyms()
        #expect(Self.text(text, &names) != text)
    }

    @Test(arguments: [
        "Tue, 17 Dec 2013 09:50:16 -0500", "2013-12-17 09:50:16,123", "10:00:00 +0100 (CET)", "09-11-2026 12:00",
        "10:00:00 +1000 2026-11-24", "550-5.7.1 no", "ESMTP Exim 4.96 #2", "SIZE=10240000", "250-SIZE 35882577",
        "(8.14.4/8.14.4)", "cipher (256/256 bits)", "421 4.7.0 30 100 200", "354 0 12 1234", "0.0.0.0/0",
        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384", "delay=0.34, delays=0.02/0.01/0.2/0.11",
    ])
    func `dates, versions, sizes and codes are no numbers to call`(text: String) {
        var names = Pseudonyms()
        #expect(Self.text(text, &names) == text)
    }

    @Test(arguments: [
        (
            "see https://company.de/ticket/A47Q?name=lovelace&ip=198.51.99.7",
            ["company", "A47Q", "lovelace", "198.51.99.7"]
        ),
        ("http://company.de/help/customer.example.html", ["customer"]),
        ("https://support.google.com/mail/?p=NoSuchUser&c=k47x-20", ["k47x"]),
        ("https://www.spamhaus.org/query/ip/198.51.99.7", ["198.51.99.7"]),
        ("<https://x.de/~lovelace/out.php?u=lovelace%40company.de>", ["lovelace", "company"]),
        ("https://x.de/unsubscribe#token9", ["token9"]),
    ])
    func `where a link leads is nobody's any more`(text: String, words: [String]) {
        var names = Pseudonyms()
        let other = Self.text(text, &names)
        #expect(other.utf8.count == text.utf8.count)
        for word in words { #expect(!other.contains(word), "\(other)") }
    }

    @Test(arguments: [
        "https://support.google.com/mail/answer/81126", "http://go.microsoft.com/fwlink/?LinkID=",
        "https://www.spamhaus.org/query/ip/", "https://aka.ms/smtp_auth_disabled",
    ])
    func `what a provider explains to everybody stays`(text: String) {
        var names = Pseudonyms()
        #expect(Self.text(text, &names) == text)
    }

    // MARK: By where it stands

    @Test func `short names, display names and companies are other ones wherever they stand`() {
        let others = Self.anonymized([
            "S: 220 mx.umbrellacorp.example Umbrella Corp mail", "C: EHLO abz", "S: 250 mx",
            "C: MAIL FROM:<bob@wey-land.example>", "S: 250 Ok", "C: RCPT TO:<al@umbrellacorp.example>",
            "S: 550 user \"bob\" of Weyland is not the Bob of Contoso Ltd.", "C: DATA", "S: 354 Go",
            "C: From: \"Ripley, Ellen\" <e@wey-land.example>", "C: ", "C: Hello", "C: .",
            "S: 550 Ellen is away, ask abz-mail or wey-land",
        ])
        let all = others.joined(separator: "\n").lowercased()
        for word in ["umbrella", "corp ", "abz", "bob", "contoso", "ellen", "ripley", "wey", "land"] {
            #expect(!all.contains(word), "\(word) in \(all)")
        }
        #expect(others[6].hasSuffix(" Ltd.") && others[6].contains(" is not the "), "\(others[6])")
    }

    @Test func `words of every sentence stay, whoever is called so`() {
        let sentence = "550 you may not use the new box for all, try now"
        let others = Self.anonymized([
            "C: MAIL FROM:<the@not.example>", "S: \(sentence)", "C: RCPT TO:<new@all.example>", "S: 250 Ok",
        ])
        #expect(others[1] == sentence)
    }

    @Test func `a boundary with a host in it is another one, the same everywhere`() {
        var names = Pseudonyms()
        let mail = """
            Content-Type: multipart/report;\r
            \tboundary="59E921184FB.1795709856/mx1.company.de"\r
            \r
            --59E921184FB.1795709856/mx1.company.de\r
            Content-Type: text/plain\r
            \r
            x\r
            --59E921184FB.1795709856/mx1.company.de--\r

            """
        let other = String(decoding: AnonymousStreams.mail(Array(mail.utf8), &names), as: UTF8.self)
        #expect(other.utf8.count == mail.utf8.count && !other.contains("company") && !other.contains("59E92118"))
        let boundary = other.split(separator: "\"").dropFirst().first ?? ""
        #expect(other.contains("\r\n--\(boundary)\r\n") && other.contains("\r\n--\(boundary)--\r\n"), "\(other)")
    }

    @Test(arguments: [true, false]) func `a block list keeps its name in a DNS message`(isPointed: Bool) throws {
        let asked = try Name("7.99.51.198.zen.spamhaus.org")
        let record = ResourceRecord(owner: asked, ttl: 1, data: .a(IPv4Address(127, 0, 0, 2)))
        var octets = try MessageWriter.octets(
            of: Message(id: 1, flags: [.response], questions: [Question(name: asked, type: .a)], answers: [record])
        )
        if isPointed {
            // The owner as four labels and a pointer to the zone.
            let zone = 12 + 2 + 3 + 3 + 4
            let labels = asked.labels.prefix(4).flatMap { label -> [UInt8] in [UInt8(label.count)] + label }
            let answer = try #require(octets.lastIndex(of: 0xC0))
            octets.replaceSubrange(answer..<answer + 2, with: labels + [0xC0, UInt8(zone)])
        }
        let events = [
            WireEvent(.dnsAnswer(octets), leg: .lookup),
            WireEvent(.note("198.51.99.7"), leg: .relay),
        ]
        let other = Anonymizer().anonymized(Recording(header: .init(began: "", title: "", source: ""), events: events))
        guard case .dnsAnswer(let message) = other.events[0].kind, case .note(let address) = other.events[1].kind else {
            Issue.record("no answer is left")
            return
        }
        let reversed = address.split(separator: ".").reversed().joined(separator: ".")
        let reading = MessageReader.read(message)
        #expect(reading.departures.isEmpty && message.count == octets.count && address != "198.51.99.7")
        let names = reading.entries.compactMap { $0.record.map { "\($0.owner)" } }
        #expect(names == ["\(reversed).zen.spamhaus.org."] || names == ["\(reversed).zen.spamhaus.org"], "\(names)")
    }
}
