import ArgumentParser
import Cryptography
import Interchange

/// `--keylog` of what reads a file.
struct KeyLogOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Open the TLS of a packet capture with the secrets in this file, as SSLKEYLOGFILE has them written.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keylog: String?

    /// The secrets; none where no file was named. Whoever reads the session says what could not be read of them.
    func keys() throws(FileError) -> KeyLog {
        guard let keylog else { return KeyLog() }
        let keys = KeyLog(try FileOctets.read(keylog))
        if keys.isEmpty {
            Message.write("\(Escaping.message(keylog)): there is no secret of TLS in it, so nothing is opened")
        }
        return keys
    }
}
