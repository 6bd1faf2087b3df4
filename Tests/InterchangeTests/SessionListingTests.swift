import Foundation
import Interchange
import Testing
import Tracing

/// Rows of lists: the same columns for every kind of file, and the words of the verdict on the whole session.
@Suite struct SessionListingTests {
    static let transcripts =
        ((try? FileManager.default.contentsOfDirectory(atPath: TranscriptFixtures.folder.path)) ?? []).sorted()

    @Test func `there are files to list`() { #expect(Self.transcripts.count > 40 && !Places.sessions.isEmpty) }

    @Test(arguments: transcripts) func `a list says what the whole session says`(name: String) throws {
        guard let file = try? SessionFile.read(TranscriptFixtures.octets(name), path: name) else { return }
        expectSame(file, name)
    }

    @Test(arguments: Places.sessions) func `and so it does of a recording`(name: String) throws {
        expectSame(try SessionFile.read(Places.lessons + "/sessions/" + name), name)
    }

    private func expectSame(_ file: SessionFile, _ name: String) {
        for (listing, recording) in zip(file.listings, file.sessions) {
            let verdict = Verdict(of: Tracer.trace(of: recording.events))
            #expect(listing.summary == verdict.summary, "\(name), session \(listing.session.number)")
            #expect(listing.session.outcome == verdict.outcome)
            #expect(listing.cells.count == 7 && listing.cells.allSatisfy { !$0.isEmpty && !$0.contains("\t") })
        }
    }

    @Test(arguments: transcripts) func `a text read once is listed as its sessions are one by one`(name: String) throws
    {
        guard let file = try? SessionFile.read(TranscriptFixtures.octets(name), path: name) else { return }
        var once: [SessionListing] = []
        file.eachListing { once.append($0) }
        let each = file.listings
        #expect(once.map(\.cells) == each.map(\.cells) && once.map(\.session) == each.map(\.session))
        #expect(once.map(\.session.number) == Array(0..<file.count))
        var made: [[String]] = []
        file.eachListing(making: { $0.cells }) { made.append($0) }
        #expect(made == once.map(\.cells))
    }

    @Test func `whether a text holds a session is known as it is counted`() {
        for name in Self.transcripts {
            guard let octets = try? TranscriptFixtures.octets(name) else { continue }
            for part in [octets, Array(octets.prefix(octets.count / 2)), Array(octets.prefix(200))] {
                let file = TranscriptFile(part)
                #expect(file.isEmpty == (file.count == 0), "\(name), \(part.count) octets")
            }
        }
        #expect(TranscriptFile(Array("nothing that anybody said\n".utf8)).isEmpty)
    }

    /// Sessions whose lines stand between each other's, some of which end long before one that began earlier, and some in which
    /// nobody speaks.
    @Test func `sessions that run at the same time are listed in the order in which they begin`() throws {
        let stamp = "Nov 26 10:00:00 mx postfix/smtpd"
        var log = ""
        for number in 0..<700 {
            let process = number == 0 ? 7 : 100 + number
            let turns = ["< mx[192.0.2.1]:25: EHLO a\(number)", "> mx[192.0.2.1]:25: 250 mx"]
            for turn in turns { log += "\(stamp)[\(process)]: \(turn)\n" }
            if number > 0 { log += "\(stamp)[\(process)]: disconnect from mx[192.0.2.1]\n" }
        }
        log += "\(stamp)[7]: < mx[192.0.2.1]:25: QUIT\n\(stamp)[7]: > mx[192.0.2.1]:25: 221 bye\n"
        let file = try SessionFile.read(Array(log.utf8), path: "-")
        var once: [[String]] = []
        file.eachListing { once.append($0.cells) }
        #expect(once == file.listings.map(\.cells))
        #expect(file.count == 700 && once.map { $0[2] }.prefix(3) == ["a0", "a1", "a2"])
    }

    @Test func `what is not known is a dash, and nothing from the wire parts columns`() throws {
        let file = try SessionFile.read(Array("S: 220 mx\tx ESMTP\nC: QUIT\nS: 221 bye\n".utf8), path: "-")
        #expect(file.listings.map(\.cells) == [["0", "–", "–", "mx", "–", "–", "none"]])
        let refused =
            "220 m\nEHLO a\n250 m\nMAIL FROM:<x\ty>\n250 k\nRCPT TO:<b@c>\n550 5.1.1 no\nRCPT TO:<d@e>\n450 n\nQUIT\n221 b\n"
        let cells = try SessionFile.read(Array(refused.utf8), path: "-").listings.map(\.cells)
        #expect(cells == [["0", "–", "a", "m", "<x\\x09y>", "<b@c>,<d@e>", "mixed 0 of 2 accepted, 550 RCPT 5.1.1"]])
    }
}

extension SessionFile {
    /// What a list says about all sessions.
    var listings: [SessionListing] {
        var all: [SessionListing] = []
        eachListing(0..<count) { all.append($0) }
        return all
    }
}
