import Foundation
import Images
import Testing

@Suite struct DatasetsCommandTests {
  @Test("list names the four sets, and those that are nowhere have no folder")
  func list() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let outcome = try await laboratory.run("datasets", "list", "--json")
    expectSuccess(outcome)
    let sets = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(sets.compactMap { $0["name"] as? String } == ["fashion-mnist", "mnist", "kmnist", "cifar10"])
    #expect(sets.allSatisfy { $0["heldOutCount"] as? Int == 10_000 && $0["classCount"] as? Int == 10 })
    #expect(sets[2]["folder"] == nil)
    let text = try await laboratory.run("datasets", "list")
    #expect(text.output.contains("not found; intrigue datasets fetch kmnist downloads it"))
  }

  @Test("verify has a line for each file and exit code 1 when one is missing or wrong")
  func verify() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.write("no images", to: "sets/mnist/t10k-images-idx3-ubyte")
    let outcome = try await laboratory.run("datasets", "verify", "mnist", datasets: "sets")
    #expect(outcome.exitCode == 1 && outcome.errors == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4 && lines.count { $0.hasSuffix("is missing") } == 3)
    #expect(lines[2].contains("sets/mnist/t10k-images-idx3-ubyte: is not the published file"))
    let quiet = try await laboratory.run("datasets", "verify", "mnist", "--quiet", datasets: "sets")
    #expect(quiet.exitCode == 1 && quiet.output == "" && quiet.errors == "")
  }

  @Test("show counts the images of each class and draws a sample that the seed decides")
  func show() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    func show(_ picture: String, _ more: String...) async throws -> [String: Any] {
      let outcome = try await Program(laboratory: laboratory).run(
        ["datasets", "show", "images", "--output", picture, "--per-class", "4", "--json", "--quiet"] + more)
      expectSuccess(outcome)
      return try #require(
        JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }
    let description = try await show("one.png")
    #expect(description["shape"] as? [Int] == [1, 8, 8])
    let classes = try #require(description["classes"] as? [[String: Any]])
    #expect(classes.compactMap { $0["name"] as? String } == Laboratory.classNames)
    #expect(classes.allSatisfy { $0["trainingCount"] as? Int == 10 && $0["heldOutCount"] as? Int == 2 })
    let text = try PNGFile.readText(laboratory.file("one.png"))
    let words = try #require(text.first { $0.key == "Description" }?.value)
    #expect(words.contains("Training images, a random sample of up to 4 from each class (seed 1)"))
    #expect(words.contains(try #require(description["checksum"] as? String)))

    _ = try await show("again.png")
    _ = try await show("held-out.png", "--split", "held-out")
    let pictures = try ["one.png", "again.png", "held-out.png"].map { try laboratory.read($0) }
    #expect(pictures[0] == pictures[1] && pictures[0] != pictures[2])

    let table = try await laboratory.run("datasets", "show", "images", "--quiet")
    #expect(table.exitCode == 0 && table.output == "")
    #expect(FileManager.default.fileExists(atPath: laboratory.file("output/datasets/images.png").path))
  }

  @Test("A set that is complete is not fetched again", .enabled(if: hasFashionMNIST, "it is not installed"))
  func complete() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let outcome = try await laboratory.run("datasets", "fetch", "fashion-mnist")
    expectSuccess(outcome)
    #expect(outcome.output == "fashion-mnist is complete in \(fashionMNIST); nothing was downloaded\n")
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("datasets").path))
  }

  @Test("Without a connection fetch says which file belongs where")
  func offline() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    // Port 9 of this computer: nobody listens there.
    let program = Program(laboratory: laboratory, environment: ["https_proxy": "http://127.0.0.1:9"])
    let outcome = try await program.run(["datasets", "fetch", "kmnist", "--folder", "sets"])
    expectRefusal(
      outcome,
      saying: [
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/train-images-idx3-ubyte.gz", "cannot be reached",
        "/sets/kmnist/train-images-idx3-ubyte.gz",
      ])
    #expect(try laboratory.content(of: "sets").isEmpty)
  }

  @Test("Ctrl-C during fetch gives exit code 130 and leaves the part for the next run")
  func interruption() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let server = try SlowServer(sending: 5000, of: 100_000)
    let program = Program(laboratory: laboratory)
    let run = try program.start(
      ["datasets", "fetch", "kmnist", "--folder", "sets", "--mirror", server.address])
    try await run.waitForErrors(containing: "fetching train-images-idx3-ubyte.gz (1 of 4), 100 kB\n")
    run.interrupt()
    let outcome = try await run.outcome()
    #expect(outcome.exitCode == 130 && outcome.output == "")
    #expect(outcome.errors.hasSuffix("Interrupted. The same command goes on where it stopped.\n"))
    let content = try laboratory.content(of: "sets")
    #expect(content.keys.sorted() == ["sets/kmnist/train-images-idx3-ubyte.gz.partial"])
    #expect((1..<100_000).contains(content.first?.value.count ?? 0))
  }

  @Test("A server that offers more than the published file has is refused, and nothing is written")
  func tooLong() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let server = try SlowServer(sending: 5000, of: 18_165_136)
    expectRefusal(
      try await laboratory.run(
        "datasets", "fetch", "kmnist", "--folder", "sets", "--mirror", server.address),
      saying: [
        "\(server.address)/train-images-idx3-ubyte.gz: sends more than the published file has",
        "expected 18165135 bytes", "/sets/kmnist/train-images-idx3-ubyte.gz",
      ])
    #expect(try laboratory.content(of: "sets").isEmpty)
    #expect(
      try await laboratory.run("datasets", "fetch", "kmnist", "--mirror", "ftp://example.org").exitCode == 64)
  }

  @Test("Classes and images whose names are not UTF-8 are refused in one sentence with all of them")
  func foreignNames() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let folder = laboratory.file("foreign").path
    // se\xF1al is "señal" in Latin-1, \xE9.png "é.png": Foundation can write neither.
    let script = """
      mkdir -p "$1"/a "$1"/b "$1/$(printf 'se\\361al')"
      for class in a b "$(printf 'se\\361al')"; do
        for name in 1 2 "$(printf '\\351')"; do cp "$2" "$1/$class/$name.png"; done
      done
      """
    let picture = laboratory.file("images").path
    let images = try FileManager.default.subpathsOfDirectory(atPath: picture).filter { $0.hasSuffix(".png") }
    let making = try Process.run(
      URL(filePath: "/bin/sh"),
      arguments: ["-c", script, "sh", folder, "\(picture)/\(try #require(images.first))"])
    making.waitUntilExit()
    let sentence =
      "/foreign: has 4 names that are not UTF-8: a/\\xE9.png, b/\\xE9.png, se\\xF1al, se\\xF1al/\\xE9.png; rename"
    for command in [
      ["datasets", "show", "foreign", "--quiet"],
      ["train", "--data", "foreign", "--architecture", "softmax", "--quiet"],
    ] {
      expectRefusal(try await Program(laboratory: laboratory).run(command), saying: [sentence])
    }
  }
}

