import SMTP

extension TraceLine {
    /// Which of its spans tells most, THE rule; nil where a line has none. What a finding is about comes first, then the code of a
    /// reply that says no, the keyword of a service extension, a path, the name of a header field; else what it begins with.
    public var tellingSpan: Int? {
        let spans = spans
        if let octet = findings.first(where: { !$0.range.isEmpty })?.range.lowerBound,
            let span = spans.firstIndex(where: { $0.range.contains(octet) })
        {
            return span
        }
        let kinds: [Lexeme.Kind] =
            switch content {
            case .reply: refusalClass ? [.replyCode] : [.keyword]
            case .command: [.path]
            case .mailData: [.fieldName]
            case .saslResponse, .chunk, .opaque, .tls, .record, .event: []
            }
        return spans.firstIndex { kinds.contains($0.kind) }
            ?? spans.firstIndex { $0.kind != .separator && $0.kind != .leadingSpace } ?? spans.indices.first
    }

    /// Whether it is a line of a reply that says no, be it the last or not.
    private var refusalClass: Bool { severity == .transientFailure || severity == .permanentFailure }
}
