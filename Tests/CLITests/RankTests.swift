import Foundation
import Testing

/// `rank` and `merge` as a user runs them: in parts, killed, on a full disk.
@Suite struct RankTests {
  private static let resultNames = ["directions.csv", "images.npy", "ranking.json", "scores.npy"]

  /// 18,000 training images, whose features are five blocks.
  private static func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 22_500)
    try laboratory.write(
      Laboratory.network(
        nodes: """
          {"name": "conv", "layer": "conv2d", "outputChannels": 8, "kernel": 3, "padding": 1},
          {"name": "act", "layer": "relu"}, {"name": "flat", "layer": "flatten"},
          {"name": "hidden", "layer": "linear", "outputs": 32}, {"name": "relu", "layer": "relu"},
          {"name": "logits", "layer": "linear", "outputs": 3}
          """), to: "network.json")
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "arrays", "--architecture", "network.json", "--epochs", "0", "--output", "run",
        "--quiet"))
    return laboratory
  }

  private static func arguments(_ folder: String, cache: String, _ more: [String] = []) -> [String] {
    [
      "rank", "run/model.safetensors", "--data", "arrays", "--split", "training", "--basis", "sphere",
      "--directions", "2000", "--top", "20", "--output", folder, "--cache", cache,
    ] + more
  }

  private func results(_ laboratory: Laboratory, in folder: String) throws -> [Data] {
    try Self.resultNames.map { try laboratory.read("\(folder)/\($0)") }
  }

  /// Blocks and manifest, by name.
  private func features(_ laboratory: Laboratory, in cache: String) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try laboratory.content(of: cache).map {
        (String($0.key.dropFirst(cache.count)), $0.value)
      })
  }

  /// How many blocks have their name.
  private func blockCount(_ laboratory: Laboratory, in cache: String) -> Int {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: laboratory.file(cache).path)) ?? []
    return paths.count { $0.hasSuffix(".f32") }
  }

  @Test("Killed at five moments and started again, a run leaves the bytes of one that was never killed")
  func killed() async throws {
    let laboratory = try await Self.laboratory()
    let program = Program(laboratory: laboratory)
    expectSuccess(try await program.run(Self.arguments("whole", cache: "whole cache", ["--quiet"])))
    #expect(blockCount(laboratory, in: "whole cache") == 5)

    // Before the first block, after the first, second and fourth, and once all are there.
    for moment in [0, 1, 2, 4, 5] {
      var attempt = 0
      while try await !isKilled(at: moment, program, laboratory) {
        // On a busy machine this test looked away until the run had ended: from the start again.
        for folder in ["parts", "cache"] { try laboratory.remove(folder) }
        attempt += 1
        try #require(attempt < 100, "every run ended before it was killed")
      }
      #expect(blockCount(laboratory, in: "cache") >= moment)
    }
    let last = try await program.run(Self.arguments("parts", cache: "cache"))
    #expect(last.exitCode == 0 && last.errors.contains("from the cache"), "\(last.errors)")
    #expect(try results(laboratory, in: "parts") == results(laboratory, in: "whole"))
    #expect(try features(laboratory, in: "cache") == features(laboratory, in: "whole cache"))
  }

  /// Starts a run, kills it once so many blocks have their name, and says whether that came before its end.
  private func isKilled(at moment: Int, _ program: Program, _ laboratory: Laboratory) async throws -> Bool {
    // A late kill before this one may have left nothing to compute.
    if moment < 5, blockCount(laboratory, in: "cache") == 5 { try laboratory.remove("cache") }
    let run = try program.start(Self.arguments("parts", cache: "cache"))
    try await run.waitForErrors(containing: moment == 5 ? "ranking" : "computing")
    try await waitForBlocks(moment, laboratory)
    run.kill()
    return try await run.outcome().exitCode == nil && !isFinished(laboratory, "parts")
  }

  /// Killed between its record and its exit, a run was killed too late.
  private func isFinished(_ laboratory: Laboratory, _ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: laboratory.file("\(folder)/run.json").path)
  }

  /// Until so many blocks of the cache have their name: a run that failed would never write them.
  private func waitForBlocks(_ count: Int, _ laboratory: Laboratory) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while blockCount(laboratory, in: "cache") < count {
      try #require(ContinuousClock.now < end, "\(count) blocks were waited for in vain")
      try await Task.sleep(for: .microseconds(200))
    }
  }

  @Test("Four shards, one of them killed on the way, merge into the bytes of a single run")
  func shards() async throws {
    let laboratory = try await Self.laboratory()
    let program = Program(laboratory: laboratory)
    expectSuccess(try await program.run(Self.arguments("whole", cache: "whole cache", ["--quiet"])))
    var attempt = 0
    while true {
      let killed = try program.start(Self.arguments("part 3", cache: "cache", ["--shard", "3/4"]))
      try await killed.waitForErrors(containing: "computing")
      try await waitForBlocks(1, laboratory)
      killed.kill()
      if try await killed.outcome().exitCode == nil, !isFinished(laboratory, "part 3") { break }
      // On a busy machine this test looked away until the run had ended: from the start again.
      for folder in ["part 3", "cache"] { try laboratory.remove(folder) }
      attempt += 1
      try #require(attempt < 100, "every run ended before it was killed")
    }
    let unfinished = try await laboratory.run("merge", "part 3", "--output", "merged", "--quiet")
    expectRefusal(unfinished, saying: ["part 3", "no finished part"])
    for number in 1...4 {
      expectSuccess(
        try await program.run(
          Self.arguments("part \(number)", cache: "cache", ["--shard", "\(number)/4", "--quiet"])))
    }
    let missing = try await laboratory.run(
      "merge", "part 4", "part 1", "part 2", "--output", "merged", "--quiet")
    expectRefusal(missing, saying: ["9000 to 13499", "none of the 3 parts"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("merged").path))
    let merged = try await laboratory.run(
      "merge", "part 4", "part 1", "part 3", "part 2", "--output", "merged", "--json", "--quiet")
    expectSuccess(merged)
    let object = try JSONSerialization.jsonObject(with: Data(merged.output.utf8)) as? [String: Any]
    #expect(object?["imageCount"] as? Int == 18_000 && object?["directionCount"] as? Int == 2000)
    #expect(try results(laboratory, in: "merged") == results(laboratory, in: "whole"))
  }

  @Test("A disk that is full is said in one sentence, and earlier results stay", arguments: [1, 100])
  func fullDisk(kilobytes: Int) async throws {
    let laboratory = try await Self.laboratory()
    let program = Program(laboratory: laboratory)
    expectSuccess(try await program.run(Self.arguments("out", cache: "cache", ["--quiet"])))
    let before = try laboratory.content(of: "out")
    // No file may grow beyond the limit; with XFSZ ignored, a write then fails as on a full disk.
    let limited = try await program.run(
      Self.arguments("out", cache: "cache", ["--quiet"]), fileLimit: kilobytes)
    expectRefusal(limited, saying: ["out/", "cannot be written"])
    #expect(try laboratory.content(of: "out") == before)

    // Features that cannot be kept cost a warning; the results are then too large as well.
    let uncached = try await program.run(
      Self.arguments("out", cache: "new cache"), fileLimit: kilobytes)
    #expect(uncached.exitCode == 1 && uncached.errors.contains("warning: features are not cached: "))
    #expect(try laboratory.content(of: "out") == before)
    #expect(blockCount(laboratory, in: "new cache") == 0)
  }

  @Test(
    "Wrong arguments are refused with exit code 64",
    arguments: [
      (["--shard", "5/4"], "5/4"), (["--shard", "half"], "half"), (["--directions", "3"], "--basis"),
      (["--basis", "sphere", "--directions", "0"], "--directions"), (["--top", "0"], "--top"),
      (["--basis", "odd"], "odd"), (["--top", "9999"], "the top 9999"),
      (["--basis", "haar", "--directions", "7", "--top", "3"], "a basis of layer act has 6"),
      (["--shard", "1/7", "--top", "3"], "at most 6 shards"),
    ])
  func arguments(given: [String], word: String) async throws {
    let laboratory = try await Laboratory()
    let outcome = try await Program(laboratory: laboratory).run(
      ["rank", "run/model.safetensors", "--data", "images", "--output", "no", "--quiet"] + given)
    #expect(outcome.exitCode == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("no").path))
  }
}
