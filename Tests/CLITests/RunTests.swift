import Foundation
import Storage
import Tensors
import Testing

/// Whole runs: train, inspect, evaluate, interrupt, go on.
@Suite struct RunTests {
  private func object(_ outcome: Program.Outcome) throws -> [String: Any] {
    expectSuccess(outcome)
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(value as? [String: Any], "\(outcome.output)")
  }

  @Test("A finished run has a complete record, the model and a chart, and --quiet says nothing")
  func record() async throws {
    let laboratory = try await Laboratory()
    let names = try laboratory.content(of: "run").keys.sorted()
    for name in ["run/run.json", "run/model.safetensors", "run/figures/training.png"] {
      #expect(names.contains(name))
    }
    #expect(!names.contains { $0.contains("partial") })
    let record = try JSONSerialization.jsonObject(with: laboratory.read("run/run.json")) as? [String: Any]
    #expect(record?["complete"] as? Bool == true)
    let quiet = try await laboratory.run(
      "evaluate", "run/model.safetensors", "--data", "images", "--output", "again", "--quiet")
    expectSuccess(quiet)
    #expect(quiet.output == "")
  }

  @Test("inspect tells what was trained")
  func inspect() async throws {
    let laboratory = try await Laboratory()
    let model = try object(await laboratory.run("inspect", "run/model.safetensors", "--json"))
    #expect(model["classNames"] as? [String] == Laboratory.classNames)
    #expect(model["input"] as? [Int] == [1, 8, 8])
    #expect(model["parameterCount"] as? Int == 64 * 6 + 6 + 6 * 3 + 3)
    #expect(model["featureLayer"] as? String == "act" && model["featureCount"] as? Int == 6)
    #expect((model["provenance"] as? [String: Any])?["epochsTrained"] as? Int == 2)
    let other = try object(
      await laboratory.run("inspect", "run/model.safetensors", "--layer", "hidden", "--json"))
    #expect(other["featureLayer"] as? String == "hidden")
    let table = try await laboratory.run("inspect", "run/model.safetensors")
    expectSuccess(table)
    #expect(table.output.contains("feature layer") && table.output.contains("línea"))
  }

  @Test("evaluate counts the held-out images, with --json as one JSON object and nothing else")
  func evaluate() async throws {
    let laboratory = try await Laboratory()
    let results = try object(
      await laboratory.run(
        "evaluate", "run/model.safetensors", "--data", "images", "--output", "again", "--json", "--quiet"))
    // A fifth of 12 images, rounded, of each of three classes.
    #expect(results["imageCount"] as? Int == 6)
    let confusion = try #require(results["confusion"] as? [[Int]])
    #expect(confusion.map { $0.reduce(0, +) } == [2, 2, 2])
    #expect(results["correctCount"] as? Int == (0..<3).map { confusion[$0][$0] }.reduce(0, +))
    let table = String(decoding: try laboratory.read("again/classes.csv"), as: UTF8.self)
    #expect(table.split(separator: "\n").count == 4)
  }

