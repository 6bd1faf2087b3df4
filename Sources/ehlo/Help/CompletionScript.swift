/// The script for a shell that the parser writes, and what it does not know of: the first word may be a session or a file
/// as well as a command, and `ehlo help` has a page for more than commands.
enum CompletionScript {
    /// A piece of the parser's script, the first such, and what stands in its place. The parser is pinned; where its script should change, a
    /// test says that a piece is gone.
    struct Change {
        let piece: String
        let replacement: String
    }

    /// What `ehlo help` has a page for.
    private static let pages = HelpTopic.allCases.map(\.rawValue) + Arguments.commands

    /// The changes to the script of a shell, by a piece that is in no other.
    static let changes: [(shell: String, changes: [Change])] = [
        (
            "bash",
            [
                Change(
                    piece: "complete -o filenames -F _ehlo ehlo",
                    replacement: """
                        # The first word may be a session or a file as well as a command.
                        _ehlo_or_session() {
                            _ehlo "${@}"
                            if [[ "${COMP_CWORD}" -eq 1 && "${2}" != -* ]]; then
                                local -r cur="${2}"
                                local -xr SAP_SHELL=bash
                                __ehlo_add_completions -W "$("${COMP_WORDS[0]}" ---completion replay -- positional@0 1 "${#cur}" \\
                                    "${COMP_WORDS[0]}" "${cur}")"
                            fi
                        }

                        complete -o default -o filenames -F _ehlo_or_session ehlo
                        """
                ),
                Change(
                    piece: """
                        _ehlo_help() {
                            repeating_flags=()
                            non_repeating_flags=(--version)
                            repeating_options=()
                            non_repeating_options=()
                            __ehlo_offer_flags_options -1

                        """,
                    replacement: """
                        _ehlo_help() {
                            repeating_flags=()
                            non_repeating_flags=(--version)
                            repeating_options=()
                            non_repeating_options=()
                            __ehlo_offer_flags_options -1
                            __ehlo_add_completions -W $'\(pages.joined(separator: "\\n"))'

                        """
                ),
            ]
        ),
        (
            "zsh",
            [
                Change(
                    piece: "        _describe -V subcommand subcommands && ret=0\n",
                    replacement: """
                                _describe -V subcommand subcommands && ret=0
                                # The first word may be a session or a file as well.
                                __ehlo_custom_complete ---completion replay -- positional@0 1 "${#PREFIX}" && ret=0

                        """
                ),
                Change(piece: "'*:subcommands:'", replacement: "'*:page:(\(pages.joined(separator: " ")))'"),
                // What is the name of a folder gets its slash, and no blank.
                Change(
                    piece: "_describe -V '' non_empty_completions -- ",
                    replacement: "_describe -V '' non_empty_completions -f -- "
                ),
            ]
        ),
        (
            "fish",
            [
                Change(
                    piece: "\ncomplete -c 'ehlo' -f\n",
                    replacement: """

                        complete -c 'ehlo' -f
                        # The first word may be a session or a file as well as a command.
                        complete -c 'ehlo' -n '__ehlo_should_offer_completions_for_positional "ehlo" -eq 1' -fa \
                        '(__ehlo_custom_completion ---completion replay -- positional@0 (count (__ehlo_tokens -pc)) (__ehlo_tokens -tC))'
                        complete -c 'ehlo' -n '__ehlo_should_offer_completions_for_positional "ehlo help" -eq 1' -fka '\(pages.joined(separator: " "))'

                        """
                )
            ]
        ),
    ]

    /// A script of the parser's with what it lacks; any other text as it is.
    static func completed(_ text: String) -> String {
        guard let own = changes.first(where: { $0.changes.allSatisfy { text.contains($0.piece) } }) else { return text }
        return own.changes.reduce(text) { $0.replacing($1.piece, with: $1.replacement, maxReplacements: 1) }
    }
}
