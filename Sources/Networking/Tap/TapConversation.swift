import Glibc
import NIOCore
import NIOPosix
import SMTP
import Tracing

/// One client and the server it is passed on to: every octet unchanged and in order, half-closes and resets as well.
///
/// An end is read again only when the other has taken what came, so a peer that stops reading stops the other from being
/// read, as it would without a tap. Used on one event loop.
final class TapConversation {
    let id: Int
    let options: Tap.Options
    private let loop: any EventLoop
    let log: TimedLog
    private let onHeld: (LiveHold.Held?) -> Void
    private let onEnded: (TapConversation) -> Void
    /// Whether what is told is taken up fast enough for more to be read.
    private let mayRead: () -> Bool

    /// Follows both sides; what was told of them is what it has seen.
    var reader: SessionReader { log.reader(of: .relay) }
    /// What the client sent and was not passed on, where a person decides when it is.
    var hold: TapHold?
    /// The line that waits to be let pass.
    private var heldLine: [UInt8]?
    var client: TapEnd?
    var server: TapEnd?
    /// Ends that wait to be read until the other has room.
    private var waiting: Set<Side> = []
    var life = TapLife.dialing { didSet { debug?.line("life", from: oldValue.told, to: life.told) } }
    private let debug = DebugLog.writer("tap")

    init(
        id: Int,
        _ options: Tap.Options,
        on loop: any EventLoop,
        log: TimedLog,
        mayRead: @escaping () -> Bool,
        onHeld: @escaping (LiveHold.Held?) -> Void,
        onEnded: @escaping (TapConversation) -> Void
    ) {
        self.id = id
        self.options = options
        self.loop = loop
        self.log = log
        self.mayRead = mayRead
        self.onHeld = onHeld
        self.onEnded = onEnded
        hold = options.holds ? TapHold() : nil
    }

    /// The handler for the client's connection.
    func makeClientEnd() -> TapEnd {
        let end = TapEnd(.client) { self.take($0, from: .client) }
        client = end
        return end
    }

    /// The address from which the server is spoken to, by which the tap knows a client that is itself.
    var outgoingAddress: SocketAddress? { server?.localAddress }

    /// Breaks both ends off.
    func abort() {
        client?.reset()
        server?.reset()
    }

    /// There may be room again for what is told.
    func resume() { for side in waiting { readMore(side) } }

    func end(_ side: Side) -> TapEnd? { side == .client ? client : server }

    private func take(_ occurrence: TapEnd.Occurrence, from side: Side) {
        switch occurrence {
        case .connected: if side == .client { clientCame() } else { serverAnswered() }
        case .received(let buffer): received(buffer, from: side)
        case .paused:
            end(side.other)?.flush()
            readMore(side)
        case .writable: if waiting.contains(side.other) { readMore(side.other) }
        case .ended: ended(side)
        case .failed(let error): failed(error, side)
        case .closed: closed(side)
        }
    }

    // MARK: Connecting

    private func clientCame() {
        guard let client else { return }
        log.emit(.note("The client is \(client.remoteAddress?.spelled ?? "unknown")"), .relay)
        dial(options.targetAddresses[...])
    }

