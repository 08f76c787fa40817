import Foundation
import NIOCore
import NIOHTTP1

/// One connection: a request, its answer, and the next request.
///
/// Everything a client owes, a head, a body or receiving an answer, has a deadline for the whole of it, so neither
/// silence nor a byte per second keeps a connection open. ``HTTPServerPipelineHandler`` in front passes on one request
/// at a time; the end of an answer, which admits the next one, is written when the system has taken its last byte, so a
/// client that does not read its answers fills no memory.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let router: Router
  private let patience: TimeAmount
  private let client: String
  private var state = State.waiting
  private var body = ByteBuffer()
  private var deadline: Scheduled<Void>?
  private var hasClientFinished = false

  private enum State {
    /// Waiting for a head.
    case waiting
    /// Receiving the body; its outcome is already known.
    case receiving(HTTPRequestHead, Result<Router.Match, ServerRefusal>)
    case answering
    /// The last answer is being sent: nothing more is read.
    case ending
  }

  /// The time within which the whole body must arrive.
  private static let bodyPatience = TimeAmount.seconds(20)

  /// - Parameter client: Address of the connection.
  init(_ router: Router, patience: TimeAmount, client: String) {
    self.router = router
    self.patience = patience
    self.client = client
  }

  func channelActive(context: ChannelHandlerContext) {
    within(patience, context) { context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  // MARK: Hearing

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (Self.unwrapInboundIn(data), state) {
    case (.head(let head), .waiting):
      received(head, context)
    case (.body(var piece), .receiving(_, .success(let match))):
      body.writeBuffer(&piece)
      if body.readableBytes > match.route.bodyLimit { end(with: match.route.bodyRefusal, context) }
    case (.end, .receiving(let head, .success(let match))):
      answer(head, match, context)
    case (.end, .receiving(let head, .failure(let refusal))):
      state = .answering
      send(.refusal(refusal), to: head, context)
    default: break  // what is still sent after a refusal
    }
  }

  private func received(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let length = head.headers["content-length"].first.flatMap { Int($0) }
    let path = head.uri.prefix { $0 != "?" }
    let match = Result {
      try router.match(
        method: head.method.rawValue, path: String(path), fields: head.fields, bodyLength: length)
    }.mapError { $0 as? ServerRefusal ?? .mistake }
    state = .receiving(head, match)
    body.clear()
    if case .failure(let refusal) = match, length ?? 0 > 0 || head.headers.contains(name: "transfer-encoding")
    {
      return end(with: refusal, context)
    }
    within(Self.bodyPatience, context) { [self] in
      end(with: ServerRefusal(408, "the request's body took too long"), context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed {
      hasClientFinished = true
      switch state {
      case .waiting, .receiving: context.close(promise: nil)
      case .answering, .ending: break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch (error, state) {
    case (HTTPParserError.headerOverflow, .waiting), (HTTPParserError.headerOverflow, .receiving):
      end(
        with: ServerRefusal(
          431,
          "the request's line and header fields have more than \(HeadLimit.bytes) bytes, or are more than "
            + "\(HeadLimit.fields)"), context)
    case (let error as HTTPParserError, .waiting):
      end(with: ServerRefusal(400, "what was sent is no request of HTTP/1.1 (\(error))"), context)
    case (is HTTPParserError, .receiving):
      end(with: ServerRefusal(400, "the request's body is broken"), context)
    case (is HTTPParserError, _), (is ByteToMessageDecoderError, _): break  // after a refusal
    case (is ByteToMessageDecoderError.PayloadTooLargeError, .answering): break  // after the last request
    default: context.close(promise: nil)
    }
  }

  // MARK: Answering

  private func answer(_ head: HTTPRequestHead, _ match: Router.Match, _ context: ChannelHandlerContext) {
    state = .answering
    deadline?.cancel()
    let request = ServerRequest(
      name: match.name,
      query: Dictionary(
        (URLComponents(string: head.uri)?.queryItems ?? []).map { ($0.name, $0.value ?? "") },
        uniquingKeysWith: { first, _ in first }),
      body: Data(body.readableBytesView), fields: head.fields, client: client)
    body = ByteBuffer()
    router.requestBegins()
    let answer = context.eventLoop.makePromise(of: ServerAnswer.self)
    answer.completeWithTask { [router] in await router.answer(match.route, to: request) }
    answer.futureResult.assumeIsolated().whenSuccess { [self] answer in
      send(answer, to: head, context).whenComplete { [router] _ in router.requestEnds() }
    }
  }

  /// Refuses, and reads nothing more: the rest of the request must not be interpreted as the next one.
  private func end(with refusal: ServerRefusal, _ context: ChannelHandlerContext) {
    var head: HTTPRequestHead?
    if case .receiving(let received, _) = state { head = received }
    state = .answering
    send(.refusal(refusal), to: head, isLast: true, context)
  }

  /// - Parameter request: nil if its head could not be read.
  /// - Returns: Completes when the system has taken all of it, or cannot.
  @discardableResult
  private func send(
    _ answer: ServerAnswer, to request: HTTPRequestHead?, isLast: Bool = false,
    _ context: ChannelHandlerContext
  ) -> EventLoopFuture<Void> {
    // After a request for another protocol no further HTTP request is read.
    let isLast =
      isLast || hasClientFinished
      || request.map { !$0.isKeepAlive || $0.headers.contains(name: "upgrade") } ?? true
    var head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: answer.headers)
    if isLast {
      head.headers.replaceOrAdd(name: "Connection", value: "close")
    } else if request?.version == .http1_0 {
      head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
    }
    within(patience, context) { context.close(promise: nil) }
    let taken = context.eventLoop.makePromise(of: Void.self)
    // The body of an answer to a HEAD request would be read as the next answer.
    if answer.content.isEmpty || request?.method == .HEAD {
      context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: taken)
    } else {
      context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
      let content = ByteBuffer(bytes: answer.content)
      context.writeAndFlush(Self.wrapOutboundOut(.body(.byteBuffer(content))), promise: taken)
    }
    taken.futureResult.assumeIsolated().whenComplete { [self] result in
      deadline?.cancel()
      guard case .success = result else { return context.close(promise: nil) }
      // Before the end, after which the next head may arrive.
      state = isLast ? .ending : .waiting
      if !isLast { within(patience, context) { context.close(promise: nil) } }
      context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
      if isLast { context.triggerUserOutboundEvent(LingeringClose.Farewell(), promise: nil) }
    }
    return taken.futureResult
  }

  /// Sets a deadline for the client's next obligation.
  private func within(
    _ time: TimeAmount, _ context: ChannelHandlerContext, orElse action: @escaping () -> Void
  ) {
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time, action)
  }
}

/// Limits on the request line and header fields.
enum HeadLimit {
  static let bytes = 16 << 10
  static let fields = 100

  static var decoder: ByteToMessageHandler<HTTPRequestDecoder> {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = bytes
    limits.maxHeaderListSize = bytes
    limits.maxHeaderFieldCount = fields
    // What the decoder keeps without counting, such as spaces before a value, ends the connection.
    return ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits), maximumBufferSize: 2 * bytes)
  }
}

extension HTTPRequestHead {
  /// Fields by name in lower case; for a repeated field, all values.
  fileprivate var fields: [String: String] {
    Dictionary(headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
  }
}
