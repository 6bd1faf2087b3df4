import DNS
import NIOCore
import SMTP
import Tracing

/// One mail's way through a sandbox world: submission, lookup, relay. Lives on one event loop.
final class SandboxWalk {
    let configuration: SandboxConfiguration
    /// Nil where all goes in the clear.
    let security: WalkSecurity?
    private let loop: any EventLoop
    private let log: TimedLog
    private let gate: any StepKeeper
    private let onFinish: (SandboxOutcome) -> Void
    private var generator: SplitMix64

    private let ownSubmission = OwnConnection()
    private let ownRelay = OwnConnection()
    private var submissionServer: Listener?
    private var relayServer: Listener?
    private var client: ClientEnd?
    private var lookup: Task<Void, Never>?
    private var routing: MailRouting?
    /// Does not ask for signatures.
    private var plainResolver: Resolver?
    /// What the sender's own server took and has not sent on.
    private var queued: MailObject?
    /// What the recipient's server put into the mailbox.
    private var stored: [[UInt8]] = []
    /// What it has taken and is still checking, and what waits for that.
    private var arrivals: [Task<Void, Never>] = []
    private var afterArrivals: [() -> Void] = []
    private var isOver = false

    init(
        _ configuration: SandboxConfiguration,
        _ security: WalkSecurity?,
        on loop: any EventLoop,
        log: TimedLog,
        gate: any StepKeeper,
        onFinish: @escaping (SandboxOutcome) -> Void
    ) {
        self.configuration = configuration
        self.security = security
        self.loop = loop
        self.log = log
        self.gate = gate
        self.onFinish = onFinish
        generator = SplitMix64(seed: configuration.seed)
    }

    /// Opens the servers; nothing moves yet.
    func open() -> EventLoopFuture<SandboxWorld.Ports> {
        let submission = makeSubmissionServer()
        let relay = makeRelayServer()
        submissionServer = submission
        relayServer = relay
        let servers = NIOLoopBound((submission, relay), eventLoop: loop)
        return submission.listen(on: loop).and(relay.listen(on: loop)).map { _ in
            SandboxWorld.Ports(
                dns: 0,
                submission: servers.value.0.port ?? 0,
                relay: servers.value.1.port ?? 0
            )
        }
    }

    /// Lets the mail set out, as far as the gate allows.
    func begin(dns port: Int) {
        guard !isOver else { return }
        let (log, loop) = (NIOLoopBound(log, eventLoop: loop), loop)
        let observe: @Sendable (Resolver.Packet) -> Void = { packet in
            loop.execute { log.value.emit(packet.event, .lookup) }
        }
        // The name server is ours and always answers: a query sent twice on a busy machine would only confuse.
        var resolver = Resolver(servers: "127.0.0.1:\(port)", timeLimit: .seconds(120))
        plainResolver = resolver
        resolver.wantsSignatures = security != nil
        routing = MailRouting(
            resolver: resolver,
            families: [.a, .aaaa],
            observe: observe,
            trust: security?.trust(resolver, observe) { note in loop.execute { log.value.emit(.note(note), .lookup) } }
        )
        pass(LiveHold.Held(step: .submission)) { self.submit() }
    }

    /// Does something on the event loop once it is released, unless all is over by then.
    private func pass(_ held: LiveHold.Held, _ action: @escaping () -> Void) {
        let (walk, loop) = (NIOLoopBound((self, action), eventLoop: loop), loop)
        gate.pass(held) { _ in
            loop.execute { if !walk.value.0.isOver { walk.value.1() } }
        }
    }

    /// Ends everything at once; nothing is told any more but the outcome.
    func stop() {
        log.shut()
        gate.drop()
        lookup?.cancel()
        for arrival in arrivals { arrival.cancel() }
        client?.abort()
        submissionServer?.close()
        relayServer?.close()
        (submissionServer, relayServer) = (nil, nil)
        finish(.stopped)
    }

    private func finish(_ outcome: SandboxOutcome) {
        guard !isOver else { return }
        isOver = true
        client = nil
        onFinish(outcome)
    }

    private func makeQueueID() -> String {
        let digits = String(generator.next() >> 24, radix: 36, uppercase: true)
        return String(digits.suffix(8))
    }
}

/// Step 1: the user agent hands the mail to the sender's own server (RFC 6409).
extension SandboxWalk {
    private func makeSubmissionServer() -> Listener {
        let policy = ServerDialogue.Policy(
            domain: configuration.ownServerName,
            greetingText: "ESMTP submission, ready",
            offered: SandboxWorld.offered(withTLS: security != nil),
            sizeLimit: SandboxWorld.maxMailSize,
            queueID: makeQueueID()
        )
        return Listener {
            ServerEnd.Setup(
                policy: policy,
                tls: self.security?.submissionServer,
                limit: Listener.usualPatience,
                date: { self.configuration.date }
            )
        } onConnected: { end in
            end.start()
        } onMail: { end, fate in
            guard case .accepted(let reception) = fate else { return }
            self.ownSubmission.ask(end.peerPort) { if $0 { self.queue(reception) } }
        }
    }

