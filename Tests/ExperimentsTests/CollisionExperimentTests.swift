import Foundation
import Networks
import Poisoning
import Storage
import Tensors
import Testing

@testable import Experiments

@Suite struct CollisionExperimentTests {
  private func configuration(
    _ scene: PoisonScene, _ victim: CollisionExperiment.Victim = .transfer(imagesPerClass: 20, decay: 0.001),
    poisons: Int = 1, watermark: Double = 0
  ) -> CollisionExperiment.Configuration {
    CollisionExperiment.Configuration(
      data: scene.data, network: scene.victim, victim: victim, pairCount: 2, targetsPerPair: 3,
      poisonCount: poisons, stepCount: 100, watermark: watermark, neighbourCount: 9)
  }

  @Test("The same files for one worker and two, and from a run that was stopped and went on")
  func reproducible() throws {
    let scene = PoisonScene()
    func run(_ workers: Int) throws -> [String: Data] {
      try scene.files {
        try CollisionExperiment(configuration(scene), workerCount: workers).run(on: scene.dataset, in: $0) {
          _ in
        }
      }.files
    }
    let one = withoutRecord(try run(1))
    #expect(one == withoutRecord(try run(2)))
    // Training is told of often; the second pair is well behind it.
    let resumed = try scene.resumed(after: 600) { folder, progress in
      try CollisionExperiment(configuration(scene), workerCount: 2).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(resumed.partsBefore == 1 && withoutRecord(resumed.files) == one)
    for name in ["collision.csv", "figures/success.png", "figures/poisons.png"] { #expect(one[name] != nil) }
  }

  @Test(
    "Poisons come nearer to the target than where they began, in both victims, and the counts fit together",
    arguments: [true, false])
  func distances(isTransfer: Bool) throws {
    let scene = PoisonScene()
    let training = TrainingConfiguration(
      epochCount: 2, batchSize: 16, optimizer: .adam(weightDecay: 0),
      learningRate: LearningRate(initial: 0.001), seed: 1)
    let (_, results) = try scene.files {
      try CollisionExperiment(
        isTransfer
          ? configuration(scene) : configuration(scene, .endToEnd(training), poisons: 4, watermark: 0.2),
        workerCount: 2
      ).run(on: scene.dataset, in: $0) { _ in }
    }
    #expect(results.pairs.count == 2 && results.attacks.count == 6)
    for attack in results.attacks {
      #expect(attack.base != attack.target)
      #expect(scene.dataset.heldOut.labels[attack.targetImage] == attack.target)
      #expect(attack.featureDistance < 0.5 * attack.startDistance && attack.baseDistance > 0)
      #expect(attack.trainingCount == (isTransfer ? 41 : 184))
      #expect(attack.error.total == (isTransfer ? 60 : 90))
      #expect(attack.removedPoisons <= (isTransfer ? 1 : 4))
    }
    #expect(results.pairs.allSatisfy { $0.shown.map(\.count) == [48, 48, 48] })
    // Nearest-neighbour labels find a poison that lies at the target.
    #expect(results.attacks.contains { $0.removedPoisons > 0 })
  }

  @Test("Where a victim gets no target right there is nothing to attack, and the files say so")
  func nothing() throws {
    let scene = PoisonScene()
    let data = DataRecord(scene.dataset)
    let results = CollisionExperiment.Results(
      dataName: data.name, networkName: "mlp", classNames: scene.dataset.heldOut.classNames,
      victim: .transfer(imagesPerClass: 4, decay: 1), poisonCount: 1, watermark: 0, similarity: 1,
      neighbourCount: 9,
      pairs: [.init(base: 0, target: 1, cleanError: Proportion(60, of: 60), attacks: [], shown: [])],
      sentences: [])
    #expect(
      CollisionReport.sentences(results)
        == ["no target could be attacked: the victim gets none of them right"])
    let (files, _) = try scene.files { folder in
      try folder.create()
      try CollisionReport(
        results: results, shape: scene.dataset.heldOut.shape,
        provenance: PoisonProvenance(command: "poison collision", data: data, seed: 1, victim: "mlp")
      ).write(in: folder)
    }
    #expect(files["figures/success.png"] != nil && files["figures/poisons.png"] != nil)
  }

  @Test("More images of a class than there are is refused before anything is written")
  func refusal() throws {
    let scene = PoisonScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    #expect(throws: PoisonError.tooFewImages(className: "circle", needed: 61, found: 60)) {
      try CollisionExperiment(
        configuration(scene, .transfer(imagesPerClass: 60, decay: 1)), workerCount: 1
      ).run(on: scene.dataset, in: RunFolder(url)) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }
}

@Suite struct LinearPoisonExperimentTests {
  private func configuration(_ scene: PoisonScene) -> LinearPoisonExperiment.Configuration {
    LinearPoisonExperiment.Configuration(
      data: scene.data, pairs: [["circle", "square"], ["0", "circle"]], trainingCount: 12,
      validationCount: 30,
      pointCount: 3, stepCount: 8, repetitions: 2)
  }

  @Test("The same files for one worker and two, and from a run that was stopped and went on")
  func reproducible() throws {
    let scene = PoisonScene()
    func run(_ workers: Int) throws -> (files: [String: Data], results: LinearPoisonExperiment.Results) {
      try scene.files {
        try LinearPoisonExperiment(configuration(scene), workerCount: workers).run(on: scene.dataset, in: $0)
        { _ in }
      }
    }
    let one = try run(1)
    #expect(withoutRecord(one.files) == withoutRecord(try run(2).files))
    let resumed = try scene.resumed(after: 40) { folder, progress in
      try LinearPoisonExperiment(configuration(scene), workerCount: 1).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(resumed.partsBefore > 0 && resumed.partsBefore < 4)
    #expect(withoutRecord(resumed.files) == withoutRecord(one.files))
    for outcome in one.results.outcomes {
      #expect(outcome.moved.count == 4 && outcome.flipped.count == 4 && outcome.trimmed.count == 4)
      #expect(outcome.moved[0] == outcome.flipped[0] && outcome.moved[0].total == 60)
      // Each point starts where the last model ended, and only raises the loss from there.
      #expect(zip(outcome.losses, outcome.losses.dropFirst()).allSatisfy { $0 < $1 })
      #expect(zip(outcome.trimmedPoisons, 0...).allSatisfy { $0 <= $1 })
    }
    #expect(one.results.outcomes.map(\.pair) == [0, 0, 1, 1] && one.results.sentences.count == 3)
  }

  @Test("More points than the classes have is refused before anything is written")
  func refusal() throws {
    let scene = PoisonScene()
    var greedy = configuration(scene)
    greedy.validationCount = 200
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    #expect(throws: PoisonError.self) {
      try LinearPoisonExperiment(greedy, workerCount: 1).run(on: scene.dataset, in: RunFolder(url)) {
        _ in
      }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }
}
