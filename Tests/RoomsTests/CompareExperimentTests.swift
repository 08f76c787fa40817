import Datasets
import Foundation
import Inference
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import CompareRoom
@testable import GalleryRoom
@testable import Lab
@testable import TrainRoom

@Suite struct CompareExperimentTests {
  private static let outputs =
    [
      "protocol.json", "verdict.txt", "comparison.json", "networks.csv", "opinions.csv", "ladder.csv",
      "sizes.csv",
      "changes.csv", "bases.csv", "doses.csv", "metrics.csv", "units.csv", "null.csv", "duplicates.csv",
      "networks/1/metrics-neurons.csv", "networks/2/metrics-random.csv", "sheets/gallery.png",
    ]
    + [
      "forest", "ladder", "sensitivity", "bases", "dose-response", "depth", "sizes", "null", "activations",
    ].flatMap { ["figures/\($0).png", "figures/\($0).csv", "figures/\($0).txt", "figures/\($0).gp"] }

  private static let architecture = """
    {
      "name": "small", "input": { "channels": 1, "height": 6, "width": 5 },
      "nodes": [
        {"name": "flatten", "layer": "flatten"},
        {"name": "fc1", "layer": "linear", "outputs": 12},
        {"name": "relu1", "layer": "relu"},
        {"name": "fc2", "layer": "linear", "outputs": 9},
        {"name": "relu2", "layer": "relu"},
        {"name": "classifier", "layer": "linear", "outputs": 3}
      ]
    }
    """

  func experiment(
    in folder: URL, networkCount: Int = 3, topCount: Int = 5, rotationCount: Int = 29, workerCount: Int = 2,
    startsFresh: Bool = false
  ) throws -> CompareExperiment {
    _ = try MadeUpGallery(in: folder)
    let file = folder.appending(path: "network.json")
    try AtomicFile.write(Self.architecture, to: file)
    let data = DataSource(name: folder.appending(path: "data").path)
    let recipe = TrainExperiment.Configuration(
      data: data, architecture: .file(path: file.path),
      training: TrainingConfiguration(epochCount: 3, batchSize: 16), validationFraction: 0)
    return CompareExperiment(
      CompareExperiment.Configuration(
        data: data, networks: .trained(recipe, count: networkCount), reference: .trained,
        secondData: data,
        declared: ComparisonProtocol(
          topCount: topCount, rotationCount: rotationCount, hasAllLayers: true)),
      workerCount: workerCount, startsFresh: startsFresh)
  }

