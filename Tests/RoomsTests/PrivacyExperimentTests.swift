import Datasets
import Foundation
import Networks
import Privacy
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import PrivacyRoom
@testable import TrainRoom

@Suite struct PrivacyExperimentTests {
  private static func training(epochCount: Int = 4) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochCount, batchSize: 12, microBatch: 5, optimizer: .sgd(momentum: 0, weightDecay: 0),
      learningRate: LearningRate(initial: 0.4), seed: 3)
  }

  static func experiment(
    in folder: URL, architecture: String = "mlp", epsilons: [Double] = [1, 20], workerCount: Int = 2,
    startsFresh: Bool = false, epochCount: Int = 4
  ) throws -> PrivacyExperiment {
    _ = try MadeUpGallery(in: folder)
    return PrivacyExperiment(
      PrivacyExperiment.Configuration(
        data: DataSource(name: folder.appending(path: "data").path), architecture: .named(architecture),
        epsilons: epsilons, delta: 1e-3, networkCount: 2, training: training(epochCount: epochCount),
        imageCount: 12,
        radius: 0.3),
      workerCount: workerCount, startsFresh: startsFresh)
  }

  private static let outputs =
    ["privacy.txt", "privacy.csv", "summary.csv"]
    + ["accuracy", "distance", "robust-accuracy", "membership"].flatMap { name in
      ["png", "pdf", "csv", "txt", "gp"].map { "figures/\(name).\($0)" }
    }

  private static func contents(_ run: RunFolder) throws -> [String: Data] {
    Dictionary(uniqueKeysWithValues: try outputs.map { ($0, try Data(contentsOf: run.file($0))) })
  }

  private static func table(_ run: RunFolder, _ name: String) throws -> [[String: String]] {
    let lines = try String(contentsOf: run.file(name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test(
    "The same files for one worker and two; every network has its row, and private ones keep what they promise"
  )
  func experiment() throws {
    try withTemporaryFolder { folder in
      let (one, two) = (RunFolder(folder.appending(path: "one")), RunFolder(folder.appending(path: "two")))
      let results = try Self.experiment(in: folder, workerCount: 1).run(in: one) { _ in }
      _ = try Self.experiment(in: folder, workerCount: 2).run(in: two) { _ in }
      let (first, second) = (try Self.contents(one), try Self.contents(two))
      for (name, bytes) in first { #expect(bytes == second[name], "\(name)") }

      #expect(results.networks.count == 2 * 6 && results.summaries.count == 6)
      let rows = try Self.table(one, "privacy.csv")
      #expect(
        rows.map { $0["training"] }
          == Array(
            repeating: ["plain", "clipped", "epsilon-20", "epsilon-1", "stopped-20", "stopped-1"], count: 2
          ).flatMap(\.self))
      #expect(rows.map { $0["seed"] } == (Array(repeating: "3", count: 6) + Array(repeating: "4", count: 6)))
      for (network, row) in zip(results.networks, rows) {
        #expect(network.accuracy.total == results.heldOutCount && network.fooled.total <= 12)
        #expect(network.robust.total == 12 && network.robust.count <= network.fooled.total)
        #expect(Double(row["advantage"] ?? "") == network.membership?.advantage)
        #expect(network.robustImages.count == network.robust.count)
        #expect(network.membership?.falsePositives.total == results.heldOutCount)
        switch network.arm {
        case .epsilon(let epsilon):
          let account = try #require(network.account)
          let promised = try #require(account.epsilon)
          #expect(promised <= epsilon && promised > 0.98 * epsilon)
          // The accountant asked anew, of the lots that were drawn.
          let lots = Self.training().lots(of: results.trainingCount)
          #expect(account.stepCount == 4 * lots.countPerEpoch)
          let again = RenyiAccountant(
            SampledGaussian(samplingRate: lots.samplingRate, noiseMultiplier: account.noiseMultiplier),
            stepCount: account.stepCount
          ).guarantee(delta: 1e-3)
          #expect(again.epsilon == promised)
        case .clipped:
          #expect(network.account?.epsilon == nil && network.account?.noiseMultiplier == 0)
        case .plain: #expect(network.account == nil && network.imagesSeen == nil)
        case .stopped:
          let seen = try #require(network.imagesSeen)
          #expect(network.account == nil && seen > 0 && seen <= 4 * results.trainingCount)
        }
      }
      // Less noise for a larger ε.
      func noise(_ epsilon: Double) -> Double {
        results.networks.first { $0.arm == .epsilon(epsilon) }?.account?.noiseMultiplier ?? 0
      }
      #expect(noise(1) > 2 * noise(20) && noise(20) > 0)

      let summary = try #require(results.summaries.first { $0.arm == .epsilon(20) })
      let accuracies = results.networks.filter { $0.arm == .epsilon(20) }.compactMap(\.accuracy.value)
      #expect(abs(summary.accuracy!.mean - (accuracies[0] + accuracies[1]) / 2) < 1e-12)
      let differences = results.networks.filter { $0.arm == .plain }.compactMap(\.accuracy.value)
      #expect(
        abs(
          summary.fromPlain!.accuracy!.mean - (summary.accuracy!.mean - (differences[0] + differences[1]) / 2)
        )
          < 1e-12)
      #expect(results.summaries[0].fromPlain == nil && results.summaries[4].fromStopped == nil)
      // Stopped networks are asked about other images.
      #expect(summary.fromStopped?.accuracy != nil && summary.fromStopped?.advantage == nil)
      #expect(summary.fromPlain?.advantage != nil && results.summaries[4].fromPlain?.advantage == nil)
      let text = results.lines.joined(separator: "\n")
      for words in ["2 networks", "seeds 3 to 4", "of all 12", "at most", "Does a private network resist"] {
        #expect(text.contains(words), "\(words)")
      }
    }
  }

  @Test("A run that was stopped goes on with the networks it has, and leaves the same bytes")
  func resuming() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      let (whole, stopped) = (
        RunFolder(folder.appending(path: "whole")), RunFolder(folder.appending(path: "stopped"))
      )
      _ = try Self.experiment(in: folder).run(in: whole) { _ in }
      #expect(throws: Stop.self) {
        _ = try Self.experiment(in: folder).run(in: stopped) {
          if case .stage(let stage) = $0, stage.hasPrefix("seed 3, ε = 1: attacking") { throw Stop() }
        }
      }
      #expect(!stopped.exists("privacy.txt"))
      let log = ProgressLog()
      _ = try Self.experiment(in: folder).run(in: stopped) { log.note($0) }
      #expect(log.stages.filter { $0.contains("kept from an earlier run") }.count == 3)
      #expect(try Self.contents(stopped) == Self.contents(whole))
      let fresh = ProgressLog()
      _ = try Self.experiment(in: folder, startsFresh: true).run(in: stopped) { fresh.note($0) }
      #expect(!fresh.stages.contains { $0.contains("kept") })
      #expect(try Self.contents(stopped) == Self.contents(whole))
    }
  }

  @Test(
    "A run with other epochs is refused of the whole folder, changes no byte of it, and the first command still goes on"
  )
  func conflict() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let first = try Self.experiment(in: folder, epochCount: 2).run(in: run) { _ in }
      func everything() throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: run.url.path)
        return Dictionary(
          uniqueKeysWithValues: try names.compactMap { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: run.file(name).path, isDirectory: &isFolder)
            return isFolder.boolValue ? nil : (name, try Data(contentsOf: run.file(name)))
          })
      }
      let before = try everything()
      #expect(before.keys.contains("networks/plain-seed3/checkpoint.safetensors"))
      // With another ε beside the same controls too: no folder of its own holds it yet.
      for epsilons in [[1, 20.0], [3]] {
        #expect {
          _ = try Self.experiment(in: folder, epsilons: epsilons, epochCount: 3).run(in: run) { _ in }
        } throws: {
          ($0 as? RunConflict)?.folder == run.url && ($0 as? RunConflict)?.differences == ["number of epochs"]
        }
      }
      #expect(try everything() == before)
      let log = ProgressLog()
      let again = try Self.experiment(in: folder, epochCount: 2).run(in: run) { log.note($0) }
      #expect(again.networks == first.networks)
      #expect(log.stages.filter { $0.contains("kept from an earlier run") }.count == 12)
    }
  }

  @Test("A network whose file is gone, or is another's, is trained and measured again")
  func lostModel() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let first = try Self.experiment(in: folder).run(in: run) { _ in }
      func model(_ name: String) -> URL { run.file("networks/\(name)-seed3/model.safetensors") }
      try FileManager.default.removeItem(at: model("plain"))
      try FileManager.default.removeItem(at: model("stopped-1"))
      try FileManager.default.copyItem(at: model("stopped-20"), to: model("stopped-1"))
      let log = ProgressLog()
      let again = try Self.experiment(in: folder).run(in: run) { log.note($0) }
      #expect(again.networks == first.networks)
      let isSame = first.networks[4].modelChecksum == first.networks[5].modelChecksum
      #expect(log.stages.filter { $0.contains("kept from an earlier run") }.count == (isSame ? 11 : 10))
      #expect(try ModelFile.read(model("plain")).checksum == first.networks[0].modelChecksum)
      #expect(try ModelFile.read(model("stopped-1")).checksum == first.networks[5].modelChecksum)
    }
  }

  @Test("Two images of each kind are enough, with lots of one too; with one nothing is written")
  func fewImages() throws {
    try withTemporaryFolder { folder in
      let whole = try MadeUpGallery(in: folder).dataset
      var training = Self.training(epochCount: 1)
      (training.batchSize, training.microBatch) = (1, 1)
      func run(training count: Int, heldOut: Int, in name: String) throws -> PrivacyResults {
        try PrivacyExperiment(
          PrivacyExperiment.Configuration(
            data: DataSource(name: folder.appending(path: "data").path), architecture: .named("mlp"),
            epsilons: [0.1], delta: 1e-3, networkCount: 1, training: training, imageCount: 1, radius: 0.3),
          workerCount: 1
        ).run(
          on: Dataset(
            name: "few", training: whole.training.selecting(Array(0..<count)),
            heldOut: whole.heldOut.selecting(Array(0..<heldOut))),
          in: RunFolder(folder.appending(path: name))
        ) { _ in }
      }
      // Lots of one: the first rung would have one image.
      for (count, heldOut) in [(2, 2), (30, 3)] {
        let results = try run(training: count, heldOut: heldOut, in: "\(count)")
        #expect(results.networks.allSatisfy { $0.membership != nil && ($0.imagesSeen ?? 2) >= 2 })
      }
      for (count, heldOut) in [(1, 2), (2, 1)] {
        #expect(throws: PrivacyRequestError.tooFewImages(training: count, heldOut: heldOut)) {
          _ = try run(training: count, heldOut: heldOut, in: "none")
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "none").path))
    }
  }

  @Test("A network whose first stage cannot be private is refused, not trained as another under its name")
  func pretraining() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      #expect(throws: PrivateTrainingError.pretraining) {
        try Self.experiment(in: folder, architecture: "ae400-10").run(in: run) { _ in }
      }
      #expect(!FileManager.default.fileExists(atPath: run.url.path))
    }
  }

  @Test("A network with batch normalization is refused before anything is written")
  func refusal() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      #expect(throws: PrivateTrainingError.self) {
        try Self.experiment(in: folder, architecture: "resnet8").run(in: run) { _ in }
      }
      #expect(!FileManager.default.fileExists(atPath: run.url.path))
    }
  }

  @Test(
    "A stopped network is the one of its bench whose accuracy is nearest, and short of the whole training")
  func stoppedEarly() throws {
    try withTemporaryFolder { folder in
      let dataset = try MadeUpGallery(in: folder).dataset
      let graph = try Graph(.named(.mlp, input: dataset.training.shape, classCount: 3))
      let stopped = StoppedEarly(
        Self.training(), dataset: dataset, graph: graph, workerCount: 2, progress: { _ in })
      func accuracy(_ network: Network) throws -> Int {
        let logits = try Engine(running: network, workerCount: 1).logits(of: dataset.heldOut)
        return Prediction.rows(of: logits).enumerated().count { $1.label == dataset.heldOut.labels[$0] }
      }
      var bench = stopped
      let whole = try Trainer(
        Self.training(), training: dataset.training, validation: nil, workerCount: 2
      ).train(from: TrainingState(starting: Network(initializing: graph, seed: 3))).network
      let worst = try bench.network(asAccurateAs: 0)
      #expect(try accuracy(worst.network) <= accuracy(whole))
      // No more than the whole training, whose network is that of the experiment.
      let best = try bench.network(asAccurateAs: dataset.heldOut.count)
      #expect(try accuracy(best.network) >= accuracy(whole) && best.seen.count <= 4 * dataset.training.count)
      #expect(bench.wholeTraining == whole)
      #expect(
        Set(worst.seen.images).count == worst.seen.images.count && worst.seen.images.count <= worst.seen.count
      )
      let middle = (try accuracy(whole) + accuracy(worst.network)) / 2
      let found = try bench.network(asAccurateAs: middle)
      #expect(abs(try accuracy(found.network) - middle) <= abs(try accuracy(whole) - middle))
      #expect(abs(try accuracy(found.network) - middle) <= abs(try accuracy(worst.network) - middle))
    }
  }

  @Test("An answer goes by the interval of the difference, not by its mean")
  func words() throws {
    typealias Words = PrivacyWords
    #expect(Words.direction(MeanWithInterval([0.5, 0.6, 0.55])) == .more)
    #expect(Words.direction(MeanWithInterval([-0.5, -0.6, -0.55])) == .less)
    #expect(Words.direction(MeanWithInterval([0.5, -0.4, 0.6])) == .unknown)
    // Three networks that lose the same image of 60.
    #expect(Words.direction(MeanWithInterval([-1 / 60.0, -1 / 60.0, -1 / 60.0])) == .unknown)
    #expect(Words.direction(MeanWithInterval([0.5])) == .unknown && Words.direction(nil) == .unknown)
    #expect(Words.difference(MeanWithInterval([0.25]), "%.2f") == "+0.25")
    #expect(Words.difference(MeanWithInterval([-0.25]), "%.2f") == "−0.25")
    #expect(Words.points(MeanWithInterval([0.031])) == "+3.1 points")
  }
}

