/// The name of a section of the lessons: a family and a name, `command/MAIL`, `reply/250@RCPT`, `step/7`.
public struct LessonAnchor: Hashable, Sendable, CustomStringConvertible {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var description: String { path }

    /// This anchor, then the more general ones that may stand in for it, most specific first.
    ///
    /// `reply/250@RCPT` → `reply/250` → `reply/2yz` → `reply/unknown`; `status/5.1.1` → `status/x.1.1` → `status/x.1.x` → `status/5.x.x`.
    public var withFallbacks: [LessonAnchor] {
        var all = [self]
        var base = path
        if let at = path.firstIndex(of: "@") {
            base = String(path[..<at])
            all.append(LessonAnchor(base))
        }
        guard let slash = base.firstIndex(of: "/") else { return all }
        let family = String(base[..<slash])
        let name = base[base.index(after: slash)...]
        switch family {
        case "reply":
            if let first = name.first, first.isNumber { all.append(LessonAnchor("reply/\(first)yz")) }
            all.append(LessonAnchor("reply/unknown"))
        case "status":
            let parts = name.split(separator: ".")
            if parts.count == 3 {
                all.append(LessonAnchor("status/x.\(parts[1]).\(parts[2])"))
                all.append(LessonAnchor("status/x.\(parts[1]).x"))
                all.append(LessonAnchor("status/\(parts[0]).x.x"))
            }
        case "field": all.append(LessonAnchor("syntax/field-name"))
        case "command", "extension", "parameter", "sasl", "dns": all.append(LessonAnchor("\(family)/unknown"))
        default: break
        }
        return all
    }

    /// Whether `found`, one of the fallbacks, explains this very thing and not only its class.
    public func isSpecific(_ found: LessonAnchor) -> Bool {
        found == self || (path.contains("@") && path.hasPrefix(found.path + "@"))
    }

    /// Whether `found` is what this anchor asked for and no fallback. A status code has one section for all classes, so
    /// `status/x.7.1` is the lesson of `5.7.1`.
    public func isMet(by found: LessonAnchor) -> Bool {
        guard found != self else { return true }
        let parts = path.split(separator: ".", maxSplits: 1)
        return path.hasPrefix("status/") && parts.count == 2 && found.path == "status/x.\(parts[1])"
    }

    public static func step(_ step: Step) -> LessonAnchor { LessonAnchor("step/\(step.number)") }
    public static func syntax(_ name: String) -> LessonAnchor { LessonAnchor("syntax/\(name)") }
}