    private func submit() {
        guard !isOver else { return }
        let port = submissionServer?.port ?? 0
        let mail = MailObject(
            envelope: Envelope(reversePath: configuration.sender, forwardPaths: configuration.submitted),
            content: configuration.content
        )
        let peer = "\(configuration.ownServerName) [127.0.0.1]:\(port)"
        log.emit(.connect(to: peer), .submission)
        ownSubmission.connecting()
        var plan = ClientDialogue.Plan(clientName: configuration.userAgentName, mails: [mail])
        plan.tls = security == nil ? .never : .required
        let setup = ClientEnd.Setup(
            leg: .submission,
            peer: peer,
            dialogue: { [plan] _ in LoggedDialogue.around(try ClientDialogue(plan)) },
            limit: { _ in nil },
            tls: security?.userAgent(asking: configuration.ownServerName)
        )
        dial(setup, ownSubmission, port) { self.submitted($0) }
    }

    /// The server keeps the mail with its trace field on top, adds what the user agent left out (RFC 6409 §8), and signs it for
    /// its domain. Recipients of its own domain it serves itself; the others are those the mail is sent on to.
    private func queue(_ reception: ServerEnd.Reception) {
        var mail = reception.mail
        var added: [UInt8] = []
        let fields = HeaderField.fields(of: mail.content)
        if !fields.contains(where: { $0.isNamed("Date") }) { added += Array("Date: \(configuration.date)\r\n".utf8) }
        if !fields.contains(where: { $0.isNamed("Message-ID") }) {
            let id = "\(reception.fields.queueID).\(configuration.date.seconds)@\(configuration.ownServerName)"
            added += Array("Message-ID: <\(id)>\r\n".utf8)
        }
        mail.content = added + mail.content
        let trace = reception.fields.received(for: mail.envelope)
        mail.content = trace + signer.field(for: mail.content, at: configuration.date.seconds) + mail.content
        mail.envelope.forwardPaths = configuration.recipients
        queued = mail
    }

    private var signer: DKIMSigner {
        DKIMSigner(
            domain: "\(configuration.senderDomain)",
            selector: SandboxConfiguration.selector,
            key: configuration.signingKey.signing
        )
    }

    private func submitted(_ ending: ClientEnd.Ending) {
        guard case .finished(.completed(1)) = ending, queued != nil else { return finish(.notSubmitted(ending.reason)) }
        pass(LiveHold.Held(step: .exchangerLookup)) { self.lookUp() }
    }
}

/// Step 2: where does the mail go (RFC 5321 §5.1)?
extension SandboxWalk {
    private func lookUp() {
        guard let routing, !isOver else { return }
        let (walk, loop) = (NIOLoopBound(self, eventLoop: loop), loop)
        let (domain, seed) = (configuration.recipientDomain, configuration.seed)
        lookup = Task {
            let found = await Destination.find(routing, for: domain, seed: seed)
            loop.execute { walk.value.looked(up: found) }
        }
    }

    private func looked(up result: Result<Destination, Destination.NotFoundError>) {
        switch result {
        case .failure(let trouble): lookupFailed(trouble)
        case .success(let destination):
            if security != nil { log.emit(.note(destination.remark), .lookup) }
            pass(LiveHold.Held(step: .connection)) { self.connect(to: destination) }
        }
    }

    private func lookupFailed(_ trouble: Destination.NotFoundError) {
        log.emit(.error(trouble.failure), .lookup)
        let outcome = LiveOutcome.lookupFailed(trouble.failure, trouble.disposition)
        if security != nil, let advice = QueueAdvice.remark(after: outcome) { log.emit(.remark(advice), .lookup) }
        finish(.notDelivered(trouble.failure.words))
    }
}

/// Steps 3 to 14: the sender's own server hands the mail to the recipient's server.
extension SandboxWalk {
    private func makeRelayServer() -> Listener {
        let policy = ServerDialogue.Policy(
            domain: configuration.exchangerName,
            greetingText: "ESMTP ready",
            offered: SandboxWorld.offered(withTLS: security?.offersTLS == true),
            localDomains: ["\(configuration.recipientDomain)"],
            sizeLimit: SandboxWorld.maxMailSize,
            queueID: makeQueueID()
        )
        return Listener {
            ServerEnd.Setup(
                policy: policy,
                tls: self.security?.relayServer,
                limit: Listener.usualPatience,
                date: { self.configuration.date }
            )
        } onConnected: { end in
            self.ownRelay.ask(end.peerPort) { isOwn in
                end.start(pass: isOwn ? { self.pass(LiveHold.Held(replyTo: $0, $1), $2) } : nil)
            }
        } onMail: { end, fate in
            guard case .accepted(let reception) = fate else { return }
            self.ownRelay.ask(end.peerPort) { if $0 { self.store(reception) } }
        }
    }

