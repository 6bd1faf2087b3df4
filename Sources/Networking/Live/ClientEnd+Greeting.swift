import NIOCore
import SMTP
import Tracing

/// A greeting that does not come, and TLS that is not what the server begins with (RFC 8314 §3.3).
extension ClientEnd {
    /// After so long a person wants to know what is waited for.
    static let greetingPatience = TimeAmount.seconds(10)

    /// Whether TLS comes before anything else.
    var isBeginningWithTLS: Bool { life == .securing && dialogue?.sequence.phase == .connected }

    /// Whether the server has not said a word, and should have.
    var awaitsFirstWord: Bool { dialogue?.awaitedTurn == .greeting && log.reader(of: setup.leg).server.isUntouched }

    /// What came of TLS, for a person who may have chosen the wrong kind of it.
    func failure(of trouble: TLSError) -> WireEvent.Failure {
        guard trouble == .notTLS, isBeginningWithTLS else { return WireEvent.Failure(.tlsFailed, "\(trouble)") }
        return WireEvent.Failure(.clearExpected).adding(
            "; with --tls, and without --tls-on-connect, TLS begins with STARTTLS (RFC 8314 §3.3)"
        )
    }

    /// What it means that nothing came in time.
    func silence(awaiting limit: TimeLimit?) -> WireEvent.Failure {
        let source = limit.map { " (\($0.spec))" } ?? ""
        guard awaitsFirstWord else { return WireEvent.Failure(.noReply).adding(source) }
        return Self.noGreeting(source)
    }

    static func noGreeting(_ source: String) -> WireEvent.Failure {
        WireEvent.Failure(.noGreeting).adding(
            "\(source); where TLS comes first, as on port 465, --tls-on-connect begins with it (RFC 8314 §3.3)"
        )
    }

    /// Says after some seconds why a greeting may be late.
    func explainSilence() {
        link?.after(Self.greetingPatience) { [weak self] in
            guard let self, self.awaitsFirstWord, case .open = self.life else { return }
            self.log.emit(
                .note(
                    "No greeting for \(Self.greetingPatience.nanoseconds / 1_000_000_000) s: some servers make whoever comes wait, and where TLS comes first the server waits for the client (--tls-on-connect)"
                ),
                self.setup.leg
            )
        }
    }
}
