import SMTP
import NIOCore
import Tracing

/// One connection: octets in, octets out, one time limit. Knows nothing of SMTP.
///
/// Its owner acts on the socket only through `run`, and is told what happened. Nothing is read without being asked for, so a
/// peer that sends too fast is slowed down by TCP. Used on one event loop.
///
/// Wrong input: an action after the end is allowed and ignored.
final class Link: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the socket is to do.
    enum Action {
        case write([UInt8])
        /// Tell when this much time has passed; nil takes the limit away. The last one counts.
        case wait(TimeAmount?)
        /// Ask for more octets; not more than so many at once, where that is said.
        case read(atMost: Int = maxRead)
        /// Begin the handshake: from here on what is written and read goes inside TLS. Before `secured` nothing may be written.
        case startTLS(TLSSetup)
        /// Close as soon as everything has been written.
        case close
        /// Close now, whatever has not been written.
        case abort
    }

    /// What the socket did.
    enum Occurrence {
        case connected
        case received([UInt8])
        /// These octets were handed to the system for the other end.
        case wrote([UInt8])
        /// There is room again for what we write.
        case writable
        /// TLS records as they were on the wire, told apart from what was inside them: before it when they came, and before
        /// `wrote` when they left.
        case records(from: Side, [UInt8])
        /// The handshake is over.
        case secured(TLSFacts)
        /// TLS failed, and the connection is closed. With facts when the handshake went through and was not good enough.
        case notSecured(TLSError, TLSFacts?)
        /// The end that follows came without close_notify (RFC 8446 §6.1).
        case truncated
        case timedOut
        /// The other end says no more.
        case ended
        /// The connection broke; how, in a sentence.
        case failed(WireEvent.Failure)
        /// The socket is closed. Always the last.
        case closed
    }

    /// A write is cut into pieces of this many octets, so that what is told keeps up with what goes out.
    static let maxWrite = 65_536
    /// A read gives no more octets than this.
    static let maxRead = 65_536
    /// How long a peer may take to read the rest once we want to close.
    static let lingering = TimeAmount.seconds(5)

    private var context: ChannelHandlerContext?
    private let onOccurrence: (Occurrence) -> Void
    private var limit: Scheduled<Void>?
    private var unwritten = 0
    private var readSize = Link.maxRead
    private var isClosing = false
    private var hasEnded = false
    private let debug = DebugLog.writer("link")

    init(onOccurrence: @escaping (Occurrence) -> Void) { self.onOccurrence = onOccurrence }

    /// Whether the peer keeps up with reading what we write.
    var isWritable: Bool { context?.channel.isWritable ?? false }
    /// Kept, since asking the system is a call each time.
    private(set) lazy var localAddress = context?.localAddress
    private(set) lazy var remoteAddress = context?.remoteAddress

    func run(_ action: Action) {
        guard let context else {
            debug?.line("\(Self.words(action)): after the end, ignored")
            return
        }
        debug?.line(Self.words(action))
        switch action {
        case .write(let octets): write(octets, context)
        case .wait(let time): wait(time, context)
        case .read(let most): read(most, context)
        case .startTLS(let setup): startTLS(setup, context)
        case .close:
            guard !isClosing else { return }
            isClosing = true
            if unwritten == 0 { context.close(promise: nil) } else { wait(Self.lingering, context) }
        case .abort: context.close(promise: nil)
        }
    }

    /// Does something later, on the event loop; the caller has to check whether it still makes sense then.
    func after(_ time: TimeAmount, _ action: @escaping () -> Void) {
        context?.eventLoop.assumeIsolated().scheduleTask(in: time, action)
    }

    private func read(_ most: Int, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        if most != readSize {
            readSize = most
            let options = context.channel.syncOptions
            try? options?.setOption(.recvAllocator, value: Self.allocator(most))
        }
        context.read()
    }

    private static func allocator(_ most: Int) -> any RecvByteBufferAllocator {
        most < maxRead ? FixedSizeRecvByteBufferAllocator(capacity: most) : AdaptiveRecvByteBufferAllocator()
    }

    private func write(_ octets: [UInt8], _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        for start in stride(from: 0, to: octets.count, by: Self.maxWrite) {
            let piece = Array(octets[start..<min(start + Self.maxWrite, octets.count)])
            unwritten += 1
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { [self] result in
                unwritten -= 1
                if case .success = result { onOccurrence(.wrote(piece)) }
                if isClosing, unwritten == 0 { self.context?.close(promise: nil) }
            }
            context.write(wrapOutboundOut(ByteBuffer(bytes: piece)), promise: promise)
        }
        context.flush()
    }

    private func startTLS(_ setup: TLSSetup, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        do {
            let handler = try TLSHandler(setup) { [self] occurrence in
                switch occurrence {
                case .records(let side, let octets): onOccurrence(.records(from: side, octets))
                case .established(let facts): onOccurrence(.secured(facts))
                case .failed(let trouble, let facts): onOccurrence(.notSecured(trouble, facts))
                case .truncated: onOccurrence(.truncated)
                }
            }
            try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
        } catch {
            onOccurrence(.notSecured(error as? TLSError ?? .broken("\(error)"), nil))
            context.close(promise: nil)
        }
    }

    private func wait(_ time: TimeAmount?, _ context: ChannelHandlerContext) {
        limit?.cancel()
        limit = time.map { time in
            context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
                debug?.line("the limit has passed")
                if isClosing { self.context?.close(promise: nil) } else { onOccurrence(.timedOut) }
            }
        }
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        onOccurrence(.ended)
    }
}

extension Link {
    /// An action for the debug log. Octets are left out, and their number too: they may be a credential.
    private static func words(_ action: Action) -> String {
        switch action {
        case .write: "write"
        case .wait(let time?): "limit \(Double(time.nanoseconds) / 1e9) s"
        case .wait(nil): "no limit"
        case .read(let most): "read, \(most) octets at most"
        case .startTLS: "start TLS"
        case .close: "close"
        case .abort: "abort"
        }
    }
}

/// What NIO tells.
extension Link {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        debug?.line("stands in a pipeline")
        if context.channel.isActive { onOccurrence(.connected) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        limit?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) { onOccurrence(.connected) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onOccurrence(.received(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { onOccurrence(.writable) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { end() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !hasEnded {
            hasEnded = true
            onOccurrence(.failed(SocketTrouble.failure(error)))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        limit?.cancel()
        debug?.line("closed")
        if !isClosing { end() }
        onOccurrence(.closed)
        self.context = nil
    }
}
