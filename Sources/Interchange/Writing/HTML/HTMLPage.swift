/// The frame of a page: its head with the policy that lets nothing run but our own script, and nothing be fetched.
enum HTMLPage {
    /// A whole page around a body. `script` is false for pages that have none.
    static func text(title: String, language: String, body: String, hasScript: Bool) -> String {
        let scripts = hasScript ? "script-src 'sha256-\(HTMLScript.hash)'; " : ""
        let policy =
            "default-src 'none'; style-src 'sha256-\(HTMLStyle.hash)'; \(scripts)img-src data:; base-uri 'none'; "
            + "form-action 'none'"
        let script = hasScript ? "<script>\(HTMLScript.text)</script>\n" : ""
        return """
            <!doctype html>
            <html lang="\(Escaping.html(language))">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="generator" content="ehlo">
            <title>\(Escaping.html(title))</title>
            <style>\(HTMLStyle.text)</style>
            </head>
            <body>
            \(body)
            \(script)</body>
            </html>

            """
    }
}

/// The keys of a page, the same as the program's: what to press and what it does. The script knows them by name.
public enum HTMLKeys {
    public static let rows: [(keys: [String], words: String)] = [
        (["n", "."], "one step on"),
        (["p", ","], "one step back"),
        (["Space", "Enter", "PgDn", "PgUp"], "the same for a presenter: on, on, on, back"),
        (["]"], "next whole step"),
        (["["], "previous whole step"),
        (["→", "←"], "span by span: what are these octets?"),
        (["↓", "j", "↑", "k"], "line by line"),
        (["g"], "go to a step by its number"),
        (["Home", "End"], "to the beginning, to the last step"),
        (["f"], "all findings"),
        (["m"], "the message as it was delivered or sent"),
        (["a"], "open all: the whole session as one document, and back"),
        (["?"], "this help"),
        (["Esc"], "close what lies on top"),
    ]

    static var table: String {
        rows.map { row in
            let keys = row.keys.map { "<kbd>\(Escaping.html($0))</kbd>" }.joined(separator: " ")
            return "<tr><td>\(keys)</td><td>\(Escaping.html(row.words))</td></tr>"
        }.joined(separator: "\n")
    }
}
