import CAres
import COpenSSL

/// The system's libraries behind this room.
public enum NetworkingLibraries {
    /// Each with its version, as it runs and not as it was built with.
    public static var versions: [String] {
        let openSSL = OpenSSL_version(OPENSSL_VERSION_STRING).map { String(cString: $0) } ?? "of unknown version"
        let cAres = ares_version(nil).map { String(cString: $0) } ?? "of unknown version"
        return ["OpenSSL \(openSSL)", "c-ares \(cAres)"]
    }
}
