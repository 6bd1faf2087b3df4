import ArgumentParser
import Cryptography
import Interchange

/// What reads a file is told of it: which sessions of a log or a pipe are wanted, `--peer` and `--queue-id`, and what opens the TLS in
/// it, `--keylog`. One group, since each costs every start some tenths of a millisecond.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only sessions with this machine.", valueName: "address|name"))
    var peer: String?
    @Option(help: ArgumentHelp("Only sessions in which this queue id is named.", valueName: "id"))
    var queueID: String?
    @Option(
        help: ArgumentHelp(
            "Open the TLS of a packet capture with the secrets in this file, as SSLKEYLOGFILE has them written.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keylog: String?

    var pick: SessionPick { SessionPick(peer: peer, queueID: queueID) }

    /// That nothing is like it.
    var nothing: CommandError {
        let asked = [
            peer.map { "--peer \(Escaping.message($0))" }, queueID.map { "--queue-id \(Escaping.message($0))" },
        ]
        return CommandError(
            .noInput,
            "there is no session for \(asked.compactMap(\.self).joined(separator: " ")); --list without it shows all"
        )
    }

    func picked(_ file: SessionFile) throws(CommandError) -> SessionFile {
        guard let picked = file.picking(pick) else { throw nothing }
        return picked
    }

    /// The secrets, also out of a file that was packed; none where no file was named. What could not be read of them is said.
    /// `paths` are where the sessions come from.
    func keys(for paths: [String]) throws -> KeyLog {
        guard let keylog else { return KeyLog() }
        guard keylog != "-" || !paths.contains("-") else {
            throw CommandError(
                .usage,
                "standard input is the session or the key log, not both; name a file for one of them"
            )
        }
        let file = try PlainOctets.read(keylog)
        var keys = KeyLog(file.octets)
        let name = keylog == "-" ? "standard input" : keylog
        let warnings = keys.isEmpty ? ["there is no secret of TLS in it, so nothing is opened"] : keys.warnings
        Message.warn(file.warnings + warnings, about: name)
        keys.forgetWarnings()
        return keys
    }
}
