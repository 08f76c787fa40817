import Foundation
import TestSupport
import Testing

/// What an attack's command does without options.
@Suite struct AttackCommandDefaultsTests {
  @Test("The settings that each command of attack records")
  func commands() async throws {
    let laboratory = try await Laboratory()
    let list = try await laboratory.run("attack", "list", "--json")
    let kinds = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    var pin = Pin()
    for kind in kinds {
      let name = try #require(kind["method"] as? String)
      let arguments = [
        "attack", name, "run/model.safetensors", "--data", "images", "--count", "1", "--grid", "0",
        "--output",
        name, "--quiet",
      ]
      let program = Program(laboratory: laboratory)
      var outcome = try await program.run(arguments)
      if outcome.exitCode == 64 { outcome = try await program.run(arguments + ["--epsilon", "0.125"]) }
      #expect(outcome.exitCode == 0, "\(name): \(outcome.errors)")
      let record =
        try JSONSerialization.jsonObject(with: laboratory.read("\(name)/run.json")) as? [String: Any]
      let configuration = try #require(record?["configuration"] as? [String: Any])
      let settings = try JSONSerialization.data(
        withJSONObject: configuration.filter { !["model", "data"].contains($0.key) }, options: [.sortedKeys])
      pin.add(name, String(decoding: settings, as: UTF8.self))
    }
    try pin.expect("attack-defaults")
  }
}
