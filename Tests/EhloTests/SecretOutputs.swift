import Cryptography
import Foundation
import Interchange
import Interface
import Lessons
import Screen
import ScreenSupport
import Tracing

@testable import ehlo

/// Everything that the program can make of a file, so that a test can search it.
struct SecretOutputs {
    struct Output {
        let place: String
        let octets: [UInt8]
    }

    /// Why a file could not be read, where it could not.
    private(set) var refusal: String?
    private(set) var all: [Output] = []

    private static let library = Result { try LessonLibrary(root: Program.lessons) }

    /// Of octets that came from some file or standard input. Not thorough is what holds every octet, in words and as it is.
    init(of octets: [UInt8], keys: KeyLog = KeyLog(), isThorough: Bool = true) throws {
        let library = try Self.library.get()
        let file: SessionFile
        do { file = try SessionFile.read(octets, path: "-", keys: keys) } catch {
            refusal = "\(error)"
            add("the message", "\(error)")
            return
        }
        add("messages", file.warnings.joined(separator: "\n"))
        file.eachListing(0..<file.count) { add("the list", $0.cells.joined(separator: "\n")) }
        file.eachListing(0..<file.count) { add("the list in the program", "\($0)") }
        for (number, recording) in file.sessions.enumerated() {
            add("messages", recording.warnings.joined(separator: "\n"))
            let session = WrittenSession(recording, number: number)
            try write(session, as: isThorough ? ExportFormat.allCases : [.json, .ehlo, .pcap], library)
            guard isThorough else { continue }
            for form in CopyAs.allCases { add("copied as \(form.rawValue)", form.text(of: session.trace)) }
            draw(session, library)
        }
    }

    /// What one output says, of all sessions.
    func text(_ place: String) -> String {
        all.filter { $0.place == place }.map { String(decoding: $0.octets, as: UTF8.self) }.joined()
    }

    /// Whether a line that begins so stands there as it was said, not masked.
    func holds(line: String) -> Bool { text("json").contains("\"text\":\"\(line)") }

    /// The outputs in which the search finds something, once each.
    func leaks(_ search: ([UInt8]) -> [String]) -> [String] {
        var places: [String] = []
        for output in all where !places.contains(output.place) && !search(output.octets).isEmpty {
            places.append(output.place)
        }
        return places
    }

    private mutating func add(_ place: String, _ text: String) {
        all.append(Output(place: place, octets: Array(text.utf8)))
    }

    private mutating func write(_ session: WrittenSession, as formats: [ExportFormat], _ library: LessonLibrary) throws
    {
        for format in formats {
            // There may be no message to be written.
            if format == .eml, MessageExport.messages(session.trace).isEmpty { continue }
            for ending in format == .worksheet ? ["md", "html"] : [format.rawValue] {
                try Program.withFolder { folder in
                    let writer = SessionWriter(library: library, isForTeacher: format == .md)
                    let names = try writer.save([session], as: format, to: "\(folder)/out.\(ending)", input: nil)
                    for name in names {
                        let written = try Data(contentsOf: URL(fileURLWithPath: name))
                        all.append(Output(place: format.rawValue, octets: Array(written)))
                    }
                }
            }
        }
    }

    /// The screens: each stop, with the panes, the octets in hexadecimal, the message and the findings.
    private mutating func draw(_ session: WrittenSession, _ library: LessonLibrary) {
        let header = session.recording.header
        var state = State(
            title: header.title,
            origin: header.source,
            began: header.began,
            source: .replay,
            trace: session.trace
        )
        (state.view.columns, state.view.rows) = (140, 50)
        let world = Interface.Environment(library: library, glyphs: .unicode)
        var screens = ""
        for _ in session.trace.stops {
            screens += Interface.draw(state, in: world).text
            _ = update(&state, .nextPressed, in: world)
        }
        for key in "xmft" {
            var looked = state
            guard let input = KeyTable.input(for: .character(key), in: looked) else { continue }
            _ = update(&looked, input, in: world)
            screens += Interface.draw(looked, in: world).text
        }
        add("the screens", screens)
    }
}
