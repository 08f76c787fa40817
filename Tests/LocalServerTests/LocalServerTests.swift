import Foundation
import LocalServer
import Synchronization
import Testing

struct LocalServerTests {
  private struct Asked: Codable, Equatable { var number: Int }
  private struct World: Error {}
  private struct Surprise: Error { let secret = "the secret" }

  private static let routes: [ServerRoute] = [
    .get("/", isEntrance: true) { _ in ServerAnswer(Data("<p>page</p>".utf8), type: .html) },
    .get("/text") { request in .text("hello \(request.query["who"] ?? "nobody")") },
    .post("/double") { request in try .json(Asked(number: 2 * request.decoded(Asked.self).number)) },
    .post("/count", bodyLimit: 100_000) { request in .text("\(request.body.count)") },
    .get("/picture/*") { request in
      guard request.name == "known.png" else { throw ServerRefusal(404, "there is no such picture") }
      return .png(Data([1, 2, 3]))
    },
    .get("/world") { _ in throw World() },
    .get("/surprise") { _ in throw Surprise() },
  ]

  @discardableResult
  private func serving<Result: Sendable>(
    patience: Duration = .seconds(60), connectionsPerClient: Int = 2048,
    reporting report: @escaping @Sendable (String) -> Void = { _ in }, routes: [ServerRoute] = Self.routes,
    _ body: @escaping @Sendable (_ address: ServerAddress) async throws -> Result
  ) async throws -> Result {
    let server = LocalServer(
      patience: patience, connectionsPerClient: connectionsPerClient, routes: routes,
      explaining: { $0 is World ? "the world is wrong" : nil }, reporting: report)
    let (stream, told) = AsyncStream.makeStream(of: ServerAddress.self)
    let task = Task { try await server.run { told.yield($0) } }
    var addresses = stream.makeAsyncIterator()
    let address = try #require(await addresses.next())
    let result = await Task { try await body(address) }.result
    task.cancel()
    try await task.value
    return try result.get()
  }

