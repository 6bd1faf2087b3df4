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
    @Flag(help: "Go on only with a certificate that is for this server and trusted here.")
    var tlsVerify = false
    @Option(help: ArgumentHelp("The server name to ask for, and to find in the certificate.", valueName: "name"))
    var tlsSni: String?
    @Option(help: ArgumentHelp("Trust these authorities too, a file in PEM.", valueName: "file"))
    var tlsCaPath: String?
    @Option(help: ArgumentHelp("The oldest version of TLS: 1.0, 1.1, 1.2 or 1.3.", valueName: "version"))
    var tlsMin: String?

    func validate() throws {
        guard [requiresTLS, optionalTLS, tlsOnConnect, noTLS].filter(\.self).count <= 1 else {
            throw ValidationError("--tls, --tls-optional, --tls-on-connect and --no-tls exclude each other")
        }
        guard !(noTLS && tlsVerify) else { throw ValidationError("without TLS there is nothing for --tls-verify") }
        if let tlsMin, TLSSetup.Version(named: tlsMin) == nil {
            throw ValidationError("--tls-min takes 1.0, 1.1, 1.2 or 1.3")
        }
    }

    /// Checked, and files read.
    func security() throws -> LiveSecurity {
        if let tlsSni { try OptionText.check(tlsSni, "--tls-sni") }
        var security = LiveSecurity()
        // Who wants to verify wants no session in the clear.
        security.use = tlsOnConnect ? .onConnect : noTLS ? .never : requiresTLS || tlsVerify ? .required : .ifOffered
        security.mustVerify = tlsVerify
        security.serverName = tlsSni
        security.minimum = tlsMin.flatMap(TLSSetup.Version.init(named:)) ?? .tls1_2
        security.authorities = try OptionText.file(tlsCaPath.map { "@\($0)" }, most: 1 << 20) ?? []
        return security
    }
}

extension TLSSetup.Version {
    fileprivate init?(named name: String) {
        guard let version = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = version
    }
}
