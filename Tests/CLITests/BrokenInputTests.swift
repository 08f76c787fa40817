import Foundation
import Testing

/// Something that a command is given and must refuse.
struct BrokenInput: Sendable, CustomTestStringConvertible {
  enum Use: Sendable {
    /// `train --data DATA`
    case data(String)
    /// `train --architecture ARCHITECTURE`
    case architecture(String)
    /// `evaluate MODEL`, and so `gallery` and `attack fgsm`
    case model(String)
    /// The same with `--weights WEIGHTS --architecture ARCHITECTURE`
    case weights(String, architecture: String)
    /// The same with `--data DATA`
    case pair(model: String, data: String)
    /// `train`, going on with what is in the folder.
    case going
  }

  let fault: String
  let use: Use
  /// Named by the sentence, and what it says about it.
  let file: String
  let problem: String
  /// Makes the broken input in the laboratory.
  let prepare: @Sendable (Laboratory) throws -> Void

  init(
    _ fault: String, _ use: Use, naming file: String, _ problem: String,
    prepare: @escaping @Sendable (Laboratory) throws -> Void
  ) {
    self.fault = fault
    self.use = use
    self.file = file
    self.problem = problem
    self.prepare = prepare
  }

  var testDescription: String { fault }

  /// Every command writes into a folder that holds an earlier result.
  var commands: [[String]] {
    func train(data: String = "images", architecture: String = "network.json", with more: [String])
      -> [String]
    {
      [
        "train", "--data", data, "--architecture", architecture, "--epochs", "2", "--batch", "8", "--output",
        "run",
      ] + more
    }
    func eachUse(of model: [String], data: String = "images") -> [[String]] {
      Laboratory.uses.map { $0.command + model + ["--data", data, "--output", $0.folder] + $0.options }
    }
    let commands =
      switch use {
      case .data(let data): [train(data: data, with: ["--fresh"])]
      case .architecture(let file): [train(architecture: file, with: ["--fresh"])]
      case .going: [train(with: [])]
      case .model(let file): eachUse(of: [file])
      case .weights(let file, let architecture):
        eachUse(of: ["--weights", file, "--architecture", architecture])
      case .pair(let model, let data): eachUse(of: [model], data: data)
      }
    return commands.map { $0 + ["--quiet"] }
  }
}

@Suite struct BrokenInputTests {
  @Test(
    "A broken input gives one sentence and exit code 1, and leaves earlier results as they were",
    arguments: brokenData + brokenModels + brokenArchitectures)
  func refuses(input: BrokenInput) async throws {
    let laboratory = try await Laboratory()
    try input.prepare(laboratory)
    let before = try laboratory.content(of: ".")
    for command in input.commands {
      let outcome = try await Program(laboratory: laboratory).run(command)
      expectRefusal(outcome, saying: [input.file, input.problem])
    }
    let after = try laboratory.content(of: ".")
    #expect(after.keys.sorted() == before.keys.sorted())
    for (name, data) in before where after[name] != data { Issue.record("\(name) was changed") }
  }

  @Test("A broken input leaves no file in a new output folder")
  func newFolder() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("{}", to: "broken.json")
    let outcome = try await laboratory.run(
      "train", "--data", "images", "--architecture", "broken.json", "--output", "new", "--quiet")
    expectRefusal(outcome, saying: ["broken.json"])
    #expect(try !laboratory.content(of: ".").keys.contains { $0.contains("new/") })
  }

  @Test("A file that cannot be read is named", .disabled(if: geteuid() == 0, "root reads everything"))
  func unreadable() async throws {
    let laboratory = try await Laboratory()
    let path = laboratory.file("run/model.safetensors").path
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    expectRefusal(
      try await laboratory.run("inspect", "run/model.safetensors"),
      saying: ["run/model.safetensors", "cannot be read"])
  }
}