  /// `body`, which blocks, on a thread of its own.
  private static func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
  }

  /// What the server says to raw bytes until it closes, or one answer. Off the tasks' threads.
  private static func ask(_ address: ServerAddress, _ text: String, toEnd: Bool = false) async throws
    -> String
  {
    try await onThread {
      let connection = try RawConnection(port: address.port)
      connection.send(text.replacing("HOST", with: "127.0.0.1:\(address.port)"))
      return toEnd ? connection.readToEnd() : connection.readAnswer()
    }
  }

  private static func get(_ path: String, _ lines: String...) -> String {
    "GET \(path) HTTP/1.1\r\n" + (["Host: HOST"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
  }

  private static func post(_ path: String, _ body: String, _ lines: String...) -> String {
    "POST \(path) HTTP/1.1\r\n"
      + (["Host: HOST", "Content-Length: \(body.utf8.count)"] + lines).joined(separator: "\r\n")
      + "\r\n\r\n" + body
  }

  private static func status(_ answer: String) -> Int? {
    answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  // MARK: Answers

  @Test("A page is served with the fields that keep everything else out")
  func page() async throws {
    try await serving { address in
      let answer = try await Self.ask(address, Self.get("/"))
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.hasSuffix("<p>page</p>"))
      for line in [
        "Content-Type: text/html; charset=utf-8", "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer", "Cache-Control: no-store",
        "Cross-Origin-Resource-Policy: same-origin",
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
          + "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
          + "frame-ancestors 'none'",
      ] {
        #expect(answer.contains("\r\n\(line)\r\n"), "\(answer) lacks \(line)")
      }
    }
  }

  @Test("Queries are decoded, JSON goes both ways, and a connection serves one request after the other")
  func values() async throws {
    try await serving { address in
      #expect(try await Self.ask(address, Self.get("/text?who=m%C3%BCller")).hasSuffix("hello müller"))
      #expect(
        try await Self.ask(address, Self.post("/double", #"{"number": 21}"#)).hasSuffix(#"{"number":42}"#))
      // The end of the second closes the connection.
      let two = try await Self.ask(
        address, Self.get("/text") + Self.get("/text?who=two", "Connection: close"), toEnd: true)
      #expect(two.components(separatedBy: "HTTP/1.1 200").count == 3, "\(two)")
    }
  }

  @Test(
    "What a request has wrong is one sentence in JSON",
    arguments: [
      (#"{"number": "x"}"#, "number is not of the kind expected"), ("{}", "lacks number"),
      ("nonsense", "not JSON"),
    ])
  func badJSON(body: String, sentence: String) async throws {
    try await serving { address in
      let answer = try await Self.ask(address, Self.post("/double", body))
      #expect(Self.status(answer) == 400)
      #expect(
        answer.contains(#"{"error":"the request cannot be read: "#) && answer.contains(sentence), "\(answer)")
    }
  }

  @Test(
    "An error of the world is explained, a mistake of the program is told to the server's side alone, and once"
  )
  func errors() async throws {
    let told = Mutex<[String]>([])
    try await serving(reporting: { text in told.withLock { $0.append(text) } }) { address in
      let world = try await Self.ask(address, Self.get("/world"))
      #expect(Self.status(world) == 400 && world.hasSuffix(#"{"error":"the world is wrong"}"#), "\(world)")
      let surprise = try await Self.ask(address, Self.get("/surprise"))
      #expect(Self.status(surprise) == 500 && !surprise.contains("secret") && !surprise.contains("Surprise"))
      _ = try await Self.ask(address, Self.get("/surprise"))
    }
    #expect(told.withLock { $0 } == [#"GET /surprise: Surprise(secret: "the secret")"#])
  }

  // MARK: Guard

  @Test(
    "Foreign hosts and foreign pages are refused",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
      ("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 421),
      ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421),
      ("GET / HTTP/1.1\r\n\r\n", 400),
      ("GET / HTTP/1.0\r\n\r\n", 400),
      (get("/text", "Origin: http://evil.example"), 403),
      (get("/text", "Origin: null"), 403),
      (get("/text", "Origin: https://HOST"), 403),
      (get("/text", "Sec-Fetch-Site: cross-site"), 403),
      (get("/text", "Sec-Fetch-Site: same-site"), 403),
      (
        get("/text", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"),
        403
      ),
      (get("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"), 403),
      (get("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), 200),
      (get("/text", "Sec-Fetch-Site: same-origin", "Origin: http://HOST"), 200),
      (get("/text", "Sec-Fetch-Site: none"), 200),
      (post("/double", #"{"number": 1}"#, "Origin: http://evil.example"), 403),
    ])
  func strangers(request: String, status: Int) async throws {
    try await serving { address in
      let answer = try await Self.ask(address, request)
      #expect(Self.status(answer) == status, "\(answer)")
      if status != 200 { #expect(answer.contains(#"{"error":""#)) }
    }
  }

  @Test("A server called localhost answers to that name")
  func localhost() async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, "GET /text HTTP/1.1\r\nHost: LocalHost:\(address.port)\r\n\r\n")
      #expect(Self.status(answer) == 200)
    }
  }

  @Test(
    "Paths that no route names, however they are written, and other methods are refused",
    arguments: [
      ("GET /nowhere", 404), ("GET /../etc/passwd", 404), ("GET /%2e%2e/%2e%2e/etc/passwd", 404),
      ("GET /picture/../../etc/passwd", 404), ("GET /picture/%2e%2e", 404), ("GET /picture/..", 404),
      ("GET /picture/..%2f..%2fetc%2fpasswd", 404), ("GET /picture/known.png%00", 404),
      ("GET /picture/a/b", 404), ("GET /picture/", 404), ("GET //text", 404), ("GET /%74ext", 404),
      ("GET http://HOST/text", 404), ("GET /picture/other.png", 404), ("GET /picture/known.png", 200),
      ("POST /text", 405), ("DELETE /double", 405), ("HEAD /double", 405), ("OPTIONS /", 405),
      ("TRACE /", 405),
    ])
  func paths(line: String, status: Int) async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, "\(line) HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", toEnd: true)
      #expect(Self.status(answer) == status, "\(answer)")
    }
  }

  @Test("Who asks for the head alone gets no body, which would be taken for the next answer")
  func head() async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, "HEAD /text HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", toEnd: true)
      #expect(Self.status(answer) == 405 && answer.hasSuffix("\r\n\r\n"), "\(answer)")
    }
  }

  // MARK: Bodies

  @Test("A body is taken up to its limit, declared or in chunks")
  func bodies() async throws {
    try await serving { address in
      for count in [0, 1, 4096, 4097, 100_000] {
        let body = String(repeating: "x", count: count)
        #expect(try await Self.ask(address, Self.post("/count", body)).hasSuffix("\r\n\r\n\(count)"))
      }
      let chunks = String(repeating: "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n", count: 10)
      let answer = try await Self.ask(
        address, "POST /count HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
      #expect(answer.hasSuffix("\r\n\r\n100000"), "\(answer)")
    }
  }

  @Test(
    "Of a body beyond its limit nothing is read as the next request: the connection ends with the answer",
    arguments: [
      "Content-Length: 100001\r\n\r\n"
        + String(repeating: get("/text?who=smuggled"), count: 2000).prefix(100_001),
      "Content-Length: 5000\r\nConnection: close\r\n\r\n"
        + String(repeating: get("/text?who=smuggled"), count: 100).prefix(5000),
      "Transfer-Encoding: chunked\r\n\r\n"
        + String(repeating: "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n", count: 11)
        + "0\r\n\r\n" + get("/text?who=smuggled"),
      "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + get("/text?who=smuggled"),
      "Content-Length: 20\r\nOrigin: http://evil.example\r\n\r\n" + get("/text?who=smuggled"),
    ], ["/count", "/text"])
  func oversized(rest: String, path: String) async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, "POST \(path) HTTP/1.1\r\nHost: HOST\r\n\(rest)", toEnd: true)
      let hasRoom = path == "/count" && rest.hasPrefix("Content-Length: 5000")
      if hasRoom {
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("\r\n\r\n5000"), "\(answer)")
      } else {
        #expect([400, 403, 405, 413].contains(Self.status(answer)), "\(answer)")
        #expect(answer.contains("Connection: close"))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "more than one answer: \(answer)")
        #expect(!answer.contains("smuggled"))
      }
    }
  }

  @Test("A declared body beyond the limit is refused before it comes")
  func declared() async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, "POST /count HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9000000000000\r\n\r\n")
      #expect(Self.status(answer) == 413)
      #expect(answer.contains("more than 100000 bytes"))
    }
  }

  // MARK: Clients that do harm

  @Test("A head of up to 16 kB is read, in one line or many")
  func largeHeads() async throws {
    try await serving { address in
      for lines in [
        ["X: " + String(repeating: "a", count: 15_000)],
        (0..<90).map { "X\($0): " + String(repeating: "a", count: 150) },
      ] {
        let text = "GET /text HTTP/1.1\r\nHost: HOST\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
        let answer = try await Self.ask(address, text)
        #expect(Self.status(answer) == 200)
      }
    }
  }

  /// Heads that are too long, by what is long in them.
  private static let floods: [(name: String, start: String, piece: String, end: String)] = [
    ("a line", "GET /text HTTP/1.1\r\nHost: HOST\r\nX: ", "a", "\r\n"),
    ("a name", "GET /text HTTP/1.1\r\nHost: HOST\r\nX", "a", ": a\r\n"),
    ("the path", "GET /", "a", " HTTP/1.1\r\nHost: HOST\r\n"),
    ("many lines", "GET /text HTTP/1.1\r\nHost: HOST\r\n", "X: a\r\n", ""),
    ("one line many times", "GET /text HTTP/1.1\r\n", "Host: HOST\r\n", ""),
  ]

  @Test(
    "A longer head is refused with 431 at once, whatever is long in it", arguments: floods.indices,
    [17, 64, 1024])
  func floodedHead(flood: Int, kilobytes: Int) async throws {
    let (_, start, piece, end) = Self.floods[flood]
    try await serving { address in
      let began = ContinuousClock.now
      let count = (kilobytes << 10) / piece.utf8.count
      let answer = try await Self.ask(
        address, start + String(repeating: piece, count: count) + end + "\r\n", toEnd: true)
      #expect(Self.status(answer) == 431, "\(answer)")
      #expect(answer.contains("more than 16384 bytes") && answer.contains("Connection: close"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "more than one answer: \(answer)")
      // 64 kB took two seconds once, a megabyte nine minutes.
      #expect(ContinuousClock.now - began < .seconds(100))
    }
  }

  @Test("Who is still sending when the refusal comes can read it afterwards")
  func lateReader() async throws {
    try await serving { address in
      let answer = try await Self.onThread {
        let connection = try RawConnection(port: address.port)
        connection.send("GET /text HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000))
        // A socket that was closed would answer these with a reset, which takes from some systems what they have not
        // read yet.
        for _ in 0..<3 {
          usleep(50_000)
          #expect(connection.send(String(repeating: "a", count: 1000)))
        }
        return connection.readToEnd()
      }
      #expect(Self.status(answer) == 431, "\(answer)")
    }
  }

  @Test("What no limit of the decoder counts, spaces before a value, ends the connection too")
  func spaces() async throws {
    try await serving { address in
      let text =
        "GET /text HTTP/1.1\r\nHost: HOST\r\nX:" + String(repeating: " ", count: 1 << 20) + "a\r\n\r\n"
      let answer = try await Self.ask(address, text, toEnd: true)
      #expect(answer == "")
      let next = try await Self.ask(address, Self.get("/text"))
      #expect(Self.status(next) == 200)
    }
  }

  /// Of what goes on beside a test.
  private final class End: Sendable {
    private let state = Mutex(false)

    var hasCome: Bool { state.withLock { $0 } }

    func come() { state.withLock { $0 = true } }
  }

  @Test(
    "While some send heads without end, the others are answered and the server can be ended",
    .timeLimit(.minutes(5)))
  func endlessHeads() async throws {
    try await serving { address in
      let end = End()
      let senders = (0..<8).map { number in
        Task {
          try await Self.onThread {
            while !end.hasCome {
              let connection = try RawConnection(port: address.port)
              let (_, start, piece, _) = Self.floods[number % Self.floods.count]
              connection.send(start.replacing("HOST", with: "127.0.0.1:\(address.port)"))
              for _ in 0..<64 where !connection.send(String(repeating: piece, count: 4096)) { break }
            }
          }
        }
      }
      for number in 0..<50 {
        let answer = try await Self.ask(address, Self.get("/text?who=\(number)"))
        #expect(answer.hasSuffix("hello \(number)"))
      }
      end.come()
      for sender in senders { try await sender.value }
    }
  }

  @Test("A head, or its answer, that comes a byte at a time is cut off")
  func drips() async throws {
    try await serving(patience: .milliseconds(500)) { address in
      let began = ContinuousClock.now
      try await Self.onThread {
        let connection = try RawConnection(port: address.port)
        for byte in Array("GET /text HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 97, count: 10_000) {
          guard connection.send([byte]) else { break }
          usleep(20_000)
        }
      }
      #expect(ContinuousClock.now - began < .seconds(60), "10,000 bytes would take 200 s")
    }
  }

  @Test("Who asks again and again and reads no answer is cut off, and is not answered ahead")
  func deaf() async throws {
    let count = Mutex(0)
    let routes: [ServerRoute] = [
      .get("/large") { _ in
        count.withLock { $0 += 1 }
        return ServerAnswer(Data(count: 4 << 20), type: .text)
      }
    ]
    try await serving(patience: .milliseconds(500), routes: routes) { address in
      try await Self.onThread {
        let connection = try RawConnection(port: address.port)
        let request = Self.get("/large").replacing("HOST", with: "127.0.0.1:\(address.port)")
        for _ in 0..<1000 { guard connection.send(request) else { break } }
        usleep(1_500_000)
        #expect(!connection.send(request + request))
      }
    }
    // What the system takes for the two sockets is some megabytes at most.
    #expect((1...4).contains(count.withLock { $0 }))
  }

  @Test("One address has so many connections and no more; those that end make room")
  func connectionLimit() async throws {
    try await serving(connectionsPerClient: 5) { address in
      try await Self.onThread {
        let request = Self.get("/text").replacing("HOST", with: "127.0.0.1:\(address.port)")
        var held = try (0..<5).map { _ in try RawConnection(port: address.port) }
        // Once each has been answered, all five count.
        for connection in held {
          connection.send(request)
          #expect(Self.status(connection.readAnswer()) == 200)
        }
        let began = ContinuousClock.now
        #expect(try RawConnection(port: address.port).readToEnd() == "")
        // Not for its silence, which would take a minute.
        #expect(ContinuousClock.now - began < .seconds(30))
        held.removeLast()
        var answer = ""
        for _ in 0..<100 where answer.isEmpty {
          usleep(20_000)
          let next = try RawConnection(port: address.port)
          next.send(request)
          answer = next.readAnswer()
        }
        #expect(Self.status(answer) == 200)
        withExtendedLifetime(held) {}
      }
    }
  }

  @Test(
    "After a request for another protocol, or one that says it is the last, the connection ends with the answer",
    arguments: [
      "Connection: upgrade\r\nUpgrade: websocket", "Connection: upgrade\r\nUpgrade: h2c", "Connection: close",
    ])
  func upgrade(lines: String) async throws {
    try await serving { address in
      let answer = try await Self.ask(
        address, Self.get("/text", lines) + String(repeating: "x", count: 1 << 20), toEnd: true)
      #expect(Self.status(answer) == 200 && answer.contains("Connection: close"), "\(answer.prefix(300))")
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
    }
  }

  @Test("Two hosts are none")
  func twoHosts() async throws {
    try await serving { address in
      let answer = try await Self.ask(address, Self.get("/text", "Host: evil.example"))
      #expect(Self.status(answer) == 421)
    }
  }

  @Test(
    "What is not HTTP ends the connection and nothing else",
    arguments: [
      "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/1.1\r\nHost",
      "POST /count HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
      "POST /count HTTP/1.1\r\nHost: HOST\r\nContent-Length: x\r\n\r\n",
      "POST /count HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
  func malformed(bytes: String) async throws {
    try await serving(patience: .milliseconds(300)) { address in
      let answer = try await Self.ask(address, bytes, toEnd: true)
      #expect(!answer.contains(" 200 "), "\(answer)")
      #expect(Self.status(try await Self.ask(address, Self.get("/text"))) == 200)
    }
  }

  @Test("Bytes that are no text are answered with 400, which ends the connection and nothing else")
  func notText() async throws {
    try await serving { address in
      let answer = try await Self.onThread {
        let connection = try RawConnection(port: address.port)
        connection.send([0x47, 0x45, 0x54, 0x20, 0xFF, 0xFE, 0x0D, 0x0A, 0x0D, 0x0A])
        return connection.readToEnd()
      }
      #expect(Self.status(answer) == 400 && answer.contains("Connection: close"), "\(answer)")
      #expect(Self.status(try await Self.ask(address, Self.get("/text"))) == 200)
    }
  }

  @Test("Many connections at once are all answered, beside clients that say nothing")
  func many() async throws {
    try await serving { address in
      let silent = try (0..<200).map { _ in try RawConnection(port: address.port) }
      let slow = try RawConnection(port: address.port)
      slow.send("GET /text HTTP/1.1\r\nHos")
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<200 {
          group.addTask { try await Self.ask(address, Self.get("/text?who=\(number)")) }
        }
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(answers.count == 200 && answers.allSatisfy { Self.status($0) == 200 })
      slow.send("t: 127.0.0.1:\(address.port)\r\n\r\n")
      #expect(Self.status(slow.readAnswer()) == 200)
      #expect(silent.count == 200)
    }
  }

  /// Holds requests until it is opened.
  private actor Gate {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false
    private(set) var count = 0

    func pass() async {
      count += 1
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }

    nonisolated func waitForSomebody() async throws {
      while await count == 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    nonisolated var routes: [ServerRoute] {
      [
        .get("/wait") { _ in
          await self.pass()
          return .text("done")
        },
        .get("/open") { _ in
          await self.open()
          return .text("open")
        },
      ]
    }
  }

  @Test("A route that takes long holds up no other")
  func slowRoute() async throws {
    let gate = Gate()
    try await serving(routes: gate.routes) { address in
      async let slow = Self.ask(address, Self.get("/wait"))
      try await gate.waitForSomebody()
      // Answered while the first one waits, or never.
      let opening = try await Self.ask(address, Self.get("/open"))
      #expect(Self.status(opening) == 200)
      let answer = try await slow
      #expect(Self.status(answer) == 200)
    }
  }

  @Test("A connection on which nothing arrives is closed")
  func idle() async throws {
    try await serving(patience: .milliseconds(200)) { address in
      let answer = try await Self.ask(address, "GET /te", toEnd: true)
      #expect(answer == "")
    }
  }

  // MARK: Beginning and end

  @Test("Cancelling ends the run once the request in hand is answered, and frees the port")
  func cancellation() async throws {
    let gate = Gate()
    let server = LocalServer(grace: .seconds(600), routes: gate.routes)
    let (stream, told) = AsyncStream.makeStream(of: ServerAddress.self)
    let task = Task { try await server.run { told.yield($0) } }
    var addresses = stream.makeAsyncIterator()
    let address = try #require(await addresses.next())
    let idle = try RawConnection(port: address.port)
    async let slow = Self.ask(address, Self.get("/wait"))
    try await gate.waitForSomebody()
    task.cancel()
    await gate.open()
    try await task.value
    #expect(Self.status(try await slow) == 200)
    #expect(idle.readToEnd() == "")
    // The same port again.
    let next = LocalServer(at: .loopback(port: address.port), routes: Self.routes)
    let (again, toldAgain) = AsyncStream.makeStream(of: ServerAddress.self)
    let second = Task { try await next.run { toldAgain.yield($0) } }
    var iterator = again.makeAsyncIterator()
    #expect(await iterator.next() == address)
    second.cancel()
    try await second.value
  }

  @Test("A port in use, a foreign address and a name in an address's place are one sentence each")
  func cannotListen() async throws {
    try await serving { address in
      await #expect(throws: ServerError.inUse(.loopback(port: address.port))) {
        try await LocalServer(at: .loopback(port: address.port), routes: []).run { _ in }
      }
    }
    let foreign = ServerAddress(host: "203.0.113.7", port: 8080)
    await #expect(throws: ServerError.notHere(foreign)) {
      try await LocalServer(at: foreign, routes: []).run { _ in }
    }
    await #expect(throws: ServerError.notAnAddress("example")) {
      try await LocalServer(at: ServerAddress(host: "example"), routes: []).run { _ in }
    }
    #expect(
      "\(ServerError.inUse(.loopback(port: 80)))".contains("127.0.0.1:80: another program listens there"))
  }

  @Test("What the listener throws ends the run")
  func listenerThrows() async throws {
    await #expect(throws: World.self) {
      try await LocalServer(routes: Self.routes).run { _ in throw World() }
    }
  }
}
