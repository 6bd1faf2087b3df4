import SMTP

extension TraceLine {
    /// A command line (RFC 5321 §4.1.1): every lexeme and the lesson that explains it there.
    func commandSpans(_ tiling: inout SpanTiling) {
        let reading = Command.read(octets)
        let command = reading.value
        for lexeme in reading.lexemes {
            let isSecret = secrets.contains { $0.overlaps(lexeme.range) }
            let (anchor, name) = isSecret ? (.syntax("secret"), "credential") : explain(lexeme, of: command)
            tiling.append(isSecret ? .secret : lexeme.kind, count: lexeme.range.count, anchor, name: name)
        }
    }

    private func explain(_ lexeme: Lexeme, of command: Command) -> (LessonAnchor, String) {
        switch lexeme.kind {
        case .verb:
            let known = command.verb.map { "command/\($0.rawValue)" }
            return (LessonAnchor(known ?? "command/unknown"), command.verb == nil ? "unknown verb" : "verb")
        case .separator: return (.syntax("space"), "space")
        case .colon: return (.syntax("colon"), "colon")
        case .path: return explainPath(command)
        case .parameter:
            let name = octets[lexeme.range].prefix { $0 != UInt8(ascii: "=") }.map(\.uppercased)
            return (LessonAnchor("parameter/\(name.lossyText)"), "parameter \(name.lossyText)")
        case .domain:
            let isLiteral = octets[lexeme.range].first == UInt8(ascii: "[")
            return isLiteral ? (.syntax("address-literal"), "address literal") : (.syntax("domain"), "client's name")
        case .mechanism:
            return (LessonAnchor("sasl/\(octets[lexeme.range].map(\.uppercased).lossyText)"), "SASL mechanism")
        case .initialResponse: return (.syntax("initial-response"), "initial response")
        case .chunkSize: return (.syntax("chunk-size"), "chunk size")
        case .chunkLast: return (.syntax("chunk-last"), "last chunk")
        case .leadingSpace: return (.syntax("leading-space"), "leading space")
        case .trailingSpace: return (.syntax("trailing-space"), "trailing space")
        case .argument: return (.syntax("argument"), "argument")
        default: return (.syntax("junk"), "no grammar")
        }
    }

    private func explainPath(_ command: Command) -> (LessonAnchor, String) {
        let isForward = command.verb == .rcpt
        switch command.path {
        case .null:
            return isForward
                ? (.syntax("forward-path"), "forward-path") : (.syntax("null-reverse-path"), "null reverse-path")
        case .postmaster: return (.syntax("postmaster"), "forward-path")
        case .mailbox, .malformed, nil:
            return isForward ? (.syntax("forward-path"), "forward-path") : (.syntax("reverse-path"), "reverse-path")
        }
    }
}
