import DNS
import SMTP

/// What a TXT record holds, and what its parts mean.
struct TextRecord {
    /// Which prefix tells what: THE table. The first that fits decides.
    enum Kind: CaseIterable {
        case spf, dkim, dmarc, mtaSTS, tlsRPT, bimi, verification, other

        /// How such a record begins; empty where that is not how it is known.
        var prefix: String {
            switch self {
            case .spf: "v=spf1"
            case .dkim: "v=DKIM1"
            case .dmarc: "v=DMARC1"
            case .mtaSTS: "v=STSv1"
            case .tlsRPT: "v=TLSRPTv1"
            case .bimi: "v=BIMI1"
            case .verification, .other: ""
            }
        }

        /// The name of its section in the lesson of TXT records; nil for a text that nobody knows.
        var section: String? {
            switch self {
            case .spf: "SPF"
            case .dkim: "DKIM"
            case .dmarc: "DMARC"
            case .mtaSTS: "MTA-STS"
            case .tlsRPT: "TLS-RPT"
            case .bimi: "BIMI"
            case .verification: "verification"
            case .other: nil
            }
        }
    }

    /// A part of the text, with its section.
    struct Piece: Equatable {
        let kind: Lexeme.Kind
        let anchor: LessonAnchor
        let name: String
        /// Octets of the text that is shown.
        var count: Int
    }

    let kind: Kind
    private let text: [UInt8]
    private let octets: [CharacterStrings.Octet]

    /// From the text form of the strings of a record, and the name that the record is of.
    init(shown text: String, owner: String) {
        self.text = Array(text.utf8)
        guard self.text.count <= Self.maxOctets else {
            (kind, octets) = (.other, [])
            return
        }
        octets = CharacterStrings.octets(ofText: self.text)
        kind = Self.kind(of: octets.map(\.value), owner: owner)
    }

    /// Much more than the longest key needs. What is longer is not divided.
    private static let maxOctets = 8192

    private static func kind(of value: [UInt8], owner: String) -> Kind {
        let known = Kind.allCases.first { kind in
            let rest = value.dropFirst(kind.prefix.utf8.count)
            // Behind the version stands what divides the tags or terms.
            return !kind.prefix.isEmpty && value.starts(with: kind.prefix.utf8)
                && (rest.first.map { [32, 9, UInt8(ascii: ";")].contains($0) } ?? true)
        }
        if let known { return known }
        // A key need not say that it is one (RFC 6376 §3.6.1).
        if owner.contains("._domainkey.") { return .dkim }
        let name = value.prefix { $0 != UInt8(ascii: "=") }.prefix(80).lossyText.lowercased()
        return name.count < value.count && (name.contains("verif") || name == "ms") ? .verification : .other
    }

    /// The parts of the text, end to end, with quotation marks and what else is of the form alone.
    var pieces: [Piece] {
        guard text.count <= Self.maxOctets else {
            return [Piece(kind: .record, anchor: whole, name: "text", count: text.count)]
        }
        var pieces: [Piece] = []
        var (at, next) = (0, 0)
        for part in parts {
            for octet in octets[next..<min(octets.count, next + part.count)] {
                if octet.text.lowerBound > at {
                    append(
                        Piece(kind: .separator, anchor: whole, name: "quote", count: octet.text.lowerBound - at),
                        &pieces
                    )
                    append(Piece(part, count: octet.text.count), &pieces, isNew: true)
                } else {
                    append(Piece(part, count: octet.text.count), &pieces, isNew: octets[next].text == octet.text)
                }
                at = octet.text.upperBound
            }
            next += part.count
        }
        append(Piece(kind: .separator, anchor: whole, name: "quote", count: text.count - at), &pieces)
        return pieces
    }

    /// Octets of one part are one piece.
    private func append(_ piece: Piece, _ pieces: inout [Piece], isNew: Bool = true) {
        guard piece.count > 0 else { return }
        if isNew, pieces.count < Self.maxPieces {
            pieces.append(piece)
        } else {
            pieces[pieces.count - 1].count += piece.count
        }
    }