    /// Tries one address after the other, as a client would.
    private func dial(_ addresses: ArraySlice<SocketAddress>) {
        guard let address = addresses.first, case .dialing = life else { return }
        let name = options.target.host == address.ipAddress ? "" : "\(options.target.host) "
        let peer = "\(name)[\(address.ipAddress ?? "")]:\(options.target.port)"
        log.emit(.connect(to: peer), .relay)
        let end = TapEnd(.server) { self.take($0, from: .server) }
        server = end
        self.peer = peer
        let bound = NIOLoopBound((self, end), eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(30))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value.1) }
            }
            .connect(to: address)
            .whenFailure { error in bound.value.0.notConnected(error, rest: addresses.dropFirst()) }
    }

    private var peer = ""

    private func notConnected(_ error: any Error, rest: ArraySlice<SocketAddress>) {
        server = nil
        if case .dialing = life {
            log.emit(.error(SocketTrouble.failure(error).of(peer)), .relay)
            guard rest.isEmpty else { return dial(rest) }
            life.fail()
            // There is no server to be passed on to: what the client would see without a tap is a connection that breaks.
            client?.reset()
        }
        if client?.life.isClosed ?? true { finish() }
    }

    private func serverAnswered() {
        log.emit(.connected(to: peer), .relay)
        guard debug.took("the server answered", life.connect()), let client, !client.life.isClosed else {
            return server?.reset() ?? ()
        }
        client.read()
        server?.read()
    }

    // MARK: Passing on

    func received(_ buffer: ByteBuffer, from side: Side) {
        guard case .passing = life else { return }
        // What comes while TLS is being begun is the beginning of it.
        if case .withServer(let early) = life.securing, side == .client {
            life.move(to: .withServer(early: early + buffer.readableBytesView))
            return
        }
        let octets = Array(buffer.readableBytesView)
        if side == .client, hold != nil {
            hold?.append(octets)
            return holdBack()
        }
        pass(octets, buffer, from: side)
        if side == .server, hold != nil { holdBack() }
    }

    private func pass(_ octets: [UInt8], _ buffer: ByteBuffer, from side: Side) {
        if options.interception != nil, life.securing.isInTheClear { return passInTheClear(octets, from: side) }
        tellAndWrite(octets, buffer, from: side)
    }

    func tellAndWrite(_ octets: [UInt8], _ buffer: ByteBuffer, from side: Side) {
        guard !octets.isEmpty else { return }
        noteHalfClose(before: side)
        log.emit(.octets(from: side, octets), .relay)
        end(side.other)?.write(buffer)
    }

    func readMore(_ side: Side) {
        // While the ends go into TLS, only that is read.
        guard life.mayRead else { return }
        if side == .client, let hold, hold.waiting.count > TapHold.maxWaiting { return }
        guard let other = end(side.other), other.isWritable || other.life.isOutputEnded, mayRead() else {
            waiting.insert(side)
            return
        }
        waiting.remove(side)
        end(side)?.read()
    }

    // MARK: Holding

    /// Passes on what need not wait, up to the next line that must.
    private func holdBack() {
        while heldLine == nil, !isBehindSTARTTLS, let next = hold?.next(reader) {
            switch next {
            case .wait: return
            case .pass(let octets): pass(octets, ByteBuffer(bytes: octets), from: .client)
            case .hold(let line):
                heldLine = line
                onHeld(LiveHold.Held(line: line, reader, target: peer))
            }
        }
        server?.flush()
    }

    /// Whether what the client sends now may be thrown away.
    private var isBehindSTARTTLS: Bool {
        guard options.interception != nil else { return false }
        return switch life.securing {
        case .untouched, .clear: reader.awaitsAnswerToSTARTTLS
        case .withServer: true
        case .withClient, .secured: false
        }
    }

    /// Lets the line that waits pass, or what a person made of it.
    func release(sending edited: [UInt8]?) {
        guard let line = heldLine, !life.isOver else { return }
        heldLine = nil
        onHeld(nil)
        let octets = edited.map { LiveHold.Held.unmasked($0, line: line, reader) } ?? line
        if octets != line {
            let shown = WireText.shown(log.shown(line, from: .client, .relay).filter { $0 != 13 && $0 != 10 })
            log.emit(.note("Edited before it was passed on; the client said: \(shown)"), .relay)
        }
        pass(octets, ByteBuffer(bytes: octets), from: .client)
        holdBack()
        server?.flush()
        if hold?.hasEnded == true, heldLine == nil, hold?.waiting.isEmpty ?? true { passEnd(of: .client) }
        readMore(.client)
    }

    // MARK: Ending

    private func ended(_ side: Side) {
        life.end(side)
        if side == .client, hold != nil {
            hold?.hasEnded = true
            holdBack()
            // What waits is passed on before the end is.
            guard heldLine == nil, hold?.waiting.isEmpty ?? true else { return }
        }
        passEnd(of: side)
    }

    private func passEnd(of side: Side) {
        end(side.other)?.closeOutput {
            if self.client?.life.isOutputEnded == true, self.server?.life.isOutputEnded == true {
                self.client?.close()
                self.server?.close()
            }
        }
    }

    /// One side says no more and the other still speaks: that is seen nowhere else.
    private func noteHalfClose(before side: Side) {
        guard let silent = life.hear(side) else { return }
        log.emit(.note("The \(silent.rawValue) says no more, and still listens (half-close)"), .relay)
    }

    private func failed(_ error: any Error, _ side: Side) {
        guard server != nil || side == .client else { return }
        let isReset = (error as? IOError).map { [ECONNRESET, EPIPE].contains($0.errnoCode) } ?? false
        if isReset, reader.hasQuit {
            // Clients that have said QUIT often do not wait for the end; that loses nothing.
            life.end(side)
            return end(side.other)?.reset() ?? ()
        }
        guard life.fail() else { return }
        let trouble = SocketTrouble.failure(error)
        let reason = isReset ? "broke the connection off" : "is gone: \(trouble.words)"
        log.emit(.error(.init(trouble.failure, "the \(side.rawValue) \(reason)")), .relay)
        end(side.other)?.reset()
    }

    private func closed(_ side: Side) {
        if let other = end(side.other), !other.life.isClosed {
            // Gone without having said that it ends: so must the other see it.
            let isInOrder = end(side)?.life.isInputEnded == true && other.life.isInputEnded
            return isInOrder ? () : other.reset()
        }
        finish()
    }

    private func finish() {
        let endedFirst = life.endedFirst
        guard life.finish() else { return }
        if let endedFirst { log.emit(.close(by: endedFirst), .relay) }
        log.shut()
        if heldLine != nil { onHeld(nil) }
        heldLine = nil
        onEnded(self)
        (client, server) = (nil, nil)
    }
}
