import SMTP

extension TraceLine {
    /// A reply line (RFC 5321 §4.2): code, separator, enhanced status code, text, each in the light of what it answers.
    func replySpans(_ tiling: inout SpanTiling, _ context: ReplyContext) {
        let reading = ReplyLine.read(octets)
        let reply = reading.value
        for lexeme in reading.lexemes {
            switch lexeme.kind {
            case .replyCode:
                tiling.append(
                    .replyCode,
                    count: lexeme.range.count,
                    Self.anchor(ofReply: reply.code, to: context),
                    name: "reply code"
                )
            case .separator:
                let afterCode = tiling.spans.last?.kind == .replyCode
                let name = reply.continues && afterCode ? "hyphen" : "space"
                let anchor = reply.continues && afterCode ? "hyphen" : afterCode ? "reply-space" : "enhanced-space"
                tiling.append(.separator, count: lexeme.range.count, .syntax(anchor), name: name)
            case .enhancedCode:
                let code = reply.status.map { "status/\($0)" } ?? "status/x.0.0"
                tiling.append(
                    .enhancedCode,
                    count: lexeme.range.count,
                    LessonAnchor(code),
                    name: "enhanced status code"
                )
            case .text: textSpans(&tiling, Array(octets[lexeme.range]), context, code: reply.code)
            case .leadingSpace: tiling.append(.leadingSpace, count: lexeme.range.count, .syntax("leading-space"))
            case .trailingSpace: tiling.append(.trailingSpace, count: lexeme.range.count, .syntax("trailing-space"))
            default: tiling.append(.junk, count: lexeme.range.count, .syntax("junk"), name: "no grammar")
            }
        }
    }

    /// `reply/250@RCPT`: the code, and the verb it answers (`CONNECT` for the greeting, `DATA` for what follows the dot).
    static func anchor(ofReply code: UInt16?, to context: ReplyContext) -> LessonAnchor {
        guard let code else { return LessonAnchor("reply/unknown") }
        let digits = String(code)
        let number = String(repeating: "0", count: 3 - digits.count) + digits
        switch context.turn {
        case nil: return LessonAnchor("reply/\(number)")
        case .greeting: return LessonAnchor("reply/\(number)@CONNECT")
        case .mailData, .lastChunk: return LessonAnchor("reply/\(number)@DATA")
        default: return LessonAnchor("reply/\(number)" + (context.verb.map { "@\($0.rawValue)" } ?? ""))
        }
    }

    /// The text of a reply: a name first in greetings and in the first line after EHLO, a keyword in its other lines.
    private func textSpans(_ tiling: inout SpanTiling, _ text: [UInt8], _ context: ReplyContext, code: UInt16?) {
        let positive = code.map { $0 / 100 == 2 } ?? false
        let first = text.prefix { $0 != 32 && $0 != 9 }
        switch (context.turn, context.isFirst) {
        case (.greeting, true) where positive:
            tiling.append(.domain, count: first.count, .syntax("greeting-domain"), name: "server's name")
            wordsSpans(&tiling, text.dropFirst(first.count), .syntax("greeting-text"))
        case (.hello, true) where positive:
            tiling.append(.domain, count: first.count, .syntax("hello-domain"), name: "server's name")
            wordsSpans(&tiling, text.dropFirst(first.count), .syntax("hello-text"))
        case (.hello, false) where positive && context.verb != .helo: keywordSpans(&tiling, text)
        case (.auth, _), (.saslResponse, _):
            guard code == 334 else {
                return tiling.append(.text, count: text.count, .syntax("reply-text"), name: "text")
            }
            tiling.append(.challenge, count: text.count, .syntax("sasl-challenge"), name: "challenge")
        default: tiling.append(.text, count: text.count, .syntax("reply-text"), name: "text")
        }
    }

    /// Each limit has a section of its own (RFC 9422); what other parameters mean their keyword tells.
    private static func anchor(ofParameter name: String, of keyword: String) -> LessonAnchor {
        guard keyword == "LIMITS" else { return .syntax("extension-parameter") }
        return LessonAnchor("extension/LIMITS@\(name.prefix { $0 != "=" })")
    }

    /// What stands behind the server's name, and the blank in front of it.
    private func wordsSpans(_ tiling: inout SpanTiling, _ text: ArraySlice<UInt8>, _ anchor: LessonAnchor) {
        let gap = text.prefix { $0 == 32 || $0 == 9 }
        tiling.append(.separator, count: gap.count, anchor, name: "space")
        tiling.append(.text, count: text.count - gap.count, anchor, name: "greeting text")
    }

    /// An EHLO keyword and its parameters (RFC 5321 §4.1.1.1).
    private func keywordSpans(_ tiling: inout SpanTiling, _ text: [UInt8]) {
        var rest = text[...]
        var keyword = ""
        while !rest.isEmpty {
            let gap = rest.prefix { $0 == 32 || $0 == 9 }
            tiling.append(.separator, count: gap.count, .syntax("keyword-space"), name: "space")
            rest = rest.dropFirst(gap.count)
            let word = rest.prefix { $0 != 32 && $0 != 9 }
            let name = word.map(\.uppercased).lossyText
            if keyword.isEmpty {
                keyword = name
                tiling.append(.keyword, count: word.count, LessonAnchor("extension/\(name)"), name: "EHLO keyword")
            } else if keyword == "AUTH" {
                tiling.append(.mechanism, count: word.count, LessonAnchor("sasl/\(name)"), name: "SASL mechanism")
            } else {
                let anchor = Self.anchor(ofParameter: name, of: keyword)
                tiling.append(.parameter, count: word.count, anchor, name: "\(keyword) parameter")
            }
            rest = rest.dropFirst(word.count)
        }
    }
}
