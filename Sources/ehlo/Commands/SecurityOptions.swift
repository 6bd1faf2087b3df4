import ArgumentParser
import Interchange
import Networking
import SMTP

/// The options about TLS and login, with swaks' names.
struct SecurityOptions: ParsableArguments {
    @Flag(name: .customLong("tls"), help: "Require STARTTLS; without it there is no session.")
    var requiresTLS = false
    @Flag(name: .customLong("tls-optional"), help: "Use STARTTLS when it is offered, the default.")
    var optionalTLS = false
    @Flag(name: .customLong("tls-on-connect"), help: "TLS from the first octet on, the default on port 465.")
    var tlsOnConnect = false
    @Flag(name: .customLong("no-tls"), help: "Do not use TLS.")
    var noTLS = false
    @Flag(
        inversion: .prefixedNo,
        help: "Go on only with a certificate that is for this server and trusted here, the default with --submit."
    )
    var tlsVerify: Bool?
    @Option(
        help: ArgumentHelp(
            "Submit the mail to one's own provider, HOST or HOST:PORT (587, or 465 for TLS at once).",
            valueName: "server"
        )
    )
    var submit: String?
    @Option(help: ArgumentHelp("The server name to ask for, and to find in the certificate.", valueName: "name"))
    var tlsSni: String?
    @Option(help: ArgumentHelp("Trust these authorities too, a file in PEM.", valueName: "file"), completion: .file())
    var tlsCaPath: String?
    @Option(
        help: ArgumentHelp("The oldest version of TLS: 1.0, 1.1, 1.2 or 1.3.", valueName: "version"),
        completion: .list(TLSSetup.Version.allCases.map(\.name))
    )
    var tlsMin: String?
    @Option(
        help: ArgumentHelp(
            "Add the secrets of TLS to this file, as SSLKEYLOGFILE has them written, for 'ehlo replay CAPTURE --keylog FILE'.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keylog: String?
    @Option(
        help: ArgumentHelp(
            "Log in as this user. The password is asked for, or comes from EHLO_PASSWORD.",
            valueName: "user"
        )
    )
    var authUser: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Log in with \(Mechanism.spokenNames); the best that is offered otherwise.",
            valueName: "mechanism"
        ),
        completion: .list(Mechanism.spoken.map(\.name))
    )
    var auth: String?
    @Option(
        help: ArgumentHelp("The password, or the token, is the first line of this file.", valueName: "file"),
        completion: .file()
    )
    var authPasswordFile: String?
    @Flag(help: "Send user and password even over a line that TLS does not protect.")
    var authForceClear = false
    @Flag(help: "Show passwords in panes, recordings and exports instead of masking them.")
    var showSecrets = false

    /// Where submission is when nobody says otherwise (RFC 6409 §3.1).
    static let submissionPort = 587

    func validate() throws {
        guard [requiresTLS, optionalTLS, tlsOnConnect, noTLS].filter(\.self).count <= 1 else {
            throw ValidationError("--tls, --tls-optional, --tls-on-connect and --no-tls exclude each other")
        }
        guard !(noTLS && keylog != nil) else { throw ValidationError("without TLS there are no secrets for --keylog") }
        guard !(noTLS && tlsVerify == true) else {
            throw ValidationError("without TLS there is nothing for --tls-verify")
        }
        if submit != nil, authUser == nil {
            throw ValidationError("--submit needs --auth-user: a provider wants to know whose mail it is")
        }
        if auth != nil || authPasswordFile != nil || authForceClear, authUser == nil {
            throw ValidationError("--auth, --auth-password-file and --auth-force-clear need --auth-user")
        }
        if let auth, Mechanism(spoken: auth) == nil {
            throw ValidationError("--auth: this program speaks \(Mechanism.spokenNames)")
        }
        if let tlsMin, TLSSetup.Version(named: tlsMin) == nil {
            throw ValidationError("--tls-min takes 1.0, 1.1, 1.2 or 1.3")
        }
    }

    /// Opens a key log; older lines stay in it.
    private static func keyLog(_ path: String) throws(CommandError) -> @Sendable (String) -> Void {
        let file = try AddedLines(path, for: "--keylog", called: "the key log")
        if file.mayBeReadByOthers {
            Message.write(
                "\(Escaping.message(path)) may be read by others; 'chmod 600' keeps the secrets in it to their owner"
            )
        }
        return { file.write($0) }
    }

    /// Checked, and files read.
    func security(mayAsk: Bool) throws -> LiveSecurity {
        if let authUser { try OptionText.check(authUser, "--auth-user") }
        if let tlsSni { try OptionText.check(tlsSni, "--tls-sni") }
        var security = LiveSecurity()
        if let submit { try OptionText.check(submit, "--submit") }
        security.isSubmission = submit != nil
        security.mustVerify = tlsVerify ?? (submit != nil && !noTLS)
        // Who wants to verify wants no session in the clear, and a password is for one's provider alone (RFC 8314 §3).
        let isRequired = requiresTLS || security.mustVerify || submit != nil && !optionalTLS
        security.use = tlsOnConnect ? .onConnect : noTLS ? .never : isRequired ? .required : .ifOffered
        security.serverName = tlsSni
        security.minimum = tlsMin.flatMap(TLSSetup.Version.init(named:)) ?? .tls1_2
        security.authorities = try OptionText.file(tlsCaPath.map { "@\($0)" }, most: 1 << 20) ?? []
        security.mechanism = auth.flatMap(Mechanism.init(spoken:))
        security.mayAuthenticateInClear = authForceClear
        security.showsSecrets = showSecrets
        if let keylog { security.onSecret = try Self.keyLog(keylog) }
        if let authUser {
            let password = try Password.find(file: authPasswordFile, of: authUser, mayAsk: mayAsk)
            do { security.credentials = try Credentials(user: authUser, password: password) } catch {
                throw CommandError(.usage, "--auth-user: \(error)")
            }
        }
        return security
    }
}

extension Mechanism {
    /// The mechanism of this name, in upper or lower case, where it is one that can be used.
    fileprivate init?(spoken name: String) {
        guard let mechanism = Mechanism(named: name.utf8), mechanism.isSpoken else { return nil }
        self = mechanism
    }
}

extension TLSSetup.Version {
    fileprivate init?(named name: String) {
        guard let version = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = version
    }
}
