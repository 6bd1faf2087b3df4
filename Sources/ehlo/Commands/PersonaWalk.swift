import Glibc
import Interchange
import Networking
import SMTP
import Stage
import Synchronization
import Tracing

/// A walk to a server that plays a persona.
enum PersonaWalk {
    /// Sends the mail to a server that plays the persona.
    static func walk(_ persona: Persona, _ mail: SandboxConfiguration) throws -> Recording {
        let events = Mutex<[WireEvent]>([])
        let server = SandboxServer(persona, onEvent: { _ in }, onMail: { _ in })
        let recipients = mail.recipients.map { String($0.octets.lossyText.dropFirst().dropLast()) }
        do {
            try blocking {
                let address = try await server.start(port: 0).first ?? ""
                var style = LiveSession.Style()
                if persona.policy.family == .lmtp { style.hello = .lhlo }
                let options = try LiveSession.Options(
                    recipients: recipients,
                    sender: mail.sender.octets.lossyText.trimmingAngles,
                    clientName: "client.sender.example",
                    server: address,
                    content: mail.content,
                    send: true,
                    style: style
                )
                _ = await LiveSession(options).run { event in events.withLock { $0.append(event) } }
                await server.stop()
            }
        } catch {
            throw CommandError(.unavailable, "the persona '\(persona.name)' cannot be walked: \(error)")
        }
        let header = Recording.Header(
            began: Recorder.now,
            title: "persona \(persona.name)",
            source: "ehlo sandbox, persona \(persona.name)"
        )
        return Recording(header: header, events: events.withLock { $0 })
    }
}

extension String {
    /// Without the angle brackets of a path; the null reverse-path stays as it is.
    fileprivate var trimmingAngles: String { self == "<>" ? self : String(dropFirst().dropLast()) }
}
