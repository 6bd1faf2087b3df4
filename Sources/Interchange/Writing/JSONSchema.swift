import SMTP
import Tracing

/// The form of what `--format json` writes, as a JSON Schema (draft 2020-12): each line of the output is one instance of it.
///
/// It grows with `JSONExport`, and allows nothing that is not told here, so that a test which reads every bundled session finds
/// whatever was forgotten. The words of enumerations come from the tables that write them.
public enum JSONSchema {
    /// The whole schema, with its line feed.
    public static var text: String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of 'ehlo export --format json', schema \(JSONExport.schema)",
          "description": "Of each session first an object with kind session, then an object for each line of its trace, in order.",
          "anyOf": [{"$ref": "#/$defs/session"}, {"$ref": "#/$defs/line"}],
          "$defs": {
        \(definitions.joined(separator: ",\n"))
          }
        }

        """
    }

    private static var definitions: [String] {
        [
            object("session", "Who spoke with whom, and what became of the mail.", sessionFields),
            object("verdict", "What became of the mail (RFC 5321 §6.1).", verdictFields),
            object("recipient", "What became of the mail for one recipient.", recipientFields),
            object("situation", "What the lines of a session mean together.", situationFields),
            object("tls", "TLS that was spoken; null is what nobody could read.", tlsFields),
            object("line", "A line or an event, as it went by.", lineFields),
            object(
                "span",
                "Octets of a line and what they are; start and end count octets, the line end included.",
                spanFields
            ),
            object("finding", "A departure from an RFC, or something worth a remark.", findingFields),
        ]
    }

    private struct Field {
        let name, type, words: String
        var isOptional = false
    }

    private static var sessionFields: [Field] {
        [
            Field(name: "session", type: count, words: "Counted from 0 over all files of the export."),
            Field(name: "kind", type: words(["session"]), words: "A line's object has no kind."),
            Field(
                name: "schema",
                type: "{\"const\": \(JSONExport.schema)}",
                words: "Grows when a reader has to know of a change."
            ),
            Field(name: "began", type: stringOrNull, words: "ISO 8601, in UTC."),
            Field(name: "client", type: stringOrNull, words: "Address and port, or the name it gave itself."),
            Field(name: "server", type: stringOrNull, words: "Address and port, or the name it gave itself."),
            Field(
                name: "source",
                type: stringOrNull,
                words: "Where the session comes from; of several files, the file."
            ),
            Field(name: "tls", type: orNull("tls"), words: "null where all went by in the clear."),
            Field(name: "verdict", type: reference("verdict"), words: "What became of the mail."),
            Field(name: "situations", type: list("situation"), words: "What is going on, in a sentence each."),
        ]
    }

    private static var verdictFields: [Field] {
        [
            Field(
                name: "outcome",
                type: words(Verdict.Outcome.allCases.map(\.rawValue)),
                words: "mixed where recipients differ."
            ),
            Field(name: "recipients", type: list("recipient"), words: "In the order of their RCPT commands."),
            Field(name: "step", type: stepOrNull, words: "Where it was decided."),
            Field(
                name: "holder",
                type: words(Verdict.Holder.allCases.map(\.rawValue)),
                words: "Who has the duty to deliver the mail."
            ),
        ]
    }

    private static var recipientFields: [Field] {
        [
            Field(name: "address", type: string, words: "Without angle brackets."),
            Field(name: "transaction", type: count, words: "Counted from 1."),
            Field(name: "outcome", type: words(Verdict.Outcome.allCases.map(\.rawValue)), words: "What became of it."),
            Field(name: "step", type: stepOrNull, words: "Where it was decided."),
            Field(name: "code", type: codeOrNull, words: "Of the reply that decided."),
            Field(name: "status", type: stringOrNull, words: "Its enhanced status code (RFC 3463)."),
            Field(name: "text", type: stringOrNull, words: "All lines of the reply, parted by line feeds."),
            Field(
                name: "next",
                type: words(Verdict.Next.allCases.map(\.rawValue)),
                words: "What a server with a queue does next."
            ),
        ]
    }

    private static var situationFields: [Field] {
        [
            Field(name: "id", type: string, words: "The name of the situation."),
            Field(name: "text", type: string, words: "What is going on."),
            Field(name: "advice", type: string, words: "What to do about it."),
            Field(name: "lines", type: numbers, words: "The lines it rests on, by their index."),
            Field(name: "sessions", type: numbers, words: "The sessions it rests on beside this one, by their number."),
            Field(name: "lesson", type: string, words: "The anchor of the lesson."),
        ]
    }

    private static var tlsFields: [Field] {
        ["version", "cipher", "group"].map { Field(name: $0, type: stringOrNull, words: "As TLS names it.") }
    }

    private static var lineFields: [Field] {
        [
            Field(name: "session", type: count, words: "The session it belongs to."),
            Field(name: "index", type: count, words: "Counted from 0 within the session."),
            Field(
                name: "time",
                type: "{\"type\": \"number\", \"minimum\": 0}",
                words: "Seconds since the session began."
            ),
            Field(
                name: "leg",
                type: words(Leg.allCases.map(\.rawValue)),
                words: "To the sender's own server, the lookup, to the recipient's."
            ),
            Field(
                name: "from",
                type: words(["client", "server", "note"]),
                words: "Who says it; a note was on no wire."
            ),
            Field(name: "step", type: step, words: "One of the fourteen."),
            Field(name: "substep", type: string, words: "Its letters; empty on the step itself."),
            Field(name: "transaction", type: count, words: "Counted from 1; 0 before the first."),
            Field(name: "text", type: string, words: "The line without its end; what cannot be printed as \\\\xHH."),
            Field(name: "verb", type: stringOrNull, words: "In capital letters; null for what is no command."),
            Field(name: "code", type: codeOrNull, words: "On each line of a reply."),
            Field(name: "enhanced", type: stringOrNull, words: "The enhanced status code of the line (RFC 2034)."),
            Field(name: "spans", type: list("span"), words: "They tile the line."),
            Field(name: "findings", type: list("finding"), words: "What is to be said about the line."),
            Field(
                name: "answers",
                type: "{\"type\": [\"integer\", \"null\"], \"minimum\": 0}",
                words: "The index of the line that a reply answers."
            ),
            Field(
                name: "octets",
                type: string,
                words: "Base64, where text cannot give the octets back.",
                isOptional: true
            ),
            Field(
                name: "inferred",
                type: "{\"const\": true}",
                words: "Where no wire told the line: it follows from what a log says.",
                isOptional: true
            ),
        ]
    }

    private static var spanFields: [Field] {
        [
            Field(name: "start", type: count, words: "The first octet, counted from 0."),
            Field(name: "end", type: count, words: "The octet behind the last."),
            Field(name: "kind", type: string, words: "What the octets are."),
            Field(name: "lesson", type: stringOrNull, words: "The anchor of the lesson, for 'ehlo lessons show'."),
        ]
    }

    private static var findingFields: [Field] {
        [
            Field(name: "id", type: string, words: "The name of the finding."),
            Field(
                name: "severity",
                type: words(Finding.Severity.allCases.map(\.rawValue)),
                words: "How much it matters."
            ),
            Field(name: "rfc", type: string, words: "The section, as 5321 §4.1.2."),
            Field(name: "lesson", type: stringOrNull, words: "The anchor of the lesson."),
        ]
    }

    // MARK: Types

    private static let string = "{\"type\": \"string\"}"
    private static let stringOrNull = "{\"type\": [\"string\", \"null\"]}"
    private static let count = "{\"type\": \"integer\", \"minimum\": 0}"
    private static let step = "{\"type\": \"integer\", \"minimum\": 1, \"maximum\": 14}"
    private static let stepOrNull = "{\"type\": [\"integer\", \"null\"], \"minimum\": 1, \"maximum\": 14}"
    private static let codeOrNull = "{\"type\": [\"integer\", \"null\"], \"minimum\": 0, \"maximum\": 999}"

    private static let numbers = "{\"type\": \"array\", \"items\": \(count)}"

    private static func words(_ all: [String]) -> String {
        "{\"enum\": [\(all.map { "\"\($0)\"" }.joined(separator: ", "))]}"
    }

    private static func reference(_ name: String) -> String { "{\"$ref\": \"#/$defs/\(name)\"}" }
    private static func orNull(_ name: String) -> String { "{\"anyOf\": [{\"type\": \"null\"}, \(reference(name))]}" }
    private static func list(_ name: String) -> String { "{\"type\": \"array\", \"items\": \(reference(name))}" }

    private static func object(_ name: String, _ words: String, _ fields: [Field]) -> String {
        let properties = fields.map { field in
            "        \"\(field.name)\": {\"description\": \"\(field.words)\", \(field.type.dropFirst())"
        }
        let required = fields.filter { !$0.isOptional }.map { "\"\($0.name)\"" }
        return """
                "\(name)": {
                  "description": "\(words)",
                  "type": "object",
                  "properties": {
            \(properties.joined(separator: ",\n"))
                  },
                  "required": [\(required.joined(separator: ", "))],
                  "additionalProperties": false
                }
            """
    }
}
