/// Names with letters beyond ASCII: U-labels, as people write them, and A-labels, as DNS carries them (RFC 5890 §2.3.2.1).
///
/// `grüße.example` is asked for as `xn--gre-6ka8l.example`. Letters are made lower-case; other mappings, as of composed and
/// decomposed letters, are the business of whoever typed them (RFC 5895).
extension Name {
    private static let prefix = Array("xn--".utf8)

    /// Reads a name in which labels may be U-labels.
    public init(international text: String) throws(NameError) {
        guard let at = text.utf8.enumerated().first(where: { $1 >= 0x80 })?.offset else {
            self = try Name(text)
            return
        }
        // The dots that RFC 3490 §3.1 takes for dots.
        let dots: Set<Character> = [".", "。", "．", "｡"]
        let labels = text.split(omittingEmptySubsequences: false) { dots.contains($0) }
        var written: [String] = []
        for label in labels {
            guard label.utf8.contains(where: { $0 >= 0x80 }) else {
                written.append(String(label))
                continue
            }
            guard let encoded = Self.aLabel(label.lowercased()) else { throw .notASCII(at: at) }
            written.append(encoded)
        }
        self = try Name(written.joined(separator: "."))
    }

    private static func aLabel(_ label: String) -> String? {
        let scalars = Array(label.unicodeScalars)
        guard scalars.allSatisfy(mayStand), let encoded = Punycode.encode(scalars) else { return nil }
        return String(decoding: prefix + encoded, as: UTF8.self)
    }

    /// Letters, digits, marks and the hyphen; all else is no part of a U-label (RFC 5892 §2).
    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: true
        default: scalar == "-"
        }
    }

    /// The name with its A-labels as people write them; nil where it has none, or one that stands for nothing.
    public var international: String? {
        guard !isRoot, labels.contains(where: Self.isALabel) else { return nil }
        var written: [String] = []
        for label in labels {
            guard Self.isALabel(label) else {
                written.append(Self.text(of: label))
                continue
            }
            let rest = Array(label.dropFirst(Self.prefix.count))
            guard let scalars = Punycode.decode(rest), scalars.contains(where: { !$0.isASCII }),
                scalars.allSatisfy(Self.mayStand)
            else { return nil }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            // What does not come back as it was is no A-label, and would show another name (RFC 5891 §5.4).
            guard let back = Self.aLabel(text), label.elementsEqual(back.utf8, by: { $0 | 0x20 == $1 | 0x20 }) else {
                return nil
            }
            written.append(text)
        }
        return written.joined(separator: ".")
    }

    private static func isALabel(_ label: [UInt8]) -> Bool {
        label.count > prefix.count && label.prefix(prefix.count).map { $0 | 0x20 } == prefix.map { $0 | 0x20 }
    }
}