private let fashionMNIST = "/usr/share/datasets/fashion-mnist"
private let hasFashionMNIST = FileManager.default.fileExists(atPath: fashionMNIST)

/// An HTTP server on this computer that answers one request with the beginning of a file, and then with a byte a
/// second: on a busy machine silence would be given up before the test goes on.
private final class SlowServer: Sendable {
  let address: String
  private let listener: Int32

  init(sending count: Int, of total: Int) throws {
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let listener = socket(AF_INET, kind, 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    try #require(isListening, "no free port")
    self.listener = listener
    address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    // The kernel keeps the connection open until the thread ends, which is when this end is closed.
    Thread.detachNewThread {
      let connection = accept(listener, nil, nil)
      var request = [UInt8](repeating: 0, count: 4096)
      _ = recv(connection, &request, request.count, 0)
      let answer =
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n".utf8)
        + [UInt8](repeating: 7, count: count)
      _ = send(connection, answer, answer.count, 0)
      var second = timeval(tv_sec: 1, tv_usec: 0)
      setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &second, socklen_t(MemoryLayout<timeval>.size))
      for _ in count..<total - 1 {
        let received = recv(connection, &request, request.count, 0)
        if received == 0 || received < 0 && errno != EAGAIN { break }
        if received < 0, send(connection, answer, 1, Int32(MSG_NOSIGNAL)) != 1 { break }
      }
      close(connection)
    }
  }

  deinit { close(listener) }
}