  @Test("Elsewhere than on a terminal progress is whole lines without control characters")
  func progress() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let outcome = try await laboratory.run(
      "train", "--data", "images", "--architecture", "network.json", "--epochs", "3", "--output", "out",
      "--json")
    #expect(outcome.exitCode == 0)
    #expect(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) is [String: Any])
    #expect(outcome.errors.hasSuffix("\n"))
    #expect(outcome.errors.split(separator: "\n").count { $0.hasPrefix("  epoch ") } == 3)
    #expect(!outcome.errors.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }, "\(outcome.errors)")
  }

  @Test("After Ctrl-C the same command goes on, and ends with the bytes of a run that was never interrupted")
  func interruption() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeImages(to: "more images", perClass: 100)
    try laboratory.write(
      Laboratory.network(
        nodes: """
          {"name": "conv", "layer": "conv2d", "outputChannels": 8, "kernel": 3, "padding": 1},
          {"name": "norm", "layer": "batchNorm"}, {"name": "relu", "layer": "relu"},
          {"name": "drop", "layer": "dropout", "rate": 0.2},
          {"name": "logits", "layer": "linear", "outputs": 3}
          """), to: "réseau.json")
    func arguments(_ folder: String) -> [String] {
      [
        "train", "--data", "more images", "--architecture", "réseau.json", "--epochs", "120", "--batch", "16",
        "--schedule", "cosine", "--output", folder,
      ]
    }
    let program = Program(laboratory: laboratory)
    expectSuccess(try await program.run(arguments("whole") + ["--quiet"]))

    for _ in 0..<2 {
      let outcome = try await program.run(arguments("in parts"), interruptedAfter: " images/s")
      try #require(outcome.exitCode == 130, "\(outcome.errors)")
      #expect(
        outcome.errors.hasSuffix(
          "Interrupted. The same command, without --fresh, goes on after the last finished epoch.\n"))
      let names = try laboratory.content(of: "in parts").keys.sorted()
      #expect(names == ["in parts/checkpoint.safetensors", "in parts/run.json"])
      let record = try JSONSerialization.jsonObject(with: laboratory.read("in parts/run.json"))
      #expect((record as? [String: Any])?["complete"] as? Bool == false)
    }
    let last = try await program.run(arguments("in parts"))
    #expect(last.exitCode == 0 && last.errors.contains("going on after epoch"), "\(last.errors)")
    let name = "model.safetensors"
    #expect(try laboratory.read("in parts/\(name)") == laboratory.read("whole/\(name)"))
  }

  @Test("Other settings in the folder of a finished run are refused by name, and the run stays as it was")
  func conflict() async throws {
    let laboratory = try await Laboratory()
    let before = try laboratory.content(of: "run")
    let outcome = try await laboratory.run(
      "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
      "--seed", "2", "--output", "run", "--quiet")
    expectRefusal(outcome, saying: ["/run", "seed", "--fresh"])
    #expect(try laboratory.content(of: "run") == before)
  }

  @Test("Weights under another program's names give the same results as the model they come from")
  func weights() async throws {
    let laboratory = try await Laboratory()
    let model = try SafetensorsFile(contentsOf: laboratory.file("run/model.safetensors"))
    let names = [
      "hidden.weight": "net.0.weight", "hidden.bias": "net.0.bias", "logits.weight": "net.2.weight",
      "logits.bias": "net.2.bias",
    ]
    // Written in the order of the names, as other programs do, with the format that they name.
    let tensors = try model.tensors.map { (name: try #require(names[$0.name]), tensor: $0.tensor) }
    try SafetensorsFile(tensors: tensors.sorted { $0.name < $1.name }, metadata: ["format": "pt"])
      .write(to: laboratory.file("poids d’été.safetensors"))
    let given = ["--weights", "poids d’été.safetensors", "--architecture", "network.json"]
    let program = Program(laboratory: laboratory)
    let description = try object(await program.run(["inspect"] + given + ["--json"]))
    #expect(description["parameterCount"] as? Int == 64 * 6 + 6 + 6 * 3 + 3)
    let common = ["--data", "images", "--output", "compared", "--json", "--quiet"]
    let own = try object(await program.run(["evaluate", "run/model.safetensors"] + common))
    let foreign = try object(await program.run(["evaluate"] + given + common))
    #expect(foreign["modelChecksum"] as? String == own["modelChecksum"] as? String)
    #expect(foreign["loss"] as? Double == own["loss"] as? Double)
  }

  @Test(
    "A network trained with noise is smoothed with the same, as its record says; two models need two deviations"
  )
  func smoothing() async throws {
    let laboratory = try await Laboratory()
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
        "--noise", "0.2", "--rotate", "10", "--corrupt", "blur,contrast", "--output", "noisy", "--quiet"))
    let results = try object(
      await laboratory.run(
        "smooth", "noisy/model.safetensors", "--data", "images", "--sigma", "0.2", "0.4", "--count", "5",
        "--samples", "50", "--selection", "10", "--no-attack", "--output", "smooth", "--json", "--quiet"))
    let levels = try #require(results["levels"] as? [[String: Any]])
    #expect(levels.map { $0["deviation"] as? Double } == [0.2, 0.4])
    #expect(levels.allSatisfy { abs(($0["trainingNoise"] as? Double ?? 0) - 0.2) < 1e-6 })
    let table = String(decoding: try laboratory.read("smooth/certified.csv"), as: UTF8.self)
    #expect(table.split(separator: "\n").count == 11)
    let record = try JSONSerialization.jsonObject(with: laboratory.read("smooth/run.json")) as? [String: Any]
    #expect(record?["complete"] as? Bool == true && record?["experiment"] as? String == "smooth")
    let refused = try await laboratory.run(
      "smooth", "missing.safetensors", "--data", "images", "--output", "none", "--quiet")
    expectRefusal(refused, saying: ["missing.safetensors"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("none").path))
  }

  @Test("A network trained with sigmoids is read as such by rubbish, whose run is complete")
  func rubbish() async throws {
    let laboratory = try await Laboratory()
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
        "--loss",
        "sigmoid", "--output", "sigmoid", "--quiet"))
    for (model, scores) in [("run", "softmax"), ("sigmoid", "sigmoid")] {
      let results = try object(
        await laboratory.run(
          "rubbish", "\(model)/model.safetensors", "--data", "images", "--count", "50", "--fooling-count",
          "20",
          "--output", "noise", "--json", "--quiet"))
      #expect(results["scores"] as? String == scores)
      let names = try laboratory.content(of: "noise").keys.sorted()
      #expect(
        names
          == [
            "figures/classes.csv", "figures/classes.gp", "figures/classes.pdf", "figures/classes.png",
            "figures/classes.txt", "figures/rubbish.png",
            "rubbish.csv", "run.json",
          ].map { "noise/\($0)" })
      let record = try JSONSerialization.jsonObject(with: laboratory.read("noise/run.json")) as? [String: Any]
      #expect(record?["complete"] as? Bool == true)
    }
    let conflict = try await laboratory.run(
      "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
      "--output",
      "sigmoid", "--quiet")
    expectRefusal(conflict, saying: ["loss", "--fresh"])
    let wrong = try await laboratory.run(
      "rubbish", "run/model.safetensors", "--data", "images", "--scores", "exponential", "--output", "none")
    #expect(wrong.exitCode == 64 && wrong.errors.contains("does not end in distances"))
  }
}
