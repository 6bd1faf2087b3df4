import DNS
import NIOCore
import NIOPosix
import SMTP
public import Tracing

/// A session with a real server, from the lookup to QUIT, that runs through by itself.
///
/// Mail data leaves this machine only where the options say so: otherwise the session ends after RCPT.
public struct LiveSession: Sendable {
    public let options: Options

    /// Whether this machine is taken for somebody else's, as tests do that have no other.
    let isWaryOfLoopback: Bool

    public init(_ options: Options) { self.init(options, waryOfLoopback: false) }

    init(_ options: Options, waryOfLoopback: Bool) {
        self.options = options
        isWaryOfLoopback = waryOfLoopback
    }

    /// How long a connection may take to stand, in seconds, when the options say nothing; RFC 5321 sets no limit.
    static let maxConnecting = 30

    /// Walks the session and tells all that happens, in order. Cancelling the task ends it at once.
    ///
    /// With `gate` nothing is asked of DNS, connected to or sent before that lets it; `hand` is how a person sends beside it.
    /// `onWaiting` is called with what is waited for, and with nil when that came.
    public func run(
        gate: (any StepKeeper)? = nil,
        hand: HandLine? = nil,
        onWaiting: @escaping @Sendable (LiveHold.Waiting?) -> Void = { _ in },
        onEvent: @escaping @Sendable (WireEvent) -> Void
    ) async -> LiveOutcome {
        let loop = SandboxWorld.group.next()
        let line: NIOLoopBoundBox<LiveLine?> = .makeEmptyBox(valueType: LiveLine.self, eventLoop: loop)
        _ = try? await loop.submit { line.value = LiveLine(log: TimedLog(onEvent: onEvent), loop: loop) }.get()
        let tell: @Sendable (WireEvent.Kind, Leg) -> Void = { kind, leg in
            loop.execute { line.value?.log.emit(kind, leg) }
        }
        let person = Person(gate: gate, hand: hand, onWaiting: onWaiting)
        let outcome = await withTaskCancellationHandler {
            let outcome = await walk(person, tell) { attempt in
                await Self.attempt(attempt, on: loop, line)
            }
            if !options.everyExchanger, let remark = QueueAdvice.remark(after: outcome) {
                tell(.remark(remark), outcome.leg)
            }
            return outcome
        } onCancel: {
            loop.execute { line.value?.cancel() }
        }
        // Whatever was told before this is out when it returns, and nothing comes after it.
        _ = try? await loop.submit {
            line.value?.log.shut()
            line.value = nil
        }.get()
        return outcome
    }

    /// How the session and whoever follows it reach each other.
    private struct Person {
        var gate: (any StepKeeper)?
        var hand: HandLine?
        var onWaiting: @Sendable (LiveHold.Waiting?) -> Void
    }

    private typealias Tell = @Sendable (WireEvent.Kind, Leg) -> Void

