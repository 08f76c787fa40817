import Foundation
import FoundationNetworking
import Testing

struct ExploreCommandTests {
  @Test("It serves to this machine what the run is, serves no file, and Ctrl-C is its end")
  func serves() async throws {
    let laboratory = try await Laboratory()
    let run = try Program(laboratory: laboratory).start([
      "explore", "run", "gallery", "--no-open", "--no-cache",
    ])
    let said = try await run.waitForOutput(containing: "\n")
    let address = try #require(URL(string: String(said.split(whereSeparator: \.isWhitespace).last ?? "")))
    #expect(address.host() == "127.0.0.1")
    func get(_ path: String) async throws -> (String, Int) {
      let (data, response) = try await URLSession.shared.data(from: URL(string: path, relativeTo: address)!)
      return (String(decoding: data, as: UTF8.self), (response as? HTTPURLResponse)?.statusCode ?? 0)
    }
    let (page, status) = try await get("/")
    #expect(status == 200 && page.contains("<title>Intrigue: explore</title>"))
    let (runs, _) = try await get("/runs")
    #expect(runs.contains(#""name":"run""#) && runs.contains(#""experiment":"gallery""#))
    #expect(runs.contains(#""unitCount":6"#) && runs.contains("línea"))
    for path in ["/run/run.json", "/%2e%2e/run/run.json", "/explorer.css/", "/run.json"] {
      #expect(try await get(path).1 == 404, "\(path)")
    }
    // The port is taken now.
    let second = try await laboratory.run(
      "explore", "run", "--no-open", "--no-cache", "--quiet", "--port", "\(address.port ?? 0)")
    expectRefusal(second, saying: ["127.0.0.1:\(address.port ?? 0)", "another program listens there"])
    run.interrupt()
    let outcome = try await run.outcome()
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
  }

  @Test("The desktop's browser is given the address, and neither is waited for nor ended with the program")
  func browser() async throws {
    let laboratory = try await Laboratory()
    let browser = "#!/bin/sh\necho \"$1\" > opened.new && mv opened.new opened\nsleep 20\n"
    try laboratory.write(browser, to: "bin/xdg-open")
    chmod(laboratory.file("bin/xdg-open").path, 0o755)
    let run = try Program(
      laboratory: laboratory,
      environment: ["DISPLAY": ":99", "PATH": laboratory.file("bin").path + ":/usr/bin:/bin"]
    ).start(["explore", "run", "--no-cache"])
    let said = try await run.waitForOutput(containing: "\n")
    let address = String(said.split(whereSeparator: \.isWhitespace).last ?? "")
    let opened = laboratory.file("opened").path
    let end = ContinuousClock.now + .seconds(60)
    while !FileManager.default.fileExists(atPath: opened), ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(String(decoding: try laboratory.read("opened"), as: UTF8.self) == address + "\n")
    let begun = ContinuousClock.now
    run.interrupt()
    #expect(try await run.outcome().exitCode == 0)
    #expect(ContinuousClock.now - begun < .seconds(15))
  }

  @Test("What is no finished run of one network, or no basis, is refused in one sentence")
  func refusals() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write(
      #"{"experiment": "compare", "configuration": {}, "complete": true}"#, to: "c/run.json")
    try laboratory.write("{", to: "broken/run.json")
    let record = String(decoding: try laboratory.read("run/run.json"), as: UTF8.self)
    try laboratory.write(
      record.replacing(#""complete" : true"#, with: #""complete" : false"#), to: "stopped/run.json")
    try laboratory.write("no array", to: "basis.npy")
    for (arguments, words) in [
      (["nowhere"], ["nowhere", "no run folder", "run.json"]),
      (["c"], ["a run of compare", "expected a run of train"]),
      (["broken"], ["broken/run.json"]),
      (["stopped"], ["not finished"]),
      (["run", "--basis", "basis.npy"], ["basis.npy"]),
    ] {
      let outcome = try await Program(laboratory: laboratory).run(
        ["explore"] + arguments + ["--no-open", "--no-cache", "--quiet"])
      expectRefusal(outcome, saying: words)
    }
  }
}

@Suite(.enabled(if: Browser.isHere, Browser.whatIsMissing)) struct ExploreBrowserTests {
  @Test("Sliders, attacks and drawings can be used by mouse and keyboard, wide and narrow")
  func explore() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    // More held-out images than are shown at once.
    try laboratory.writeArrays(to: "arrays", count: 300)
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "arrays", "--architecture", "mlp", "--epochs", "3", "--output", "trained",
        "--quiet"))
    let run = try Program(laboratory: laboratory).start(["explore", "trained", "--no-open", "--no-cache"])
    let said = try await run.waitForOutput(containing: "\n")
    let address = said.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
    try laboratory.write(try laboratory.read("images/cross/3.png"), to: "cross.png")
    try laboratory.write("no picture", to: "text.png")
    try await Browser.play("explore", [address, laboratory.folder.path], laboratory: laboratory)
    run.interrupt()
    #expect(try await run.outcome().exitCode == 0)
  }
}
