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
