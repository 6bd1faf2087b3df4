import SMTP

/// The objects of a document of JSON, one after another, each with the strings and numbers that are its own.
enum JSONRecords {
    private static let maxDepth = 64
    private static let maxFields = 64

    private struct Frame {
        let isObject: Bool
        /// What it is the value of.
        let kind: String
        var name: String?
        var record: NestedRecords.Record = []
    }

    /// Gives each object, and each array of single values as one whose names are numbers; false for what is no JSON.
    static func each(_ octets: [UInt8], _ body: (_ kind: String, NestedRecords.Record) -> Void) -> Bool {
        var frames: [Frame] = []
        var position = 0
        while position < octets.count {
            let octet = octets[position]
            switch octet {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard frames.count < maxDepth else { return false }
                frames.append(Frame(isObject: octet == UInt8(ascii: "{"), kind: kind(within: frames.last)))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard let frame = frames.popLast(), frame.isObject == (octet == UInt8(ascii: "}")) else { return false }
                give(frame, frames.last, body)
                if !frames.isEmpty { frames[frames.count - 1].name = nil }
            case UInt8(ascii: "\""):
                let end = JSONRecords.end(ofString: octets, position)
                take(octets[(position + 1)..<min(end, octets.count)], isString: true, &frames)
                position = end
            case UInt8(ascii: ","): if !frames.isEmpty { frames[frames.count - 1].name = nil }
            case 0x30...0x39, UInt8(ascii: "-"):
                let digits = octets[position...].prefix { (0x30...0x39).contains($0) || ".-+eE".utf8.contains($0) }
                take(digits, isString: false, &frames)
                position = digits.endIndex - 1
            case 0x61...0x7A, UInt8(ascii: ":"), 9, 10, 13, 32: break
            default: return false
            }
            position += 1
        }
        return true
    }

    /// What a value that begins within a frame is called: an element of an array is called as the array.
    private static func kind(within frame: Frame?) -> String {
        guard let frame else { return "" }
        return frame.isObject ? frame.name ?? "" : frame.kind
    }

    private static func end(ofString octets: [UInt8], _ start: Int) -> Int {
        var position = start + 1
        while position < octets.count, octets[position] != UInt8(ascii: "\"") {
            position += octets[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position
    }

    private static func take(_ text: ArraySlice<UInt8>, isString: Bool, _ frames: inout [Frame]) {
        guard let last = frames.indices.last else { return }
        if frames[last].isObject {
            guard let name = frames[last].name else {
                if isString { frames[last].name = text.text }
                return
            }
            if frames[last].record.count < maxFields { frames[last].record.append((name, Array(text))) }
        } else {
            if frames[last].record.count < maxFields { frames[last].record.append(("", Array(text))) }
        }
    }

    /// An object is a record. So is an array of an array, as a point of time and what was written then, and each text of another.
    private static func give(_ frame: Frame, _ parent: Frame?, _ body: (String, NestedRecords.Record) -> Void) {
        if frame.isObject { return body(frame.kind, frame.record) }
        guard parent?.isObject == false, frame.record.count <= 4 else {
            for field in frame.record { body(frame.kind, [("line", field.value)]) }
            return
        }
        let times =
            frame.record.count > 1 && frame.record[0].value.allSatisfy { !($0 | 0x20).isLowercaseLetter } ? 1 : 0
        body(
            frame.kind,
            frame.record.enumerated().map { at, field in
                (at < times ? "time" : at == times ? "line" : "value\(at)", field.value)
            }
        )
    }
}

extension UInt8 {
    fileprivate var isLowercaseLetter: Bool { (0x61...0x7A).contains(self) }
}