    /// Tries host after host until one says more than that it is not there (RFC 5321 §5.1).
    private func walk(
        _ person: Person,
        _ tell: @escaping Tell,
        _ attempt: (LiveLine.Attempt) async -> ClientEnd.Ending?
    ) async -> LiveOutcome {
        let hosts: [Host]
        if options.server == nil {
            if case .domain(let domain)? = try? options.lookupDomain() {
                await person.gate?.wait(for: LiveHold.Held(step: .exchangerLookup, octets: [], target: "\(domain)"))
            }
        }
        person.onWaiting(LiveHold.Waiting(words: "DNS", limit: lookupLimit, rule: ""))
        let lookedUp = await self.hosts(tell)
        person.onWaiting(nil)
        switch lookedUp {
        case .success(let found): hosts = found
        case .failure(let failure):
            if Task.isCancelled { return .cancelled }
            tell(.error(failure.reason), .lookup)
            return .lookupFailed(failure.reason, failure.disposition)
        }
        var last = LiveOutcome.lookupFailed("the domain has no exchanger", .permanent)
        var worst: LiveOutcome?
        var deciding: (peer: String, outcome: LiveOutcome)?
        var silent: Set<String> = []
        for host in hosts {
            person.onWaiting(LiveHold.Waiting(words: "DNS, the address of \(host.name)", limit: lookupLimit, rule: ""))
            let found = await self.addresses(of: host, tell)
            person.onWaiting(nil)
            let addresses = (try? found.get()) ?? []
            if addresses.isEmpty, !Task.isCancelled {
                let (reason, disposition) = Self.reason(found, host)
                last = .lookupFailed(reason, disposition)
                tell(.error(reason), .lookup)
            }
            for address in addresses {
                if let refusal = refusal(of: host, address) {
                    tell(.error(refusal), .lookup)
                    last = .lookupFailed(refusal, nil)
                    continue
                }
                guard !Task.isCancelled else { return .cancelled }
                var next = self.attempt(host, address)
                (next.gate, next.hand, next.onWaiting) = (person.gate, person.hand, person.onWaiting)
                guard let ending = await ending(of: next, tell, attempt) else { return .cancelled }
                last = Self.outcome(ending, isHeldBack: next.isHeldBack)
                if last.status != .success, worst == nil { worst = last }
                if deciding == nil, !ending.invitesAnotherHost { deciding = (next.peer, last) }
                if case .notConnected(let failure) = last, failure.failure == .timedOut { silent.insert(host.name) }
                guard ending.invitesAnotherHost || options.everyExchanger else { return last }
            }
        }
        guard !Task.isCancelled else { return .cancelled }
        let isClosed = silent.count > 1 && silent.count == hosts.count && hosts.allSatisfy { $0.port == 25 }
        if isClosed { return noneAnswered(silent.count, tell) }
        guard options.everyExchanger else { return last }
        tell(.note(QueueAdvice.sentence(afterAll: deciding)), .relay)
        return worst ?? last
    }

    /// Not one of several exchangers answered on port 25.
    private func noneAnswered(_ exchangers: Int, _ tell: Tell) -> LiveOutcome {
        let closed = Self.portClosed(exchangers)
        tell(.error(closed), .relay)
        return .notConnected(closed)
    }

    /// Visits one address: a second time without TLS where the first came to nothing for its sake. Nil when it was broken off.
    private func ending(
        of next: LiveLine.Attempt,
        _ tell: Tell,
        _ attempt: (LiveLine.Attempt) async -> ClientEnd.Ending?
    ) async -> ClientEnd.Ending? {
        await next.gate?.wait(for: LiveHold.Held(step: .connection, octets: [], target: next.peer))
        guard !Task.isCancelled, let ending = await attempt(next) else { return nil }
        guard ending.hasFailedInHandshake, next.mayGoOnInClear else { return ending }
        tell(.remark(Self.goingOnInClear), next.leg)
        var again = next
        again.security.use = .never
        await again.gate?.wait(for: LiveHold.Held(step: .connection, octets: [], target: again.peer))
        return Task.isCancelled ? nil : await attempt(again)
    }

    private static func portClosed(_ exchangers: Int) -> WireEvent.Failure {
        WireEvent.Failure(.portClosed).adding(
            ": none of \(exchangers) exchangers answered, as at homes, universities and clouds; 'ehlo' alone is a world to practise in, and one's own provider takes mail on port 587, with --submit"
        )
    }

    private static let goingOnInClear = WireEvent.Failure(.withoutTLS).adding(
        ": this connection is of no more use, and a new one to the same exchanger goes on in the clear (RFC 3207 §4, RFC 7435 §3)"
    )

    /// Why nothing is sent to this address; nil when there is no reason.
    private func refusal(of host: Host, _ address: IPAddress) -> WireEvent.Failure? {
        surprise(host, address).map {
            WireEvent.Failure(.surprisingAddress).of("\(host.name) has the address \(address), which is \($0)")
        }
    }

    /// What kind of address a public name should not have and an MX record leads to all the same; nil when all is well.
    ///
    /// A domain of somebody else must not make this machine talk to itself or to its neighbours. Whoever names the server,
    /// or a name server of his own on this machine, knows where he is.
    private func surprise(_ host: Host, _ address: IPAddress) -> String? {
        guard options.server == nil, !options.allowsPrivate, host.isFromDNS else { return nil }
        return address.isLoopback && options.asksOwnNameServer ? nil : address.scope
    }

