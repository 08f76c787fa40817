import Foundation
import Testing

/// Few descriptors, little memory: a sentence, and no trap or hang.
@Suite struct LimitTests {
  private static let commands: [[String]] = [
    ["--version"], ["inspect", "run/model.safetensors"],
    ["train", "--data", "images", "--architecture", "network.json", "--epochs", "1", "--output", "out"],
    ["evaluate", "run/model.safetensors", "--data", "images", "--output", "out"],
    [
      "gallery", "run/model.safetensors", "--data", "images", "--neurons", "2", "--directions", "2", "--top",
      "3", "--no-cache", "--output", "out",
    ],
    ["attack", "fgsm", "run/model.safetensors", "--data", "images", "--epsilon", "0.1", "--output", "out"],
    ["report", "evaluation", "--output", "out"], ["datasets", "show", "images", "--output", "out.png"],
  ]

  private func check(_ arguments: [String], under limit: String, mustFail: Bool) async throws {
    let laboratory = try await Laboratory()
    // A limit is below what the test's own process may have; 30 seconds are many times what any of these takes.
    let outcome = try await Program(laboratory: laboratory).run(
      arguments, redirected: "", after: "\(limit); ", by: "timeout -s KILL 30")
    let code = try #require(
      outcome.exitCode, "\(arguments) under \(limit): ended by a signal: \(outcome.errors)")
    #expect(code == 1 || (code == 0 && !mustFail), "\(arguments) under \(limit): \(code), \(outcome.errors)")
    if code != 0 {
      let last = outcome.errors.split(separator: "\n").last ?? ""
      #expect(last.hasPrefix("Error: "), "\(arguments) under \(limit): \(outcome.errors)")
    }
  }

  @Test("Few descriptors are a sentence, or enough", arguments: commands)
  func descriptors(_ arguments: [String]) async throws {
    for count in [4, 8, 16, 20] { try await check(arguments, under: "ulimit -n \(count)", mustFail: true) }
    for count in [28, 32, 48, 64] { try await check(arguments, under: "ulimit -n \(count)", mustFail: false) }
  }

  @Test("Little address space is a sentence, or enough", arguments: commands)
  func addressSpace(_ arguments: [String]) async throws {
    for megabytes in [400, 600] {
      try await check(arguments, under: "ulimit -v \(megabytes * 1000)", mustFail: true)
    }
    for megabytes in [800, 900, 1000, 1500] {
      try await check(arguments, under: "ulimit -v \(megabytes * 1000)", mustFail: false)
    }
  }

  @Test("Little memory for data is a sentence, or enough", arguments: commands)
  func data(_ arguments: [String]) async throws {
    for megabytes in [10, 50, 150, 200] {
      try await check(arguments, under: "ulimit -d \(megabytes * 1000)", mustFail: true)
    }
    for megabytes in [300, 400, 600, 1500] {
      try await check(arguments, under: "ulimit -d \(megabytes * 1000)", mustFail: false)
    }
  }
}
