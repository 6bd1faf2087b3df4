import NIOCore
import NIOPosix
import SMTP

/// One of the two connections of a tapped conversation. Carries octets and says what happened; decides nothing.
///
/// Nothing is read that was not asked for with `read`. Used on one event loop.
final class TapEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Occurrence {
        case connected
        case received(ByteBuffer)
        /// All that came together was handed over.
        case paused
        /// There is room again for what is written.
        case writable
        /// The peer says no more; it may still listen (RFC 9293 §3.6).
        case ended
        case failed(any Error)
        /// Always the last.
        case closed
    }

    private var context: ChannelHandlerContext?
    private let onOccurrence: (Occurrence) -> Void
    private(set) var life = TapEndLife.connecting { didSet { debug?.line("life", from: oldValue, to: life) } }
    private let debug: DebugLog.Writer?

    /// The connection to the one who is on `side`.
    init(_ side: Side, onOccurrence: @escaping (Occurrence) -> Void) {
        debug = DebugLog.writer("tapped \(side.rawValue)")
        self.onOccurrence = onOccurrence
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }
    var remoteAddress: SocketAddress? { context?.remoteAddress }
    var localAddress: SocketAddress? { context?.localAddress }

    func read() { if !life.isInputEnded { context?.read() } }

    func write(_ octets: ByteBuffer) {
        guard !life.isOutputEnded else { return }
        context?.write(wrapOutboundOut(octets), promise: nil)
    }

    func flush() { context?.flush() }

    /// Tells the peer, behind all that was written, that no more comes.
    func closeOutput(then done: @escaping () -> Void) {
        guard let context, life.endOutput() else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            guard let context = self.context else { return }
            let closed = context.eventLoop.makePromise(of: Void.self)
            closed.futureResult.assumeIsolated().whenComplete { _ in done() }
            context.close(mode: .output, promise: closed)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    /// Goes into TLS: from here on what is read and written goes inside it.
    func secure(_ setup: TLSSetup, onOccurrence: @escaping (TLSHandler.Occurrence) -> Void) {
        guard let context else { return }
        do {
            let handler = try TLSHandler(setup, onOccurrence: onOccurrence)
            try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
        } catch {
            onOccurrence(.failed(error as? TLSError ?? .broken("\(error)"), nil))
        }
    }

    /// Octets that were read before TLS began and belong to it.
    func feed(_ octets: ByteBuffer) {
        context?.pipeline.fireChannelRead(octets)
        context?.pipeline.fireChannelReadComplete()
    }

    func close() { context?.close(promise: nil) }

    /// Breaks the connection off so that the peer sees a reset, as when its own peer had broken off.
    func reset() {
        guard let context else { return }
        let channel = context.channel as? any SocketOptionProvider
        let set = channel?.setSoLinger(linger(l_onoff: 1, l_linger: 0)) ?? context.eventLoop.makeSucceededVoidFuture()
        set.assumeIsolated().whenComplete { _ in self.context?.close(promise: nil) }
    }
}

/// What NIO tells.
extension TapEnd {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { channelActive(context: context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    func channelActive(context: ChannelHandlerContext) {
        if debug.took("connected", life.connect()) { onOccurrence(.connected) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { onOccurrence(.received(unwrapInboundIn(data))) }
    func channelReadComplete(context: ChannelHandlerContext) { onOccurrence(.paused) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { onOccurrence(.writable) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed, life.endInput() else { return }
        onOccurrence(.ended)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        onOccurrence(.failed(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        life.close()
        self.context = nil
        onOccurrence(.closed)
    }
}
