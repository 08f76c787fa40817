import NIOCore

/// Ends a connection so that its last answer is heard.
///
/// Closing a socket with unread bytes resets the connection, and the client may lose the answer. So it is told that
/// nothing more comes; what it still sends is read and discarded, up to a few megabytes and seconds.
final class LingeringClose: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  /// The last answer has been sent.
  struct Farewell: Sendable {}

  private var isLingering = false
  private var drainedBytes = 0

  private static let drainLimit = 8 << 20
  private static let patience = TimeAmount.seconds(2)

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
  {
    guard event is Farewell else { return context.triggerUserOutboundEvent(event, promise: promise) }
    isLingering = true
    context.close(mode: .output, promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
    context.read()
    promise?.succeed()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard isLingering else { return context.fireChannelRead(data) }
    drainedBytes += Self.unwrapInboundIn(data).readableBytes
    if drainedBytes > Self.drainLimit { context.close(promise: nil) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard isLingering else { return context.fireChannelReadComplete() }
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isLingering, event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}