  private func contents(of folder: URL) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try Self.outputs.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  @Test("Any number of workers leaves the same bytes")
  func workers() throws {
    try withTemporaryFolder { folder in
      let one = RunFolder(folder.appending(path: "one"))
      let three = RunFolder(folder.appending(path: "three"))
      try experiment(in: folder, workerCount: 1).run(in: one) { _ in }
      try experiment(in: folder, workerCount: 3).run(in: three) { _ in }
      let (first, second) = (try contents(of: one.url), try contents(of: three.url))
      for name in Self.outputs { #expect(first[name] == second[name], "\(name)") }
    }
  }

  private struct Interruption: Error {}

  @Test("A run that was stopped at any moment goes on and leaves the bytes of one that was not")
  func interrupted() throws {
    try withTemporaryFolder { folder in
      let whole = RunFolder(folder.appending(path: "whole"))
      let told = Mutex(0)
      try experiment(in: folder).run(in: whole) { _ in told.withLock { $0 += 1 } }
      let expected = try contents(of: whole.url)
      let eventCount = told.withLock { $0 }
      #expect(eventCount > 20)
      for share in [0.05, 0.3, 0.5, 0.75, 0.98] {
        let stopped = RunFolder(folder.appending(path: "stopped at \(share)"))
        let moment = Int(share * Double(eventCount))
        let seen = Mutex(0)
        #expect(throws: Interruption.self) {
          try experiment(in: folder).run(in: stopped) { _ in
            let count = seen.withLock { count in
              count += 1
              return count
            }
            if count >= moment { throw Interruption() }
          }
        }
        #expect(!stopped.exists("verdict.txt"))
        try experiment(in: folder).run(in: stopped) { _ in }
        let found = try contents(of: stopped.url)
        for name in Self.outputs { #expect(found[name] == expected[name], "\(name), stopped at \(share)") }
      }
    }
  }

  @Test("The protocol is written before anything is measured, and another one is refused")
  func declared() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      #expect(throws: Interruption.self) {
        try experiment(in: folder).run(in: run) { event in
          if case .training = event { throw Interruption() }
        }
      }
      #expect(run.exists("protocol.json"))
      #expect(throws: ProtocolConflict.self) {
        try experiment(in: folder, topCount: 6).run(in: run) { _ in }
      }
      let comparison = try experiment(in: folder, topCount: 6, startsFresh: true).run(in: run) { _ in }
      #expect(comparison.declared.topCount == 6)
      let bytes = try Data(contentsOf: run.file("protocol.json"))
      #expect(comparison.protocolHash == Checksum.hexadecimal(of: bytes))
    }
  }

  @Test("The tables hold what the verdict rests on")
  func tables() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let comparison = try experiment(in: folder, networkCount: 2).run(in: run) { _ in }
      func rows(_ name: String) throws -> [[String]] {
        try String(contentsOf: run.file(name), encoding: .utf8).split(separator: "\n").map {
          $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
      }
      let null = try rows("null.csv")
      #expect(null.count == 1 + 2 * 29)
      let column = try #require(null[0].firstIndex(of: "kappa_5"))
      for network in comparison.networks {
        let draws = null.dropFirst().filter { $0[0] == "\(network.number)" }.map { Double($0[column])! }
        let test = MonteCarloTest(of: network.neurons, against: draws)
        #expect(abs(network.rotationTest.difference - test.difference) < 1e-12)
        #expect(network.p == test.twoSidedP())
        #expect(
          network.liveUnitCount + network.deadUnitCount + network.constantUnitCount
            + network.duplicateUnitCount == 9)
      }
      // The curve over the layers passes through the layer that the verdict is about.
      let curve = comparison.changes.filter { $0.kind == .layer }
      #expect(curve.map(\.name) == ["relu1", "relu2", "classifier"])
      #expect(curve[1].neurons.values == comparison.networks.map(\.neurons))
      #expect(curve[0].neurons.values != curve[1].neurons.values)
      #expect(comparison.changes.contains { $0.kind == .activation && $0.name == "pre" })
      #expect(comparison.bases.count == DirectionFamily.compared.count + 2)
      let effects = comparison.networks.map(\.rotationTest.difference)
      #expect(abs(comparison.verdict.effect - effects.reduce(0, +) / 2) < 1e-12)
      #expect(comparison.ladder.map(\.control) == Rung.Control.allCases)
      let floor = try #require(comparison.ladder.first)
      #expect(abs(floor.kappa.mean) < 0.3)
      let ladder = try rows("ladder.csv")
      #expect(ladder.count == 1 + Rung.Control.allCases.count)
      #expect(try rows("units.csv").count == 1 + comparison.networks.map(\.liveUnitCount).reduce(0, +))
    }
  }

  @Test("Fewer than five networks get no verdict")
  func fewNetworks() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let comparison = try experiment(in: folder, networkCount: 1).run(in: run) { _ in }
      #expect(comparison.verdict.conclusion == .tooFewNetworks)
      #expect(comparison.ladder.allSatisfy { $0.kappa.interval == nil })
      let text = try String(contentsOf: run.file("verdict.txt"), encoding: .utf8)
      #expect(text.contains("no verdict from 1 network"))
    }
  }

  @Test("Models that exist are compared as they are, and networks differ in their random numbers")
  func givenModels() throws {
    try withTemporaryFolder { folder in
      _ = try MadeUpGallery(in: folder)
      let model = ModelSource.model(path: folder.appending(path: "model.safetensors").path)
      let run = RunFolder(folder.appending(path: "run"))
      let comparison = try CompareExperiment(
        CompareExperiment.Configuration(
          data: DataSource(name: folder.appending(path: "data").path), networks: .given([model, model]),
          reference: .trained,
          declared: ComparisonProtocol(topCount: 5, rotationCount: 29)),
        workerCount: 2
      ).run(in: run) { _ in }
      let (first, second) = (comparison.networks[0], comparison.networks[1])
      #expect(first.modelChecksum == second.modelChecksum && first.neurons == second.neurons)
      #expect(first.rotationTest.nullMean != second.rotationTest.nullMean)
      #expect(first.deadUnitCount == 1 && first.constantUnitCount == 1 && first.liveUnitCount == 10)
    }
  }

  @Test("Too large a top set is refused in one sentence, before anything is written")
  func tooLarge() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      #expect(throws: GalleryError.self) {
        try experiment(in: folder, topCount: 1000).run(in: run) { _ in }
      }
      #expect(!FileManager.default.fileExists(atPath: run.url.path))
    }
  }
}
