import SMTP
import Tracing

/// Words and texts that a draft needs.
extension SessionDraft {
    mutating func note(_ text: String) { events.append(WireEvent(.note(text), leg: .relay, at: time)) }

    /// What the reader remarks on the rows of a log.
    var remark: [WireEvent] {
        verbs.areAlone ? [WireEvent(.remark(.init(.verbsAlone)), leg: .relay)] : []
    }

    /// What stood in the log before the session.
    mutating func precede(with group: RemarkGroup) { remarks = group }

    /// What was not in the log, in the order it is told.
    enum Inference: CaseIterable {
        case sides, lineEnds, times, tls, joinedLines, wrappedLines
    }

    /// The events with what is a credential marked in octets, and masked in remarks: those were not understood, and may hold one.
    var masked: [WireEvent] {
        var log = WireLog()
        // Nothing of a session without remarks has to be read for what else is a credential.
        if remarkPlaces.isEmpty { return events.map { log.event($0.kind, leg: $0.leg, at: $0.time) } }
        var texts: [[UInt8]] = []
        var places: [Int?] = []
        for (index, event) in events.enumerated() {
            switch event.kind {
            case .note(let text) where remarkPlaces.contains(index):
                for line in text.utf8.split(separator: 10, omittingEmptySubsequences: false) {
                    texts.append(Array(line))
                    places.append(index)
                }
            case .octets(_, let octets, _):
                for line in octets.split(separator: 10) {
                    texts.append(Array(line.prefix(64)))
                    places.append(nil)
                }
            default: break
            }
        }
        var notes: [Int: [String]] = [:]
        let marked = events.map { log.event($0.kind, leg: $0.leg, at: $0.time) }
        let readers = Leg.allCases.map(log.reader)
        for (place, text) in zip(places, CredentialsInText.masked(texts, behind: readers)) {
            if let place { notes[place, default: []].append(String(decoding: text, as: UTF8.self)) }
        }
        return marked.enumerated().map { index, event in
            guard let lines = notes[index] else { return event }
            return WireEvent(.note(lines.joined(separator: "\n")), leg: event.leg, at: event.time)
        }
    }

    /// Which of its first events tells how the text was read: its words grow with what is inferred.
    static let placeOfReading = 2

    /// What the log shows of the lookup: words, no octets.
    var lookupWords: String {
        guard !lookups.isEmpty else { return "which server was chosen, and how, is not in the log" }
        return lookups.joined(separator: "\n")
    }

    /// The server's own name from its greeting, or whom the log says the connection goes to.
    var title: String {
        "A session with \(greetedAs ?? "a mail server")"
    }

    /// What its recording is called, and who spoke, where a server's log tells.
    func header(title: String, source: String) -> Recording.Header {
        var header = Recording.Header(began: clock.began, title: title, source: source)
        header.ends = caller.map { Recording.Ends(client: $0, server: greetedAs ?? "") }
        return header
    }

    /// The server's own name from its greeting.
    var greetedAs: String? {
        let name = events.lazy.compactMap { event -> String? in
            guard case .octets(.server, let octets, _) = event.kind, octets.starts(with: "220".utf8) else { return nil }
            return octets.dropFirst(4).prefix { $0 > 32 }.text
        }.first
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension SessionDraft.Inference {
    var words: String {
        switch self {
        case .sides: "who spoke"
        case .lineEnds: "the line ends"
        case .times: "the times"
        case .tls: "the beginning of TLS"
        case .joinedLines: "where lines that were run together are divided"
        case .wrappedLines: "where lines that were wrapped go on"
        }
    }
}

extension ArraySlice<UInt8> {
    /// The lines of a text that a log holds as one value; an end of line at its end ends the last.
    var linesOfText: [ArraySlice<UInt8>] {
        var lines = split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
        if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

extension TLSFacts {
    /// What a program says of TLS: `TLSv1.3:TLS_AES_256_GCM_SHA384:256`, `TLSv1.3 / TLS_AES_256_GCM_SHA384`; else the words.
    init(told words: String) {
        let parts = words.split { " :/,".contains($0) }.map(String.init)
        guard let version = parts.first, version.hasPrefix("TLSv1"), parts.count >= 2,
            parts[1].contains("_") || parts[1].contains("-")
        else {
            self.init(words)
            return
        }
        self.init(version: "TLS " + version.dropFirst(4), cipher: parts[1])
    }
}
