/// What servers have taken for the end of mail data, THE table: the one end that RFC 5321 §4.1.1.4 knows, and ten that look
/// like it. Where two servers of one chain take different ones, a mail can hold another mail (SMTP smuggling).
public enum EndOfData: String, CaseIterable, Sendable {
    /// The end of mail data (RFC 5321 §4.1.1.4).
    case standard = "CRLF.CRLF"
    case lfDotLF = "LF.LF"
    case crDotCR = "CR.CR"
    case crDotLF = "CR.LF"
    case lfDotCR = "LF.CR"
    case lfDotCRLF = "LF.CRLF"
    case crlfDotLF = "CRLF.LF"
    case crDotCRLF = "CR.CRLF"
    case crlfDotCR = "CRLF.CR"
    case nulBeforeDot = "CRLF.NUL-before"
    case nulBehindDot = "CRLF.NUL-behind"

    /// All but the one that is right.
    public static let variants = Set(allCases).subtracting([.standard])

    /// The octets, those of the line end before the dot included.
    public var octets: [UInt8] {
        switch self {
        case .standard: [13, 10, 46, 13, 10]
        case .lfDotLF: [10, 46, 10]
        case .crDotCR: [13, 46, 13]
        case .crDotLF: [13, 46, 10]
        case .lfDotCR: [10, 46, 13]
        case .lfDotCRLF: [10, 46, 13, 10]
        case .crlfDotLF: [13, 10, 46, 10]
        case .crDotCRLF: [13, 46, 13, 10]
        case .crlfDotCR: [13, 10, 46, 13]
        case .nulBeforeDot: [13, 10, 0, 46, 13, 10]
        case .nulBehindDot: [13, 10, 46, 0, 13, 10]
        }
    }

    /// How many of `octets` are the line end of the last line, and so belong to the content.
    var lineEndBefore: Int { octets.starts(with: [13, 10]) ? 2 : 1 }

    /// As a person reads it: `LF . CRLF`.
    public var phrase: String {
        switch self {
        case .nulBeforeDot: "CRLF NUL . CRLF"
        case .nulBehindDot: "CRLF . NUL CRLF"
        default: rawValue.replacing(".", with: " . ")
        }
    }
}

/// Looks for the end of mail data octet by octet, for a server that takes more than one.
///
/// It decides where the mail data ends. It does not know what is kept. Wrong input: none, any octet may come.
struct EndOfDataSearch: Hashable, Sendable {
    /// Where the mail data ends: with the octet that was taken, or already with the one before.
    struct Found: Hashable, Sendable {
        let end: EndOfData
        let endsBefore: Bool
    }

    private let ends: [EndOfData]
    /// The last octets, as many as the longest end has. Mail data begins after the CRLF of DATA.
    private var window: [UInt8] = [13, 10]
    /// An end that the last octet, a CR, made complete: a LF that comes next may make it another one.
    private var doubtful: EndOfData?

    init(_ ends: Set<EndOfData>) {
        // The longest first, so that a CRLF is not read as the LF in it.
        self.ends = ends.sorted { $0.octets.count > $1.octets.count }
    }

    /// Takes one octet; says whether the mail data has ended.
    mutating func take(_ octet: UInt8) -> Found? {
        window.append(octet)
        if window.count > 6 { window.removeFirst() }
        if let end = ends.first(where: { window.suffix($0.octets.count).elementsEqual($0.octets) }) {
            guard octet == 13 else { return Found(end: end, endsBefore: false) }
            doubtful = end
            return nil
        }
        defer { doubtful = nil }
        return doubtful.map { Found(end: $0, endsBefore: true) }
    }
}
