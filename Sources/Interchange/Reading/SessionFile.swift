import SMTP
public import Tracing

/// A file with sessions in it, recorded or told in the words of another program.
public struct SessionFile: Sendable {
    /// As it was named, `-` for standard input.
    public let path: String
    /// At least one, in the order of the file.
    public let sessions: [Recording]

    /// Reads a file, whatever its name, and says why when it is none of ours.
    public static func read(_ path: String, onWait: () -> Void = {}) throws(FileTrouble) -> SessionFile {
        try read(FileOctets.read(path, onWait: onWait), path: path)
    }

    /// The sessions in octets that came from `path`.
    public static func read(_ octets: [UInt8], path: String) throws(FileTrouble) -> SessionFile {
        let name = path == "-" ? "standard input" : Escaping.message(path)
        let kind = FileKind.of(octets)
        if let refusal = kind.refusal { throw FileTrouble(.wrongData, "\(name): \(refusal)") }
        if kind == .transcript { return try SessionFile(path: path, sessions: transcripts(octets, name)) }
        var sessions: [Recording] = []
        for part in parts(of: octets) {
            do {
                sessions.append(try RecordingReader.read(part))
            } catch {
                throw FileTrouble(
                    .wrongData,
                    "\(name): \(error); record a session with 'ehlo live RECIPIENT --record FILE'"
                )
            }
        }
        guard sessions.contains(where: { !$0.events.isEmpty }) else {
            let torn = sessions.flatMap(\.warnings).first.map { " (\($0))" } ?? ""
            throw FileTrouble(.wrongData, "\(name): the recording holds no event\(torn); record the session again")
        }
        return SessionFile(path: path, sessions: sessions)
    }

    private static func transcripts(_ octets: [UInt8], _ name: String) throws(FileTrouble) -> [Recording] {
        let sessions = TranscriptReader.read(octets)
        guard !sessions.isEmpty else {
            throw FileTrouble(.wrongData, "\(name): \(FileKind.text.refusal ?? "there is no session in it")")
        }
        return sessions
    }

    /// The file cut where a header stands: recordings that were written behind each other are several sessions.
    static func parts(of octets: [UInt8]) -> [[UInt8]] {
        var starts = [0]
        var position = 0
        while let end = octets[position...].firstIndex(of: 10), end + 1 < octets.count {
            position = end + 1
            if octets[position] == UInt8(ascii: "{"), RecordingReader.recognises(octets[position...]) {
                starts.append(position)
            }
        }
        let ends = starts.dropFirst() + [octets.count]
        return zip(starts, ends).map { Array(octets[$0..<$1]) }
    }
}
