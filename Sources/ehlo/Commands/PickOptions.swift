import ArgumentParser
import Interchange

/// Which sessions of a log or a pipe are wanted: `--peer` and `--queue-id`.
struct PickOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only sessions with this machine.", valueName: "address|name"))
    var peer: String?
    @Option(help: ArgumentHelp("Only sessions in which this queue id is named.", valueName: "id"))
    var queueID: String?

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
}