    /// Where the session ends with this host: mail data leaves the machine only when that was asked for.
    func stopPoint(at address: IPAddress, port: Int) -> ClientDialogue.StopPoint? {
        let isHere = address.isLoopback && !isWaryOfLoopback && !options.portsLeadingElsewhere.contains(port)
        return isHere || options.send || !options.stopsLater(than: .rcpt)
            ? options.quitAfter : .rcpt
    }

    private static func outcome(_ ending: ClientEnd.Ending, isHeldBack: Bool) -> LiveOutcome {
        switch ending {
        case .notConnected(let reason): .notConnected(reason)
        case .finished(.completed(let accepted)):
            isHeldBack && accepted == 0 ? .heldBack : .completed(accepted: accepted)
        case .finished(let outcome): .failed(outcome)
        }
    }

    private func attempt(_ host: Host, _ address: IPAddress) -> LiveLine.Attempt {
        let stop = stopPoint(at: address, port: host.port)
        let name = host.name == "\(address)" ? "" : "\(host.name) "
        return LiveLine.Attempt(
            peer: "\(name)[\(address)]:\(host.port)",
            address: "\(address)",
            port: host.port,
            clientName: options.clientName ?? MachineName.fullyQualified,
            mail: options.mail,
            quitAfter: stop,
            leg: options.security.isSubmission ? .submission : .relay,
            security: options.security,
            host: host.name.hasSuffix(".") ? String(host.name.dropLast()) : host.name,
            timeout: options.timeout,
            note: remark(isHeldBack: stop != options.quitAfter),
            allowedStop: options.quitAfter,
            isHeldBack: stop != options.quitAfter,
            style: options.style
        )
    }
}

/// Where to go.
extension LiveSession {
    /// Said once the connection stands.
    private func remark(isHeldBack: Bool) -> String? {
        let heldBack =
            isHeldBack
            ? "Mail data goes to a real server only when that is asked for: the session ends after RCPT" : nil
        let submission =
            options.security.isSubmission
            ? "This is a submission to the sender's own server: steps 2 to 14 are its work, and out of sight from here"
            : nil
        let name = options.givenClientName.map {
            "\($0) goes as its A-label, \(options.clientName ?? "") (RFC 6531 §3.7.1)"
        }
        let remarks = [submission, name, heldBack].compactMap(\.self)
        return remarks.isEmpty ? nil : remarks.joined(separator: "\n")
    }

    private struct Host: Sendable {
        var name: String
        var port: Int
        /// Whether DNS named it, and no person.
        var isFromDNS = false
        /// Whether it is the domain itself, which has no MX records.
        var isDomain = false
    }

    /// In seconds.
    private var lookupLimit: Int { min(options.timeout ?? 10, 10) }

    private struct NoHostError: Error {
        var reason: WireEvent.Failure
        var disposition: Disposition?
    }

    /// Why there is no address, and whether there may be one later.
    private static func reason(
        _ found: Result<[IPAddress], LookupError>,
        _ host: Host
    ) -> (WireEvent.Failure, Disposition) {
        switch found {
        case .success where host.isDomain: (WireEvent.Failure(.neitherMXNorAddress).of(host.name), .permanent)
        case .success: (WireEvent.Failure(.noAddress, "\(host.name) \(LinkFailure.noAddress.words)"), .permanent)
        case .failure(let failure): (failure.told.of(host.name), failure.disposition)
        }
    }

    private func routing(_ tell: @escaping Tell) -> MailRouting {
        let families: [RecordType] =
            switch options.addressFamily {
            case .any: [.a, .aaaa]
            case .v4: [.a]
            case .v6: [.aaaa]
            }
        let limit = Duration.seconds(lookupLimit)
        return MailRouting(
            resolver: Resolver(servers: options.dnsServers, timeLimit: limit),
            families: families,
            observe: { tell($0.event, .lookup) }
        )
    }

