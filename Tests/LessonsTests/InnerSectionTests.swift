import DNS
import Foundation
import SMTP
import Testing

@testable import Lessons
@testable import Tracing

/// Sections about a part of a header field or of a record: each is reached from some span, so that nobody wrote it for nothing.
@Suite struct InnerSectionTests {
    /// Sections that no span leads to, and why.
    private static let unreached = [
        // Faults between two fields, found by `ehlo explain`.
        "field/Received@order", "field/Received@clock",
        // The policy is fetched by HTTPS, which is no part of a session.
        "dns/TXT@MTA-STS-mode", "dns/TXT@MTA-STS-mx", "dns/TXT@MTA-STS-max_age",
    ]

    /// One header with all that is told of.
    private static let header = """
        Return-Path: <>
        Received: from a.example (a.example [192.0.2.1])
         (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)
         by b.example via TCP with ESMTPS id 7 for <bob@b.example>;
         Mon, 23 Nov 2026 10:00:01 +0100
        Authentication-Results: b.example; spf=pass smtp.mailfrom=a.example;
         dkim=pass header.d=a.example; dmarc=pass; arc=none; auth=none; iprev=pass
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s1;
         q=dns/txt; l=10; i=@a.example; t=1; x=2; z=From:a; h=from:date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=dzdVyOfA
         KCdLdmqJ
        Date: Mon, 23 Nov 2026 10:00:00 +0100
        Message-ID: <1@a.example>
        Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=
        Content-Type: multipart/mixed; boundary=x; charset=utf-8; format=flowed
        Content-Type: message/rfc822
        Content-Transfer-Encoding: base64
        Content-Transfer-Encoding: 8bit
        Content-Transfer-Encoding: quoted-printable
        List-Unsubscribe: <https://a.example/leave>, <mailto:leave@a.example>
        From: Ada (L.) <ada@a.example>
        To: friends: bob@b.example;, root
        Final-Recipient: rfc822; bob@b.example
        Reporting-MTA: dns; b.example
        Action: failed
        Action: delayed
        Action: delivered
        Action: relayed
        Action: expanded
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 no
        Disposition: manual-action/MDN-sent-manually; displayed/error
        """

    private static let records = [
        "v=spf1 a include:b.example exists:c.example ip4:192.0.2.1 redirect=d.example -all",
        "v=DKIM1; k=rsa; t=s; p=MII; xx=1", "v=DMARC1; p=none; adkim=s; pct=1; rua=mailto:a@b.example; fo=1",
        "v=STSv1; id=1",
        "v=TLSRPTv1; rua=mailto:a@b.example", "v=BIMI1; l=https://a.example/l.svg", "a-verification=1",
    ]

    private static func events() throws -> [WireEvent] {
        let name = try Name("a.example")
        let exchanger = ResourceRecord(owner: name, ttl: 1, data: .mx(preference: 1, exchange: try Name("b.example")))
        let alias = ResourceRecord(owner: try Name("b.example"), ttl: 1, data: .cname(try Name("c.example")))
        let association = TLSA(certificateUsage: 3, selector: 1, matchingType: 1, associationData: [1])
        var events: [WireEvent] = []
        let texts = records.map { ResourceRecord(owner: name, ttl: 1, data: .txt([Array($0.utf8)])) }
        for record in [exchanger, alias, ResourceRecord(owner: name, ttl: 1, data: .tlsa(association))] + texts {
            var message = Message.query(id: 1, name, record.type)
            message.flags.formUnion(.response)
            message.answers = [record]
            events.append(WireEvent(.dnsAnswer(try MessageWriter.octets(of: message)), leg: .lookup))
        }
        let said: [(Side, String)] = [
            (.server, "220 b.example"), (.client, "EHLO a.example"), (.server, "250-b.example"),
            (.server, "250 LIMITS RCPTMAX=1 MAILMAX=2 RCPTDOMAINMAX=3"), (.client, "DATA"), (.server, "354 go"),
        ]
        let mail = header.split(separator: "\n").map { (Side.client, String($0)) }
        return events
            + (said + mail).map { WireEvent(.octets(from: $0.0, Array("\($0.1)\r\n".utf8)), leg: .relay) }
    }

    private static func reached(by events: [WireEvent]) -> Set<String> {
        Set(Tracer.trace(of: events).lines.flatMap(\.spans).map(\.anchor.path))
    }

    private static func sections() throws -> [String] {
        try LessonLibrary(root: Fixture.realLessons).anchors().map(\.path).filter(isInner)
    }

    private static func isInner(_ path: String) -> Bool {
        path.contains("@") && ["field/", "dns/", "extension/"].contains { path.hasPrefix($0) }
    }

    @Test func `each section is reached, but for those that are named here`() throws {
        let sections = try Self.sections()
        #expect(sections.count > 60)
        let reached = Self.reached(by: try Self.events())
        #expect(Set(sections).subtracting(reached) == Set(Self.unreached))
    }

    @Test func `no span leads to a section that is not there`() throws {
        let sections = Set(try Self.sections())
        let inner = Self.reached(by: try Self.events()).filter(Self.isInner)
        #expect(inner.count > 60 && inner.isSubset(of: sections), "\(inner.subtracting(sections))")
    }

    @Test func `the bundled sessions reach most of them`() throws {
        let folder = URL(filePath: Fixture.realLessons).appending(path: "sessions")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 9)
        var reached: Set<String> = []
        for file in files where file.pathExtension == "ehlo" {
            reached.formUnion(Self.reached(by: try RecordingReader.read(Array(try Data(contentsOf: file))).events))
        }
        let sections = try Self.sections()
        #expect(sections.filter(reached.contains).count >= 30, "\(sections.filter { !reached.contains($0) })")
    }
}