    private func connect(to destination: Destination) {
        guard let mail = queued, !isOver else { return }
        let port = relayServer?.port ?? 0
        let peer = "\(destination.host) [\(destination.address)]:\(port)"
        log.emit(.connect(to: peer), .relay)
        ownRelay.connecting()
        var plan = ClientDialogue.Plan(clientName: configuration.ownServerName, mails: [mail])
        plan.tls = destination.tls(security)
        let setup = ClientEnd.Setup(
            leg: .relay,
            peer: peer,
            dialogue: { [plan] _ in LoggedDialogue.around(try ClientDialogue(plan)) },
            limit: { _ in nil },
            pass: { turn, ordinal, octets, action in
                self.whenChecked { self.pass(LiveHold.Held(walking: turn, ordinal)) { action(octets) } }
            },
            tls: security?.sender(to: destination),
            holdsHandshake: true
        )
        dial(setup, ownRelay, port) { ending in self.whenChecked { self.relayed(ending) } }
    }

    /// The recipient's server checks where the mail is from, and then makes the final delivery.
    private func store(_ reception: ServerEnd.Reception) {
        guard let resolver = plainResolver, !isOver else { return }
        let checks = ArrivalChecks(
            resolver: resolver,
            serverName: configuration.exchangerName,
            clientAddress: IPAddress(text: reception.fields.clientAddress),
            clientName: reception.fields.clientName,
            mail: reception.mail,
            tell: { [loop, log = NIOLoopBound(log, eventLoop: loop)] text in
                loop.execute { log.value.emit(.note(text), .relay) }
            }
        )
        let (walk, loop) = (NIOLoopBound((self, reception), eventLoop: loop), loop)
        arrivals.append(
            Task {
                let results = await checks.run()
                let content = checks.contentToKeep()
                loop.execute { walk.value.0.store(walk.value.1, content, results) }
            }
        )
    }

    /// Return-Path goes on top (RFC 5321 §4.4), and what was found above this server's own Received (RFC 8601 §4).
    private func store(_ reception: ServerEnd.Reception, _ content: [UInt8], _ results: AuthenticationResults) {
        let envelope = reception.mail.envelope
        stored.append(
            TraceFields.returnPath(of: envelope) + results.field + reception.fields.received(for: envelope) + content
        )
        arrivals.removeFirst()
        guard arrivals.isEmpty, !isOver else { return }
        let waiting = afterArrivals
        afterArrivals = []
        for action in waiting { action() }
    }

    /// Goes on once nothing is being checked, so that what the server looks up stands at the step of its 250.
    private func whenChecked(_ action: @escaping () -> Void) {
        if arrivals.isEmpty { action() } else { afterArrivals.append(action) }
    }

    private func relayed(_ ending: ClientEnd.Ending) {
        queued = nil
        for mail in stored { log.emit(.delivered(mail), .relay) }
        switch ending {
        case .finished(.completed) where !stored.isEmpty: finish(.delivered)
        case .finished(let outcome) where security != nil && stored.isEmpty:
            // The walk has one server behind all exchangers; a real sender would try the others first (RFC 7672 §2.2).
            if let advice = QueueAdvice.remark(after: .failed(outcome)) { log.emit(.remark(advice), .relay) }
            finish(.notDelivered(ending.reason))
        case .finished, .notConnected: finish(stored.isEmpty ? .notDelivered(ending.reason) : .delivered)
        }
    }

    private func dial(
        _ setup: ClientEnd.Setup,
        _ own: OwnConnection,
        _ port: Int,
        onEnding: @escaping (ClientEnd.Ending) -> Void
    ) {
        let isSubmission = setup.leg == .submission
        var notes = ["The sandbox uses port \(port) in place of \(isSubmission ? 587 : 25)"]
        if isSubmission, security != nil { notes.append(WalkSecurity.userAgentTrust) }
        let (log, leg) = (log, setup.leg)
        let end = ClientEnd(setup, log: log) { [notes] link in
            for note in notes { log.emit(.note(note), leg) }
            own.connected(from: link.localAddress?.port)
        } onEnding: { ending in
            if case .notConnected = ending { own.failed() }
            onEnding(ending)
        }
        client = end
        do {
            Networking.dial(
                end,
                to: try SocketAddress(ipAddress: "127.0.0.1", port: port),
                within: .seconds(10),
                on: loop
            )
        } catch { end.failed(error) }
    }
}
