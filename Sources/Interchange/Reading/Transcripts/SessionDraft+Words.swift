import Tracing

/// Words and texts that a draft needs.
extension SessionDraft {
    /// What was not in the log, in the order it is told.
    enum Inference: CaseIterable {
        case sides, lineEnds, times, tls, joinedLines, wrappedLines
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
