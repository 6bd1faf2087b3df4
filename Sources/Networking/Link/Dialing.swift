import NIOCore
import NIOPosix

/// Connects to `address` and puts the link of `end` on the connection. All that follows, a failure too, is told to `end`.
///
/// Call on the event loop.
func dial(_ end: ClientEnd, to address: SocketAddress, within limit: TimeAmount, on loop: any EventLoop) {
    let link = NIOLoopBound(end.makeLink(), eventLoop: loop)
    let end = NIOLoopBound(end, eventLoop: loop)
    ClientBootstrap(group: loop)
        .channelOption(.autoRead, value: false)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connectTimeout(limit)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(link.value) }
        }
        .connect(to: address)
        .whenFailure { end.value.failed($0) }
}
