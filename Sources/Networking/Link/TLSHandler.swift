import NIOCore
import SMTP
import Tracing

/// TLS between a socket and whoever speaks over it, as client or as server. A `Link` puts it below itself with `startTLS`.
///
/// Records are told as they are on the wire, whole ones and in both directions: what came before what was inside it, what goes
/// out once it has left. Nothing is read that was not asked for, but for the handshake. A write before the handshake is over is
/// a mistake of ours and fails. When TLS fails the alert goes out, the trouble is told, and the connection is closed.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Occurrence {
        /// TLS records as they were on the wire; at the end of a stream perhaps a part of one, or what is none.
        case records(from: Side, [UInt8])
        case established(TLSFacts)
        /// Not to be gone on with. The facts are there when the handshake went through and its verdict was the reason.
        case failed(TLSError, TLSFacts?)
        /// The peer closed the connection without close_notify.
        case truncated
    }

    private enum State { case handshake, telling, established, ended }

    private let engine: TLSEngine
    private let onOccurrence: (Occurrence) -> Void
    private var state = State.handshake
    private var limit: Scheduled<Void>?
    /// What came and is no whole record yet.
    private var unread: [UInt8] = []
    private var wantsRead = false
    private var isClosing = false
    private var peerSaidClose = false
    private var peerHasEnded = false

    init(_ setup: TLSSetup, onOccurrence: @escaping (Occurrence) -> Void) throws(TLSError) {
        engine = try TLSEngine(setup)
        self.onOccurrence = onOccurrence
    }

    private var own: Side { engine.setup.side }

    // MARK: Beginning

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { limit?.cancel() }

    private func begin(_ context: ChannelHandlerContext) {
        guard limit == nil, state == .handshake else { return }
        let seconds = engine.setup.seconds
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        limit = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { [self] in
            if state == .handshake { fail(.timedOut(seconds: seconds), bound.value) }
        }
        shakeHands(context)
        if state == .handshake { context.read() }
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        switch engine.handshake() {
        case .goesOn: send(context)
        case .failed(let trouble): fail(trouble, context)
        case .done:
            limit?.cancel()
            // It is over when our last message has left; until then nothing that is inside is given out.
            state = .telling
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            send(context) { [self] in established(bound.value) }
        }
    }

    private func established(_ context: ChannelHandlerContext) {
        guard state == .telling else { return }
        let facts = engine.facts
        if let trouble = engine.verdict(facts) { return fail(trouble, facts: facts, context) }
        state = .established
        onOccurrence(.established(facts))
        process(context)
        if wantsRead, state == .established { context.read() }
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        wantsRead = true
        if state == .established { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unread += unwrapInboundIn(data).readableBytesView
        process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The records held no octets for the handlers above, which still wait for some.
        if state == .handshake || state == .established && wantsRead { context.read() }
    }

    /// Takes record after record out of what came.
    private func process(_ context: ChannelHandlerContext) {
        while state == .handshake || state == .established, !peerSaidClose, let record = nextRecord() {
            onOccurrence(.records(from: own.other, record))
            engine.feed(record)
            if state == .handshake { shakeHands(context) } else { readInside(context) }
        }
    }

    /// A whole record (RFC 8446 §5.1); what cannot become one is given out as it is, for OpenSSL to say so.
    private func nextRecord() -> [UInt8]? {
        let end: Int
        switch TLSRecord.head(of: unread) {
        case .incomplete: return nil
        case .none: end = unread.count
        case .record(_, let contentLength):
            end = TLSRecord.headLength + contentLength
            guard unread.count >= end else { return nil }
        }
        let record = Array(unread[..<end])
        unread.removeSubrange(..<end)
        return record
    }

    private func readInside(_ context: ChannelHandlerContext) {
        let received = engine.read()
        send(context)
        switch received {
        case .nothing: break
        case .octets(let octets):
            wantsRead = false
            context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: octets)))
        case .closed:
            peerSaidClose = true
            end(context)
        case .failed(let trouble): fail(trouble, context)
        }
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .established, !isClosing else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        if let trouble = engine.write(Array(unwrapOutboundIn(data).readableBytesView)) {
            promise?.fail(trouble)
            return fail(trouble, context)
        }
        send(context, promise: promise)
    }

    /// Sends the records that wait. They are told when they have left, and `done` runs after that.
    private func send(
        _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>? = nil,
        _ done: (() -> Void)? = nil
    ) {
        let records = engine.takeRecords()
        guard !records.isEmpty else {
            promise?.succeed()
            return done?() ?? ()
        }
        let left = context.eventLoop.makePromise(of: Void.self)
        left.futureResult.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success:
                onOccurrence(.records(from: own, records))
                promise?.succeed()
                done?()
            case .failure(let error): promise?.fail(error)
            }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: records)), promise: left)
    }

    // MARK: Ending

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if !isClosing, mode != .input {
            isClosing = true
            engine.close()
            send(context)
        }
        context.close(mode: mode, promise: promise)
    }

    /// Tells the handlers above that the peer has closed its side.
    private func end(_ context: ChannelHandlerContext) {
        guard !peerHasEnded else { return }
        peerHasEnded = true
        if !unread.isEmpty, !peerSaidClose {
            onOccurrence(.records(from: own.other, unread))
            unread = []
        }
        switch state {
        case .handshake, .telling: return fail(.closedInHandshake, context)
        case .established: if !peerSaidClose, !isClosing { onOccurrence(.truncated) }
        case .ended: return
        }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { end(context) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard state == .handshake || state == .telling else { return context.fireErrorCaught(error) }
        fail(.broken("the connection broke in the TLS handshake: \(SocketTrouble.failure(error).words)"), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        limit?.cancel()
        end(context)
        state = .ended
        context.fireChannelInactive()
    }

    private func fail(_ trouble: TLSError, facts: TLSFacts? = nil, _ context: ChannelHandlerContext) {
        guard state != .ended else { return }
        limit?.cancel()
        // What goes out now is an alert, or a close_notify after a certificate that was not accepted.
        if facts != nil { engine.close() }
        send(context)
        state = .ended
        isClosing = true
        onOccurrence(.failed(trouble, facts))
        context.close(mode: .all, promise: nil)
    }
}
