import Adversarial
import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Lab
@testable import RubbishRoom
@testable import TrainRoom

@Suite struct RubbishTests {
  private static func configuration(
    count: Int = 300, scores: ScoreKind? = nil
  ) -> RubbishExperiment.Configuration {
    RubbishExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), count: count,
      foolingCount: 60, epsilon: 0.25, scores: scores)
  }

  private func run(
    _ model: Model? = nil, _ configuration: RubbishExperiment.Configuration = configuration(),
    workerCount: Int = 1
  ) throws -> (files: [String: Data], results: RubbishExperiment.Results) {
    let scene = try AttackScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-rubbish-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let results = try RubbishExperiment(configuration, workerCount: workerCount).run(
      model ?? scene.model, on: scene.dataset, in: RunFolder(url)
    ) { _ in }
    return (try filesBelow(url), results)
  }

  private func table(_ files: [String: Data]) throws -> [[String: String]] {
    let lines = String(decoding: try #require(files["rubbish.csv"]), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test("The same files for one worker and two; counts add up")
  func experiment() throws {
    let (files, results) = try run()
    let record = try #require(files["run.json"])
    let (one, two) = (try comparable(files), try comparable(run(workerCount: 2).files))
    #expect(one.keys.sorted() == two.keys.sorted())
    for (name, bytes) in one { #expect(bytes == two[name], "\(name)") }
    for name in ["rubbish", "classes"] {
      let picture = try #require(one["figures/\(name).png"])
      if name == "rubbish" { #expect(String(decoding: picture, as: UTF8.self).contains("Model checksum")) }
    }
    #expect(one["figures/classes.csv"] != nil && one["figures/classes.gp"] != nil)
    #expect(String(decoding: record, as: UTF8.self).contains("softmax"))

    #expect(
      results.scores == .softmax && results.noise.accepted.total == 300 && results.clean.accepted.total == 90)
    #expect(results.noise.acceptedByClass.reduce(0, +) == results.noise.accepted.count)
    let rows = try table(one)
    #expect(rows.map { $0["name"] } == ["circle", "square", "0"])
    #expect(rows.compactMap { Int($0["accepted"] ?? "") } == results.noise.acceptedByClass)
    for (row, outcome) in zip(rows, results.fooling.outcomes) {
      #expect(
        Int(row["fooled"] ?? "") == outcome.fooled.count && Int(row["before"] ?? "") == outcome.before.count)
      #expect(row["steps"] == "60" && row["noise_images"] == "300")
      let bounds = try #require(outcome.fooled.interval95)
      #expect(Double(row["fooled_lower_95"] ?? "") == bounds.lowerBound)
      // One softmax probability of one half is the largest: with a threshold of one half both counts are of the same.
      #expect(outcome.before.total == 60 && outcome.gained.total == 60 - outcome.before.count)
    }
    let text = results.sentences.joined(separator: "\n")
    #expect(text.contains("\(results.noise.accepted.count) of 300") && text.contains("of 90"))
    #expect(text.contains("of 180 "))
  }

  @Test(
    "The first noise images are the same ones that are moved, and they do not depend on how many there are")
  func prefix() throws {
    let (many, few) = (try run().results, try run(nil, Self.configuration(count: 60)).results)
    #expect(many.fooling == few.fooling)
    // Sixty images are both classified and moved.
    #expect(few.fooling.outcomes.map(\.before.count) == few.noise.acceptedByClass)
  }

  @Test(
    "A network that says one class of everything accepts all noise; one that is sure of nothing accepts none")
  func planted() throws {
    let scene = try AttackScene()
    let shape = scene.dataset.heldOut.shape
    func constant(_ biases: [Float]) throws -> Model {
      try AttackScene.linearModel(
        shape, weights: [Float](repeating: 0, count: 3 * shape.pixelCount), biases: biases,
        scene.model.classNames)
    }
    let everything = try run(constant([0, 20, 0])).results
    #expect(everything.noise.acceptedByClass == [0, 300, 0])
    #expect(everything.fooling.outcomes.map(\.zeroGradientCount) == [60, 60, 60])
    let words = everything.sentences.joined(separator: "\n")
    #expect(words.contains("for circle, 0 none") && words.contains("180 steps went nowhere"))
    let nothing = try run(constant([0, 0, 0])).results
    #expect(nothing.noise.accepted.count == 0 && nothing.clean.accepted.count == 0)
    #expect(nothing.sentences[0].contains("mean confidence of these undefined"))
    #expect(nothing.sentences.contains { $0.hasPrefix("no clean image is accepted either") })
    #expect(!everything.sentences.contains { $0.hasPrefix("no clean image") })
  }

  @Test("Distances are read as exponentials, and other logits refused as such before anything is written")
  func distances() throws {
    let scene = try AttackScene()
    let graph = try Graph(
      Architecture(
        name: "centres", input: scene.dataset.heldOut.shape,
        nodes: [.init("flatten", .flatten), .init("classifier", .rbf(outputs: 3))]))
    let model = Model(network: Network(initializing: graph, seed: 1), classNames: scene.model.classNames)
    let results = try run(model).results
    #expect(results.scores == .exponential)
    #expect(results.noise.accepted.count == 0)
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-rubbish-\(UUID().uuidString)")
    #expect(throws: RubbishError.noDistances(modelName: "prototypes")) {
      try RubbishExperiment(Self.configuration(scores: .exponential), workerCount: 1).run(
        scene.model, on: scene.dataset, in: RunFolder(url)
      ) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("Numbers are printed so that only 0 is 0 and only 1 is 1")
  func numbers() {
    let printed = [0, 1e-300, 2e-6, 0.0005, 0.5, 0.9264, 0.99949, 0.99951, 1].map(RubbishWords.probability)
    #expect(printed == ["0", "1e−300", "2e−6", "0.001", "0.500", "0.926", "0.999", ">0.999", "1"])
  }

  @Test("What progress throws stops the run")
  func stopping() throws {
    struct Stop: Error {}
    let scene = try AttackScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-rubbish-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(throws: Stop.self) {
      try RubbishExperiment(Self.configuration(), workerCount: 1).run(
        scene.model, on: scene.dataset, in: RunFolder(url)
      ) { if case .step = $0 { throw Stop() } }
    }
  }
}

@Suite struct TrainingIdentityTests {
  @Test("Another loss is a difference that has its name")
  func loss() {
    func identity(_ loss: TrainingLoss) -> TrainingCheckpoint.Identity {
      TrainingCheckpoint.Identity(
        architecture: "{}", dataChecksum: "0", validationFraction: 0.1,
        training: TrainingConfiguration(loss: loss))
    }
    #expect(identity(.sigmoid).differences(from: identity(.softmax), epochsDone: 1) == ["loss"])
    #expect(identity(.sigmoid).differences(from: identity(.sigmoid), epochsDone: 1).isEmpty)
  }
}