    private func hosts(_ tell: @escaping Tell) async -> Result<[Host], NoHostError> {
        if let server = options.server {
            return .success([Host(name: server.host, port: server.port ?? options.port)])
        }
        let domain: Name
        do {
            switch try options.lookupDomain() {
            case .address(let text): return .success([Host(name: text, port: options.port)])
            case .domain(let name): domain = name
            }
        } catch { return .failure(NoHostError(reason: "\(error)")) }
        switch await routing(tell).choice(for: domain, seed: options.seed) {
        case .failure(let failure):
            return .failure(NoHostError(reason: failure.told.of("\(domain)"), disposition: failure.disposition))
        case .success(let choice):
            for remark in choice.remarks { tell(.note("\(remark)"), .lookup) }
            let isDomain = if case .implicit = choice.outcome { true } else { false }
            let hosts = choice.candidates.map {
                Host(name: "\($0.exchange)", port: options.port, isFromDNS: true, isDomain: isDomain)
            }
            guard hosts.isEmpty else { return .success(hosts) }
            let outcome = choice.outcome
            let why = choice.extendedErrors.first.map { "; it adds: \($0)" } ?? ""
            return .failure(
                NoHostError(reason: outcome.told.of("\(domain)").adding(why), disposition: outcome.disposition)
            )
        }
    }

    private func addresses(of host: Host, _ tell: @escaping Tell) async -> Result<[IPAddress], LookupError> {
        // Where a provider is, is no part of the lookup of step 2.
        let isHidden = options.security.isSubmission
        let say: Tell = { kind, leg in if !isHidden { tell(kind, leg) } }
        if let address = IPAddress(text: host.name) { return .success([address]) }
        // RFC 6761 §6.3: this name is not asked for.
        if host.name.lowercased() == "localhost" {
            return .success(options.addressFamily == .v6 ? [.v6(.loopback)] : [.v4(IPv4Address(127, 0, 0, 1))])
        }
        guard let name = try? Name(international: host.name) else { return .success([]) }
        let found = await routing(say).addresses(of: name)
        guard (try? found.get())?.isEmpty ?? true, options.server != nil, options.dnsServers == nil else {
            return found
        }
        // A host given by a name that DNS does not know may stand in /etc/hosts.
        let known = await MachineName.addresses(of: host.name).filter { options.allows($0) }
        if !known.isEmpty {
            say(.note("The address of \(host.name) is known to this machine only, not to DNS"), .lookup)
        }
        return known.isEmpty ? found : .success(known)
    }
}

extension LiveSession.Options {
    /// Whether the name server that is asked is on this machine, as in a class that plays the whole world.
    var asksOwnNameServer: Bool {
        guard let dnsServers else { return false }
        return ["127.", "[::1]", "::1"].contains { dnsServers.hasPrefix($0) }
    }

    func allows(_ address: IPAddress) -> Bool {
        switch (addressFamily, address) {
        case (.any, _), (.v4, .v4), (.v6, .v6): true
        case (.v4, .v6), (.v6, .v4): false
        }
    }

    /// Whether the session goes on after the answer to `point`.
    func stopsLater(than point: ClientDialogue.StopPoint) -> Bool {
        let order = ClientDialogue.StopPoint.allCases
        guard let quitAfter, let own = order.firstIndex(of: quitAfter), let other = order.firstIndex(of: point) else {
            return true
        }
        return own > other
    }
}

extension LiveLine.Attempt {
    /// Whether a session that could not be encrypted may be held without: only where TLS was to be had if it is offered, and
    /// where nobody logs in. A dialog is played as it stands.
    var mayGoOnInClear: Bool {
        security.use(at: port) == .ifOffered && !security.mustVerify && !security.isSubmission
            && security.credentials == nil && style.dialog == nil
    }
}

extension ClientEnd.Ending {
    /// Whether STARTTLS was agreed on and no TLS came of it.
    var hasFailedInHandshake: Bool {
        switch self {
        case .finished(.notSecured), .finished(.closedEarly(at: .handshake)), .finished(.timedOut(at: .handshake)): true
        case .finished, .notConnected: false
        }
    }

    /// Whether the next exchanger may do better: this one is not there, or says so before anything was asked of it.
    var invitesAnotherHost: Bool {
        switch self {
        case .notConnected, .finished(.closedEarly(at: .greeting)), .finished(.timedOut(at: .greeting)): true
        case .finished(.refused(at: .greeting, let reply)): reply.severity == .transientFailure
        case .finished: false
        }
    }
}
