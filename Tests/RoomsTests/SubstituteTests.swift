import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import SubstituteRoom

@Suite struct SubstituteTests {
  func configuration(
    rounds: Int = 3, repetitions: Int = 2, seeds: Int = 6, seed: UInt64 = 1
  ) throws -> SubstituteExperiment.Configuration {
    SubstituteExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"),
      substitute: try NetworkRecipe("softmax:epochs=2", seed: seed), repetitionCount: repetitions,
      seedImageCount: seeds, roundCount: rounds, step: 0.1, epsilon: 0.15, imageCount: 60, seed: seed)
  }

  func run(
    _ scene: AttackScene, _ configuration: SubstituteExperiment.Configuration, in url: URL, workers: Int = 2,
    progress: @escaping ProgressHandler = { _ in }
  ) throws -> SubstituteResults {
    try SubstituteExperiment(configuration, workerCount: workers).run(
      scene.model, on: scene.dataset, in: RunFolder(url), progress: progress)
  }

  @Test(
    "Queries double from round to round, and images of the substitute fool the black box as noise does not")
  func rounds() throws {
    let scene = try AttackScene(heldOutCount: 150)
    try withTemporaryFolder { url in
      let results = try run(scene, try configuration(rounds: 4, repetitions: 3, seeds: 25), in: url)
      #expect(results.substitutes.count == 3)
      for rounds in results.substitutes {
        #expect(rounds.map(\.queryCount) == [25, 50, 100, 200, 400])
        #expect(rounds.allSatisfy { $0.success.total == results.whiteBox.total && $0.agreement.total == 60 })
      }
      let success = results.means(\.success).map(\.mean.mean)
      let agreement = results.means(\.agreement).map(\.mean.mean)
      #expect(agreement.last! > 0.45, "\(agreement)")
      // Of a linear black box a linear substitute learns most of the direction; noise has none.
      #expect(success.last! > results.noise.value! + 0.12, "\(success), noise \(results.noise)")
      #expect(success.last! <= results.whiteBox.value! + 0.05)
      for name in [
        "substitute.csv", "figures/substitute.png", "figures/queries.png", "substitutes/3/model.safetensors",
      ] {
        #expect(FileManager.default.fileExists(atPath: url.appending(path: name).path), "\(name)")
      }
      let rows = try String(contentsOf: url.appending(path: "substitute.csv"), encoding: .utf8)
      #expect(rows.split(separator: "\n").count == 1 + 3 * 5)
    }
  }

  @Test(
    "What is asked is what the lineage says: each image a step from the one before, each answer the black box's"
  )
  func lineage() throws {
    let scene = try AttackScene()
    let graph = try Graph(
      .named(.softmax, input: scene.dataset.heldOut.shape, classCount: scene.dataset.heldOut.classNames.count)
    )
    let blackBox = try Engine(running: scene.model.network, workerCount: 1)
    let seeds = scene.dataset.heldOut.tensor(of: 0..<5)
    let oracle = LabelOracle(blackBox)
    var expected: Tensor?
    var last: SubstituteTraining.Round?
    try SubstituteTraining(
      graph: graph, training: TrainingConfiguration(epochCount: 1), seeds: seeds,
      classNames: scene.dataset.heldOut.classNames, roundCount: 4, step: 0.1, workerCount: 1
    ).run(asking: oracle, progress: { _ in }) { round in
      let half = round.images.count / 2
      if let expected { #expect(round.images.rows(half..<round.images.count) == expected) }
      // The sign changes after three rounds.
      expected = try JacobianAugmentation.images(
        from: round.images, labels: round.labels, step: round.number < 3 ? 0.1 : -0.1,
        substitute: round.engine)
      last = round
    }
    let round = try #require(last)
    #expect(round.number == 4 && round.images.count == 80 && oracle.queryCount == 80)
    let answers = Prediction.rows(of: try blackBox.logits(of: round.images)).map(\.label)
    #expect(round.labels == answers)
    for image in 0..<5 {
      for turn in 0..<4 {
        let before = round.images[row: image + ((1 << turn) - 1) * 5]
        let after = round.images[row: image + ((1 << (turn + 1)) - 1) * 5]
        for (old, new) in zip(before, after) {
          let step = abs(new - old)
          #expect(abs(step - 0.1) < 1e-6 || new == 0 || new == 1 || step == 0)
        }
        #expect(!zip(before, after).allSatisfy(==))
      }
    }
  }

  @Test("Any number of workers gives the same numbers; a stopped run goes on to the same")
  func again() throws {
    let scene = try AttackScene()
    struct Stopped: Error {}
    try withTemporaryFolder { url in
      let whole = try run(scene, try configuration(), in: url.appending(path: "whole"))
      #expect(try run(scene, try configuration(), in: url.appending(path: "one"), workers: 1) == whole)
      let stopped = url.appending(path: "stopped")
      #expect(throws: Stopped.self) {
        try run(scene, try configuration(), in: stopped) { event in
          if case .stage(let stage) = event, stage.hasPrefix("substitute 2 of 2") { throw Stopped() }
        }
      }
      let stages = Mutex<[String]>([])
      let results = try run(scene, try configuration(), in: stopped, workers: 1) { event in
        if case .stage(let stage) = event { stages.withLock { $0.append(stage) } }
      }
      #expect(results == whole)
      #expect(stages.withLock { $0.contains("substitute 1: kept from an earlier run") })
      #expect(try run(scene, try configuration(seed: 2), in: url.appending(path: "other")) != whole)
    }
  }

  @Test("A substitute of an architecture's file is trained again when the file is another")
  func architectureFile() throws {
    let scene = try AttackScene()
    try withTemporaryFolder { url in
      let file = url.appending(path: "net.json")
      func write(_ name: Architecture.Named) throws {
        try Architecture.named(name, input: scene.dataset.heldOut.shape, classCount: 3).json.write(
          to: file, atomically: true, encoding: .utf8)
      }
      var configuration = try configuration(rounds: 1)
      configuration.substitute = try NetworkRecipe("\(file.path):epochs=2", seed: 1)
      let place = url.appending(path: "run")
      func kept() throws -> Int {
        let log = ProgressLog()
        _ = try run(scene, configuration, in: place) { log.note($0) }
        return log.stages.count { $0.contains("kept from an earlier run") }
      }
      try write(.softmax)
      #expect(try kept() == 0)
      #expect(try kept() == 2)
      try write(.mlp)
      #expect(try kept() == 0)
    }
  }

  @Test("Each substitute begins with images of its own, or it is said that there are too few")
  func seedsOfTheirOwn() throws {
    let scene = try AttackScene()
    let images = scene.dataset.heldOut
    func seeds(_ count: Int, of number: Int, attacked: Int = 1000) throws -> (
      own: [[Int]], attacked: [Int]
    ) {
      var configuration = try configuration(repetitions: number, seeds: count)
      configuration.imageCount = attacked
      let experiment = SubstituteExperiment(configuration, workerCount: 1)
      return (
        (1...number).map { experiment.seedNumbers($0, of: images) }, experiment.order(of: images).attacked
      )
    }
    let apart = try seeds(15, of: 3)
    #expect(apart.own.allSatisfy { Set($0).count == 15 } && Set(apart.own.joined()).count == 45)
    #expect(apart.attacked.count == 45 && Set(apart.attacked).isDisjoint(with: apart.own.joined()))
    let shared = try seeds(20, of: 3)
    #expect(shared.own.allSatisfy { Set($0).count == 20 } && Set(shared.own.joined()).count == 45)
    #expect(Set(shared.attacked).isDisjoint(with: shared.own.joined()))
    try withTemporaryFolder { url in
      for (count, words) in [
        (15, "each with seed images and weights of its own"), (20, "share in part"),
        (60, "all with the same seed images"),
      ] {
        let log = ProgressLog()
        let results = try run(
          scene, try configuration(rounds: 0, repetitions: 3, seeds: count),
          in: url.appending(path: "\(count)")
        ) { log.note($0) }
        #expect(results.differences.contains(words))
        #expect(log.warnings.contains { $0.contains("seed images of their own") } == (count > 15))
      }
    }
  }

  @Test(
    "A recipe with a half of the training images, or with a first stage of its own, is refused",
    arguments: ["softmax:half=1", "ae400-10"])
  func recipes(_ text: String) throws {
    var configuration = try configuration()
    configuration.substitute = try NetworkRecipe(text, seed: 1)
    let scene = try AttackScene()
    try withTemporaryFolder { url in
      #expect(throws: RecipeError.self) {
        _ = try run(scene, configuration, in: url.appending(path: "run"))
      }
      #expect(!FileManager.default.fileExists(atPath: url.appending(path: "run").path))
    }
  }

  @Test("Images that the attacker begins with are not attacked, and there must be others")
  func few() throws {
    let scene = try AttackScene()
    var configuration = try configuration(rounds: 0, repetitions: 1)
    configuration.seedImageCount = scene.dataset.heldOut.count
    try withTemporaryFolder { url in
      #expect(
        throws: SubstituteProblem.tooFewImages(
          heldOut: scene.dataset.heldOut.count, seeds: scene.dataset.heldOut.count)
      ) { try run(scene, configuration, in: url) }
      configuration.seedImageCount = 6
      configuration.roundCount = 20
      #expect(throws: SubstituteProblem.self) { try run(scene, configuration, in: url) }
      #expect(!FileManager.default.fileExists(atPath: url.appending(path: "run.json").path))
      configuration.roundCount = 0
      configuration.seedImageCount = scene.dataset.heldOut.count - 7
      configuration.imageCount = 1000
      let results = try run(scene, configuration, in: url)
      #expect(results.imageCount == 7)
    }
  }
}
