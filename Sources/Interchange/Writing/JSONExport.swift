public import Lessons
import SMTP
public import Tracing

/// Sessions as NDJSON: one object a line of the trace, in order.
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
            + "\"spans\":[\(spans.joined(separator: ","))],\"findings\":[\(findings.joined(separator: ","))]}\n"
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
        let fraction = String(micros % 1_000_000)
        var places = String(repeating: "0", count: 6 - fraction.count) + fraction
        while places.last == "0" { places.removeLast() }
        return "\(micros / 1_000_000)" + (places.isEmpty ? "" : ".\(places)")
    }
}
