import SMTP
public import Tracing

/// A session as a sequence diagram: a lane for each party, an arrow for what went from one to another, with its text and
/// time. Good on paper: dark on white, and no meaning in colour alone.
///
/// Well-formed XML whatever was on the wire: all text goes through `Escaping.xml`.
public struct SVGExport {
    /// In pixels of 96 an inch; the height follows from the session.
    private static let width = 980
    private static let lineHeight = 15
    /// The advance of a character of the fixed pitch at its size.
    private static let pitch = 6.63

    private let trace: Trace
    private let header: Recording.Header
    private let lanes: SVGLanes
    private let arrows: [SVGArrow]

    /// The whole picture.
    public static func text(_ trace: Trace, header: Recording.Header) -> String { SVGExport(trace, header).picture() }

    private init(_ trace: Trace, _ header: Recording.Header) {
        self.trace = trace
        self.header = header
        lanes = SVGLanes(trace)
        arrows = SVGArrow.all(of: trace)
    }

    private var title: String { header.title.isEmpty ? "A mail session" : header.title }

    private func picture() -> String {
        let heading = SVGText.lines(WireText.shown(title.utf8), columns: 80, most: 3)
        let source = SVGText.lines(WireText.shown(header.source.utf8), columns: 130, most: 6)
        let lanesTop = 40 + 26 * heading.count + (header.source.isEmpty ? 0 : 16 * source.count)
        var rows = ""
        var shades = ""
        var y = lanesTop + 54
        var shade: (top: Int, leg: Leg)?
        for arrow in arrows {
            if let open = shade, !arrow.isInTLS || arrow.leg != open.leg {
                shades += self.shade(open.leg, open.top, y)
                shade = nil
            }
            if let stop = arrow.opens { rows += stepHeading(stop, &y) }
            if arrow.isInTLS, shade == nil { shade = (y, arrow.leg) }
            rows += row(arrow, &y)
        }
        if let open = shade { shades += self.shade(open.leg, open.top, y) }
        let bottom = y + 16
        let height = bottom + 56
        let head = heading.enumerated().map { text($1, x: 40, y: 44 + 26 * $0, "title") }.joined()
        let under =
            header.source.isEmpty
            ? ""
            : source.enumerated().map { text($1, x: 40, y: 42 + 26 * heading.count + 16 * $0 - 6, "source") }.joined()
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(height)" viewBox="0 0 \(Self.width) \(height)" role="img" aria-labelledby="title desc" lang="en">
            <title id="title">\(Escaping.xml(title))</title>
            <desc id="desc">\(Escaping.xml(description))</desc>
            <style>\(Self.style)</style>
            <rect class="paper" width="\(Self.width)" height="\(height)"/>
            \(head)\(under)
            \(shades)\(lines(from: lanesTop, to: bottom))
            \(rows)\(legend(y: bottom + 32))
            </svg>

            """
    }

    private static let style = """

        .paper { fill: #fff; }
        text { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 11px;
          white-space: pre; }
        .title, .source, .step, .lane, .sub, .legend, .flag { font-family: "Iowan Old Style", Palatino, P052, Georgia,
          "DejaVu Serif", serif; }
        .title { font-size: 21px; fill: #1d1a16; }
        .source, .legend { font-size: 12px; fill: #5a544a; }
        .step { font-size: 13px; fill: #1d1a16; font-weight: 600; }
        .sub { font-size: 12.5px; fill: #1d1a16; font-style: italic; }
        .lane { font-size: 14px; fill: #1d1a16; text-anchor: middle; font-weight: 600; }
        .name { font-size: 10px; fill: #5a544a; text-anchor: middle; }
        .time { fill: #5a544a; text-anchor: end; font-size: 10px; }
        .client { fill: #0b4f8a; } .server { fill: #1c642f; } .lookup { fill: #6a3a93; } .event { fill: #4d463c; }
        .event { font-style: italic; }
        .flag { fill: #9c2a1d; font-size: 11.5px; }
        .halo { paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
        .tls .halo, .halo.tls { stroke: #f1ecdf; }
        .lanes line { stroke: #b3aa9b; stroke-width: 1; }
        .rule { stroke: #ded7c8; stroke-width: 1; }
        .shade { fill: #f1ecdf; stroke: #c9bfa9; stroke-dasharray: 2 2; }
        .arrow { stroke-width: 1.4; fill: none; }
        .arrow.client { stroke: #0b4f8a; } .arrow.server { stroke: #1c642f; }
        .arrow.lookup { stroke: #6a3a93; stroke-dasharray: 5 3; } .arrow.event { stroke: #4d463c; stroke-dasharray: 1.5 3; }
        .arrow.failed { stroke: #9c2a1d; } .head.failed { fill: #9c2a1d; }
        .badge { fill: #1d1a16; } .badge.failed { fill: #9c2a1d; }
        .number { fill: #fff; text-anchor: middle; font-size: 11px; font-weight: 700; }

        """

    /// The picture in words, for who does not see it.
    private var description: String {
        let parties = lanes.names.map { $0.detail.isEmpty ? $0.name : "\($0.name) (\($0.detail))" }
        var steps: [String] = []
        for stop in trace.stops.prefix(200) {
            let mark = trace.failed.contains(stop.place) ? ", failed" : ""
            steps.append("\(stop.place.label) \(WalkText.title(of: stop, in: trace))\(mark)")
        }
        let findings = trace.lines.reduce(0) { $0 + $1.findings.count }
        return "Sequence diagram with lanes for \(parties.joined(separator: ", ")). Steps in order: "
            + steps.joined(separator: "; ") + ". \(findings == 1 ? "1 finding" : "\(findings) findings")."
    }

    // MARK: Lanes

    private func lines(from top: Int, to bottom: Int) -> String {
        let lines = lanes.names.map { "<line x1=\"\($0.x)\" y1=\"\(top + 38)\" x2=\"\($0.x)\" y2=\"\(bottom)\"/>" }
        let heads = lanes.names.map { lane in
            let detail = SVGText.wrapped(lane.detail, columns: 32, most: 1).first ?? ""
            return text(lane.name, x: lane.x, y: top + 16, "lane")
                + (detail.isEmpty ? "" : text(detail, x: lane.x, y: top + 31, "name"))
        }
        return "<g class=\"lanes\">\(lines.joined())</g>\n\(heads.joined(separator: "\n"))"
    }

    private func shade(_ leg: Leg, _ top: Int, _ bottom: Int) -> String {
        let (left, right) = lanes.ends(of: leg)
        return
            "<rect class=\"shade\" x=\"\(left)\" y=\"\(top - 2)\" width=\"\(right - left)\" height=\"\(bottom - top + 4)\">"
            + "<title>inside TLS</title></rect>\n"
    }

    private func legend(y: Int) -> String {
        "<line class=\"rule\" x1=\"40\" y1=\"\(y - 18)\" x2=\"940\" y2=\"\(y - 18)\"/>"
            + text(
                "Times in seconds since the beginning, at the right. ⚑ a finding, ✘ failed. A shaded stretch is encrypted.",
                x: 40,
                y: y,
                "legend"
            )
    }

    // MARK: Rows

    private func stepHeading(_ stop: Trace.Stop, _ y: inout Int) -> String {
        let isStep = stop.place.substep == 0
        y += isStep ? 12 : 6
        let failed = trace.failed.contains(stop.place)
        let words = WalkText.title(of: stop, in: trace) + (failed ? " ✘" : "")
        let radius = isStep ? 11 : 10
        let heading =
            "<g><circle class=\"badge\(failed ? " failed" : "")\" cx=\"46\" cy=\"\(y + 10)\" r=\"\(radius)\"/>"
            + text(stop.place.label, x: 46, y: y + 14, "number")
            + text(
                SVGText.wrapped(words, columns: 110, most: 1).first ?? "",
                x: 66,
                y: y + 14,
                isStep ? "step halo" : "sub halo"
            )
            + "</g>\n"
        y += 21
        return heading
    }

    private func row(_ arrow: SVGArrow, _ y: inout Int) -> String {
        let (left, right) = lanes.ends(of: arrow.leg)
        let columns = max(12, Int(Double(right - left - 22) / Self.pitch))
        let tls = arrow.isInTLS ? " tls" : ""
        var shown = ""
        for line in arrow.texts {
            for piece in SVGText.wrapped(line, columns: columns, most: 3) {
                y += Self.lineHeight
                shown += text(piece, x: left + 10, y: y - 4, "\(arrow.kind.rawValue) halo\(tls)")
            }
        }
        y += 4
        shown += line(arrow, left, right, y)
        shown += text(Self.clock(arrow.time), x: 952, y: y, "time")
        let found = arrow.findings
        for finding in found.prefix(3) {
            let most = max(12, Int(Double(right - left - 30) / 5.9))
            for words in SVGText.lines("⚑ \(finding.message) (\(finding.spec))", columns: most, most: 3) {
                y += Self.lineHeight
                shown += text(words, x: left + 10, y: y - 1, "flag halo\(tls)")
            }
        }
        if found.count > 3 {
            y += Self.lineHeight
            shown += text("⚑ \(found.count - 3) more findings", x: left + 10, y: y - 1, "flag halo\(tls)")
        }
        y += 8
        let mark = arrow.lines.first?.isInferred == true ? ", inferred" : ""
        let who = arrow.kind == .event ? "" : "\(arrow.speaker.rawValue)\(mark): "
        let whole = arrow.lines.prefix(100).map { WireText.shown($0.octets.prefix(2000)) }.joined(separator: " | ")
        return "<g><title>\(Escaping.xml("\(Self.clock(arrow.time)) \(who)\(whole)"))</title>\(shown)</g>\n"
    }

    private func line(_ arrow: SVGArrow, _ left: Int, _ right: Int, _ y: Int) -> String {
        let failed = arrow.isFailed && arrow.kind == .server ? " failed" : ""
        let head = arrow.kind.rawValue + failed
        let style = "arrow \(head)"
        let shaft = "<line class=\"\(style)\" x1=\"\(left + 1)\" y1=\"\(y)\" x2=\"\(right - 1)\" y2=\"\(y)\"/>"
        switch arrow.speaker {
        case .client:
            return shaft + "<path class=\"head \(head)\" d=\"M\(right - 1) \(y)l-9 -4v8z\"/>"
        case .server:
            return shaft + "<path class=\"head \(head)\" d=\"M\(left + 1) \(y)l9 -4v8z\"/>"
        case .note: return shaft
        }
    }

    private func text(_ text: String, x: Int, y: Int, _ style: String) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" class=\"\(style)\" direction=\"ltr\" unicode-bidi=\"isolate\">\(Escaping.xml(text))</text>"
    }

    private static func clock(_ time: Double) -> String { String(WalkText.clock(time).drop { $0 == " " }) }
}