@Suite struct PrivacyRequestTests {
  private func train(
    in folder: URL, _ request: PrivacyRequest, epochCount: Int, startsFresh: Bool = false
  ) throws -> TrainExperiment.Results {
    let training = TrainingConfiguration(
      epochCount: epochCount, batchSize: 10, microBatch: 5, optimizer: .sgd(momentum: 0, weightDecay: 0),
      learningRate: LearningRate(initial: 0.2), seed: 3)
    return try TrainExperiment(
      TrainExperiment.Configuration(
        data: DataSource(name: folder.appending(path: "data").path), architecture: .named("mlp"),
        training: training, privacy: request),
      workerCount: 2, startsFresh: startsFresh
    ).run(in: RunFolder(folder.appending(path: "run"))) { _ in }
  }

  @Test("Going on with the same noise costs more, and says how much in all")
  func accounting() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let request = PrivacyRequest(.multiplier(1.2), delta: 1e-3)
      let first = try #require(train(in: folder, request, epochCount: 1).privacy)
      let second = try #require(train(in: folder, request, epochCount: 3).privacy)
      #expect(second.stepCount == 3 * first.stepCount && second.samplingRate == first.samplingRate)
      #expect(try #require(second.epsilon) > #require(first.epsilon))
      #expect(try #require(second.classicEpsilon) > #require(second.epsilon))
      // Images kept for validation are none that privacy is promised to.
      let trained = try gallery.dataset.training.count
      #expect(first.imageCount == trained - max(1, trained / 10))
      #expect(second.sentence.contains("\(second.stepCount) lots of 10"))
      let model = try ModelFile.read(folder.appending(path: "run/model.safetensors"))
      #expect(model.provenance.training?.privacy == PrivateTraining(clip: 1, noiseMultiplier: 1.2))
    }
  }

  @Test("More epochs at the same ε need other noise from the start, so such a run is not gone on with")
  func conflict() throws {
    try withTemporaryFolder { folder in
      _ = try MadeUpGallery(in: folder)
      let request = PrivacyRequest(.epsilon(5), delta: 1e-3)
      let account = try #require(train(in: folder, request, epochCount: 1).privacy)
      #expect(try #require(account.epsilon) <= 5)
      #expect {
        _ = try train(in: folder, request, epochCount: 2)
      } throws: {
        ($0 as? RunConflict)?.differences == ["privacy"]
      }
      #expect(throws: Never.self) { _ = try train(in: folder, request, epochCount: 1) }
    }
  }

  @Test("Without noise nothing is promised; without steps nothing is given away")
  func ends() throws {
    try withTemporaryFolder { folder in
      _ = try MadeUpGallery(in: folder)
      let none = try #require(train(in: folder, PrivacyRequest(.multiplier(0)), epochCount: 1).privacy)
      #expect(none.epsilon == nil && none.sentence.hasPrefix("no promise"))
      #expect(none.guarantee.epsilon == .infinity)
      let untrained = try #require(
        train(in: folder, PrivacyRequest(.epsilon(1)), epochCount: 0, startsFresh: true).privacy)
      #expect(untrained.epsilon == 0 && untrained.stepCount == 0)
    }
  }
}
