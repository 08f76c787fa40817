import Foundation
import Testing

@testable import Lab

/// `compare` as a user runs it: whole, killed, wrong.
@Suite struct CompareCommandTests {
  private static func arguments(_ folder: String, _ options: String...) -> [String] {
    [
      "compare", "--data", "more images", "--architecture", "network.json", "--networks", "3", "--epochs",
      "3",
      "--rotations", "19", "--top", "3", "--bases", "sphere,pca,kmeans", "--output", folder,
    ] + options
  }

  private func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeImages(to: "more images", perClass: 60)
    return laboratory
  }

  /// Everything but checkpoints, which tell how long training took, without what differs between equal runs.
  private func results(_ laboratory: Laboratory, _ folder: String) throws -> [String: Data] {
    let content = try laboratory.content(of: folder).filter { !$0.key.hasSuffix("checkpoint.safetensors") }
    return try Dictionary(
      uniqueKeysWithValues: content.map { name, data in
        (
          String(name.dropFirst(folder.count + 1)),
          name.hasSuffix(".json") ? try RepeatedRun.comparable(data, file: laboratory.file(name)) : data
        )
      })
  }

  @Test("Killed at five moments and started again, a run leaves the bytes of one that was never killed")
  func killed() async throws {
    let laboratory = try await laboratory()
    let program = Program(laboratory: laboratory)
    expectSuccess(try await program.run(Self.arguments("whole", "--quiet")))
    let whole = try results(laboratory, "whole")
    #expect(whole.keys.contains("verdict.txt") && whole.keys.contains("sheets/gallery.png"))
    let moments = [
      "reference network: training", "network 1 of 3: comparing", "network 2 of 3: measuring",
      "network 3 of 3: describing", "drawing",
    ]
    for (index, moment) in moments.enumerated() {
      let folder = "killed \(index)"
      var wasKilled = false
      for _ in 0..<100 where !wasKilled {
        if FileManager.default.fileExists(atPath: laboratory.file(folder).path) {
          try laboratory.remove(folder)
        }
        let run = try program.start(Self.arguments(folder))
        try await run.waitForErrors(containing: moment)
        run.kill()
        wasKilled = try await run.outcome().exitCode == nil
      }
      try #require(wasKilled, "every run ended before it was killed")
      expectSuccess(try await program.run(Self.arguments(folder, "--quiet")))
      let found = try results(laboratory, folder)
      #expect(Set(found.keys) == Set(whole.keys), "\(moment)")
      for (name, bytes) in whole { #expect(found[name] == bytes, "\(name), killed at \(moment)") }
    }
  }

  @Test("Wrong arguments are one sentence and the exit code for them; another protocol is refused")
  func refusals() async throws {
    let laboratory = try await laboratory()
    let program = Program(laboratory: laboratory)
    for (options, words) in [
      (["--bases", "pca,odd"], "there is no odd"), (["--margin", "2"], "--margin"),
      (["--top", "1"], "--top"),
      (["--networks", "0"], "--networks"),
    ] {
      let outcome = try await program.run(Self.arguments("wrong") + options)
      #expect(outcome.exitCode == 64 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("wrong").path))
    try laboratory.writeImages(to: "larger images", side: 9)
    let second = try await program.run(
      Self.arguments("wrong", "--second-data", "larger images", "--quiet"))
    expectRefusal(second, saying: ["larger images", "1×9×9", "expected 1×8×8"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("wrong").path))
    expectSuccess(
      try await program.run(Self.arguments("run", "--bases", "none", "--reference", "none", "--quiet")))
    let before = try laboratory.content(of: "run")
    let other = try await program.run(Self.arguments("run", "--quiet", "--seed", "2"))
    #expect(other.exitCode != 0 && other.errors.contains("another protocol"), "\(other.errors)")
    #expect(try laboratory.content(of: "run") == before)
  }
}