    /// Where in the data of the record a part of the text is.
    func dataRange(ofText range: Range<Int>) -> Range<Int>? {
        let inside = octets.filter { range.overlaps($0.text) }
        guard let first = inside.first, let last = inside.last else { return nil }
        return first.data..<last.data + 1
    }

    // MARK: Parts of what the strings say together

    private var whole: LessonAnchor { Self.anchor(kind.section) }

    private static func anchor(_ section: String?) -> LessonAnchor {
        LessonAnchor(section.map { "dns/TXT@\($0)" } ?? "dns/TXT")
    }

    private var parts: [Piece] {
        let value = octets.map(\.value)[...]
        switch kind {
        case .spf: return terms(value)
        case .dkim, .dmarc, .mtaSTS, .tlsRPT, .bimi: return tags(value)
        case .verification, .other:
            return [Piece(kind: .record, anchor: whole, name: kind == .other ? "text" : "proof", count: value.count)]
        }
    }

    private func terms(_ value: ArraySlice<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        var rest = value
        while !rest.isEmpty {
            let blanks = rest.prefix { $0 == 32 }
            if !blanks.isEmpty {
                pieces.append(Piece(kind: .separator, anchor: whole, name: "space", count: blanks.count))
            }
            rest = rest.dropFirst(blanks.count)
            let term = rest.prefix { $0 != 32 }
            if !term.isEmpty {
                let name = SPFTerm(term).name
                let (section, words) = Self.sections[name].map { ("SPF-\($0)", "term \(name)") } ?? ("SPF", "term")
                pieces.append(
                    Piece(
                        kind: .term,
                        anchor: Self.anchor(section),
                        name: name == "v" ? "version" : words,
                        count: term.count
                    )
                )
            }
            rest = rest.dropFirst(term.count)
        }
        return pieces
    }

    /// More than any record has that somebody would read.
    private static let maxPieces = 256

    /// The section of each mechanism and modifier of RFC 7208 §5, §6.
    private static let sections = [
        "all": "all", "include": "include", "a": "mx", "mx": "mx", "ip4": "ip", "ip6": "ip", "exists": "exists",
        "ptr": "exists", "redirect": "redirect", "exp": "redirect",
    ]

    private func tags(_ value: ArraySlice<UInt8>) -> [Piece] {
        var divider = FieldDivider(.tags)
        return divider.divide(value).map { piece in
            let section = kind.section.map { name in
                Self.section(of: piece.part, in: kind).map { "\(name)-\($0)" } ?? name
            }
            let name = piece.part == .other ? piece.kind.spokenName : "tag \(piece.part.rawValue)"
            return Piece(kind: piece.kind, anchor: Self.anchor(section), name: name, count: piece.count)
        }
    }

    /// The tags that have a section of their own (RFC 6376 §3.6.1, RFC 7489 §6.3).
    private static func section(of tag: FieldPart, in kind: Kind) -> String? {
        switch (kind, tag) {
        case (.dkim, .v), (.dkim, .k), (.dkim, .p): "k"
        case (.dkim, .t), (.dkim, .h), (.dkim, .s), (.dkim, .n): "t"
        case (.dmarc, .p), (.dmarc, .sp): "p"
        case (.dmarc, .adkim), (.dmarc, .aspf): "align"
        case (.dmarc, .pct): "pct"
        case (.dmarc, .rua), (.dmarc, .ruf): "rua"
        case (.dmarc, .fo), (.dmarc, .ri), (.dmarc, .rf): "fo"
        default: nil
        }
    }
}

extension TextRecord.Piece {
    fileprivate init(_ piece: TextRecord.Piece, count: Int) {
        self.init(kind: piece.kind, anchor: piece.anchor, name: piece.name, count: count)
    }
}
