import SMTP
import Testing

@testable import Tracing

/// What the octets of a line are called and which lesson explains them.
@Suite struct SpanTests {
    static func spans(_ said: [(Side, String)]) -> [String] {
        let events = said.map { WireEvent(.octets(from: $0.0, Array(($0.1 + "\r\n").utf8)), leg: .relay) }
        guard let line = Tracer.trace(of: events).lines.last else { return [] }
        return line.spans.map { span in
            let octets = (line.octets + line.ending.octets)[span.range]
            return "\(span.anchor) \(WireText.shown(octets))"
        }
    }

    static let hello: [(Side, String)] = [(.server, "220 a.example"), (.client, "EHLO b.example")]

    @Test func `greeting and offer`() {
        #expect(
            Self.spans([(.server, "220 mx.example ESMTP x")]) == [
                "reply/220@CONNECT 220", "syntax/reply-space  ", "syntax/greeting-domain mx.example",
                "syntax/greeting-text  ", "syntax/greeting-text ESMTP x",
                "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(
            Self.spans(
                Self.hello + [(.server, "250-a.example hi"), (.server, "250-SIZE 10"), (.server, "250 AUTH PLAIN")]
            ) == [
                "reply/250@EHLO 250", "syntax/reply-space  ", "extension/AUTH AUTH", "syntax/keyword-space  ",
                "sasl/PLAIN PLAIN",
                "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(
            Self.spans(Self.hello + [(.server, "250-a.example hi")]) == [
                "reply/250@EHLO 250", "syntax/hyphen -", "syntax/hello-domain a.example", "syntax/hello-text  ",
                "syntax/hello-text hi",
                "syntax/line-end \\x0D\\x0A",
            ]
        )
    }

    @Test(arguments: [
        (
            "MAIL FROM:<a@b> SIZE=1",
            [
                "command/MAIL MAIL FROM", "syntax/colon :", "syntax/reverse-path <a@b>", "syntax/space  ",
                "parameter/SIZE SIZE=1",
            ]
        ),
        ("MAIL FROM:<>", ["command/MAIL MAIL FROM", "syntax/colon :", "syntax/null-reverse-path <>"]),
        (
            "rcpt to: <Postmaster> ",
            [
                "command/RCPT rcpt to", "syntax/colon :", "syntax/space  ", "syntax/postmaster <Postmaster>",
                "syntax/trailing-space  ",
            ]
        ),
        (
            " EHLO [192.0.2.1]",
            ["syntax/leading-space  ", "command/EHLO EHLO", "syntax/space  ", "syntax/address-literal [192.0.2.1]"]
        ),
        (
            "BDAT 5 LAST",
            ["command/BDAT BDAT", "syntax/space  ", "syntax/chunk-size 5", "syntax/space  ", "syntax/chunk-last LAST"]
        ),
        (
            "AUTH PLAIN AGEAYg==",
            ["command/AUTH AUTH", "syntax/space  ", "sasl/PLAIN PLAIN", "syntax/space  ", "syntax/secret ********"]
        ),
        ("FOO bar", ["command/unknown FOO", "syntax/space  ", "syntax/argument bar"]),
    ])
    func `commands`(line: String, spans: [String]) {
        #expect(Self.spans([(.client, line)]) == spans + ["syntax/line-end \\x0D\\x0A"])
    }

    @Test func `replies point at the verb they answer, mail data at its fields`() {
        let refused =
            Self.hello + [(.server, "250 a.example"), (.client, "RCPT TO:<a@b>"), (.server, "550 5.1.1 no such user")]
        #expect(
            Self.spans(refused) == [
                "reply/550@RCPT 550", "syntax/reply-space  ", "status/5.1.1 5.1.1", "syntax/enhanced-space  ",
                "syntax/reply-text no such user",
                "syntax/line-end \\x0D\\x0A",
            ]
        )
        let data: [(Side, String)] = [(.client, "DATA"), (.server, "354 go")]
        #expect(
            Self.spans(data + [(.client, "message-id: <1@a>")]) == [
                "field/Message-ID message-id", "syntax/field-colon :", "syntax/field-body  ", "field/Message-ID <1@",
                "field/Message-ID@right a", "syntax/field-body >",
                "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(
            Self.spans(data + [(.client, "A: b"), (.client, " c")]) == [
                "syntax/folded-line  c", "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(Self.spans(data + [(.client, "A: b"), (.client, "")]) == ["syntax/header-end \\x0D\\x0A"])
        #expect(
            Self.spans(data + [(.client, "hello"), (.client, "..x")]) == [
                "syntax/stuffed-dot .", "syntax/body-line .x", "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(
            Self.spans(data + [(.client, "hello"), (.client, ".")]) == [
                "syntax/end-of-data .", "syntax/line-end \\x0D\\x0A",
            ]
        )
        #expect(
            Self.spans(data + [(.client, "hello"), (.client, "."), (.server, "250 ok")]).first == "reply/250@DATA 250"
        )
    }

    @Test func `a challenge is a challenge, a code nobody knows is shown with three digits`() {
        let auth: [(Side, String)] = [(.client, "AUTH LOGIN"), (.server, "334 VXNlcg==")]
        #expect(Self.spans(auth)[2] == "syntax/sasl-challenge VXNlcg==")
        #expect(Self.spans(auth + [(.client, "YWRh")]).first == "syntax/sasl-response ********")
        #expect(Self.spans([(.client, "NOOP"), (.server, "007 x")]).first == "reply/007@NOOP 007")
        #expect(Self.spans([(.client, "NOOP"), (.server, "what")]).first == "syntax/junk what")
    }
}
