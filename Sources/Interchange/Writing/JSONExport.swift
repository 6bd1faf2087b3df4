import Captures
public import Lessons
import Notation
import SMTP
public import Tracing

/// Sessions as NDJSON: an object about the session, then one object a line of the trace, in order.
///
/// The objects are put together as octets, since a session may have a million lines.
public struct JSONExport: Sendable {
    private let library: LessonLibrary
    /// The anchor that exists for each one asked for, as JSON.
    private var lessons: [LessonAnchor: [UInt8]] = [:]

    public init(library: LessonLibrary) { self.library = library }

    /// How many lines one processor writes at a time, and about how many octets come of each.
    private static let linesAtOnce = 512
    private static let octetsOfLine = 700

    /// The objects of all lines, many at a time; `session` counts from 0 within the file.
    public func each<Failure: Error>(
        of trace: Trace,
        session: Int,
        _ body: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        guard trace.lines.count > Self.linesAtOnce else {
            return try body(objects(of: trace, from: 0, session: session))
        }
        var parts = stride(from: 0, to: trace.lines.count, by: Self.linesAtOnce).makeIterator()
        let export = knowing(trace)
        try Processors.pipeline(
            atOnce: 1,
            from: { parts.next() },
            making: { export.objects(of: trace, from: $0, session: session) },
            body
        )
    }

    /// The objects of the lines of one part.
    private func objects(of trace: Trace, from first: Int, session: Int) -> [UInt8] {
        var export = self
        var json: [UInt8] = []
        let part = first..<min(first + Self.linesAtOnce, trace.lines.count)
        json.reserveCapacity(part.count * Self.octetsOfLine)
        for number in part { export.add(trace.lines[number], session: session, to: &json) }
        return json
    }

    /// With the anchors that come up at the beginning, so that they are found once for all parts.
    private func knowing(_ trace: Trace) -> JSONExport {
        var export = self
        var json: [UInt8] = []
        for line in trace.lines.prefix(Self.linesAtOnce) {
            export.add(line, session: 0, to: &json)
            json.removeAll(keepingCapacity: true)
        }
        return export
    }

    /// The object of one line, with its line feed; `session` counts from 0 within the file.
    public mutating func object(_ line: TraceLine, session: Int) -> String {
        var json: [UInt8] = []
        add(line, session: session, to: &json)
        return json.lossyText
    }

    private mutating func add(_ line: TraceLine, session: Int, to json: inout [UInt8]) {
        json.add("{\"session\":", session)
        json.add(",\"index\":", line.index)
        json.add(",\"time\":", seconds: line.time)
        json.add(",\"leg\":\"", text: line.leg.rawValue)
        json.add("\",\"from\":\"", text: line.speaker.rawValue)
        json.add("\",\"step\":", line.place.step.number)
        json.add(",\"substep\":\"", text: line.place.letters)
        json.add("\",\"transaction\":", line.place.transaction)
        json.add(",\"text\":")
        addJSONText(shown: line.octets, to: &json)
        json.add(",\"verb\":", orNull: line.verbName) { addJSONText(shown: Array($0.utf8), to: &$1) }
        json.add(",\"code\":", orNull: line.replyCode) { $1.add("", Int($0)) }
        json.add(",\"enhanced\":", orNull: line.enhanced) { addJSONText("\($0)", to: &$1) }
        addSpans(of: line, to: &json)
        addFindings(of: line, to: &json)
        json.add("],\"answers\":", orNull: line.answers) { $1.add("", $0) }
        addOctets(of: line, to: &json)
        if line.isInferred { json.add(",\"inferred\":true") }
        json.add("}\n")
    }

    private mutating func addSpans(of line: TraceLine, to json: inout [UInt8]) {
        json.add(",\"spans\":[")
        for (number, span) in line.spans.enumerated() {
            json.add(number > 0 ? ",{\"start\":" : "{\"start\":", span.range.lowerBound)
            json.add(",\"end\":", span.range.upperBound)
            json.add(",\"kind\":\"", text: span.kind.rawValue)
            json.add("\",\"lesson\":")
            json += lesson(span.anchor)
            json.add("}")
        }
    }

    private mutating func addFindings(of line: TraceLine, to json: inout [UInt8]) {
        json.add("],\"findings\":[")
        for (number, finding) in line.findings.enumerated() {
            json.add(number > 0 ? ",{\"id\":" : "{\"id\":")
            addJSONText(finding.id, to: &json)
            json.add(",\"severity\":")
            addJSONText(finding.severity.rawValue, to: &json)
            json.add(",\"rfc\":")
            addJSONText(Self.section(of: finding), to: &json)
            json.add(",\"lesson\":")
            json += lesson(finding.anchor)
            json.add("}")
        }
    }

    /// The octets as Base64 where the text cannot give them back: what is no text at all, and a text in which a backslash of the
    /// wire stands where it could be one of ours.
    private func addOctets(of line: TraceLine, to json: inout [UInt8]) {
        guard line.isWire else { return }
        let isBinary: Bool =
            switch line.content {
            case .tls: true
            case .opaque, .chunk: line.octets.contains { WireText.shown([$0]).utf8.count > 1 }
            default: false
            }
        let isUnclear =
            line.octets.contains(UInt8(ascii: "\\")) && WireText.shown(line.octets).contains(/\\x[0-9A-Fa-f]{2}/)
        guard isBinary || isUnclear else { return }
        json.add(",\"octets\":")
        addJSONText(Base64.encode(line.octets).lossyText, to: &json)
    }

    /// The lesson that is there, the nearest one when the anchor has none of its own; null when nothing explains it.
    private mutating func lesson(_ anchor: LessonAnchor) -> [UInt8] {
        if let known = lessons[anchor] { return known }
        let found = Array((library.section(for: anchor).map { jsonText($0.anchor.path) } ?? "null").utf8)
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
        var json: [UInt8] = []
        json.add("", seconds: time)
        return json.lossyText
    }
}

/// Parts of JSON that are known to need no escaping.
extension [UInt8] {
    fileprivate mutating func add(_ known: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount))
    }

    fileprivate mutating func add(_ known: StaticString, _ number: Int) {
        add(known)
        guard number >= 0 else { return append(contentsOf: String(number).utf8) }
        add(digits: UInt64(number), atLeast: 1)
    }

    /// Digits from the last to the first, with zeros in front up to so many.
    private mutating func add(digits number: UInt64, atLeast places: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (number, digits.count)
            while rest > 0 || start > digits.count - places {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Seconds with up to six places.
    fileprivate mutating func add(_ known: StaticString, seconds time: Double) {
        let micros = UInt64(Swift.max(0, Swift.min(time, 1e12)) * 1_000_000 + 0.5)
        add(known)
        add(digits: micros / 1_000_000, atLeast: 1)
        var (fraction, places) = (micros % 1_000_000, 6)
        guard fraction > 0 else { return }
        while fraction % 10 == 0 { (fraction, places) = (fraction / 10, places - 1) }
        append(UInt8(ascii: "."))
        add(digits: fraction, atLeast: places)
    }

    /// `text` is one of our own words.
    fileprivate mutating func add(_ known: StaticString, text: String) {
        add(known)
        append(contentsOf: text.utf8)
    }

    fileprivate mutating func add<Value>(
        _ known: StaticString,
        orNull value: Value?,
        _ body: (Value, inout [UInt8]) -> Void
    ) {
        add(known)
        if let value { body(value, &self) } else { add("null") }
    }
}
