public import Lessons
import Notation
import SMTP
public import Tracing

/// Sessions as NDJSON: an object about the session, then one object a line of the trace, in order.
public struct JSONExport {
    private let library: LessonLibrary
    /// The anchor that exists for each one asked for, as JSON.
    private var lessons: [LessonAnchor: String] = [:]

    public init(library: LessonLibrary) { self.library = library }

    /// The object of one line, with its line feed; `session` counts from 0 within the file.
    public mutating func object(_ line: TraceLine, session: Int) -> String {
        let spans = line.spans.map { span in
            "{\"start\":\(span.range.lowerBound),\"end\":\(span.range.upperBound),\"kind\":\(jsonText(span.kind.rawValue)),"
                + "\"lesson\":\(lesson(span.anchor))}"
        }
        let findings = line.findings.map { finding in
            "{\"id\":\(jsonText(finding.id)),\"severity\":\(jsonText(finding.severity.rawValue)),"
                + "\"rfc\":\(jsonText(Self.section(of: finding))),\"lesson\":\(lesson(finding.anchor))}"
        }
        let verb = line.verbName.map { jsonText(WireText.shown($0.utf8)) }
        return "{\"session\":\(session),\"index\":\(line.index),\"time\":\(Self.seconds(line.time)),"
            + "\"leg\":\"\(line.leg.rawValue)\",\"from\":\"\(line.speaker.rawValue)\",\"step\":\(line.place.step.number),"
            + "\"substep\":\"\(line.place.letters)\",\"transaction\":\(line.place.transaction),"
            + "\"text\":\(jsonText(WireText.shown(line.octets))),\"verb\":\(verb ?? "null"),"
            + "\"code\":\(line.replyCode.map(String.init) ?? "null"),"
            + "\"enhanced\":\(line.enhanced.map { jsonText("\($0)") } ?? "null"),"
            + "\"spans\":[\(spans.joined(separator: ","))],\"findings\":[\(findings.joined(separator: ","))],"
            + "\"answers\":\(line.answers.map(String.init) ?? "null")\(Self.octets(of: line))}\n"
    }

    /// The octets as Base64 where the text cannot give them back: what is no text at all, and a text in which a backslash of the
    /// wire stands where it could be one of ours.
    private static func octets(of line: TraceLine) -> String {
        guard line.isWire else { return "" }
        let isBinary: Bool =
            switch line.content {
            case .tls: true
            case .opaque, .chunk: line.octets.contains { WireText.shown([$0]).utf8.count > 1 }
            default: false
            }
        let isUnclear =
            line.octets.contains(UInt8(ascii: "\\")) && WireText.shown(line.octets).contains(/\\x[0-9A-Fa-f]{2}/)
        return isBinary || isUnclear ? ",\"octets\":\(jsonText(Base64.encode(line.octets).lossyText))" : ""
    }

    /// The lesson that is there, the nearest one when the anchor has none of its own; null when nothing explains it.
    private mutating func lesson(_ anchor: LessonAnchor) -> String {
        if let known = lessons[anchor] { return known }
        let found = library.section(for: anchor).map { jsonText($0.anchor.path) } ?? "null"
        // A hostile wire could bring ever new anchors.
        if lessons.count < 10_000 { lessons[anchor] = found }
        return found
    }

    /// The section without the word RFC, as `5321 §4.1.2`.
    private static func section(of finding: Finding) -> String {
        finding.spec.hasPrefix("RFC ") ? String(finding.spec.dropFirst(4)) : finding.spec
    }

    /// Seconds with up to six places.
    static func seconds(_ time: Double) -> String {
        let micros = UInt64(max(0, min(time, 1e12)) * 1_000_000 + 0.5)
        var (fraction, places) = (micros % 1_000_000, 6)
        guard fraction > 0 else { return "\(micros / 1_000_000)" }
        while fraction % 10 == 0 { (fraction, places) = (fraction / 10, places - 1) }
        return "\(micros / 1_000_000).\(fraction.decimal(places))"
    }
}
