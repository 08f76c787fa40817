import Datasets
import Directions
import Foundation
import Networks
import Poisoning
import Storage
import Tensors
import Testing

@testable import Lab
@testable import PoisonRoom

@Suite struct CollisionExperimentTests {
  func configuration(
    _ scene: PoisonScene, _ victim: CollisionExperiment.Victim = .transfer(imagesPerClass: 20, decay: 0.001),
    poisons: Int = 1, watermark: Double = 0, similarity: Double? = nil, steps: Int = 100,
    neighbours: Int? = 9
  ) -> CollisionExperiment.Configuration {
    CollisionExperiment.Configuration(
      data: scene.data, network: scene.victim, victim: victim, pairCount: 2, targetsPerPair: 3,
      poisonCount: poisons, similarity: similarity, stepCount: steps, watermark: watermark,
      neighbourCount: neighbours)
  }

  private let again = TrainingConfiguration(
    epochCount: 2, batchSize: 16, optimizer: .adam(weightDecay: 0),
    learningRate: LearningRate(initial: 0.001), seed: 1)

  /// With the clean network trained.
  private func collisionScene(
    _ scene: PoisonScene, _ configuration: CollisionExperiment.Configuration, neighbours: Int = 9
  ) throws -> CollisionScene {
    let network = try scene.victim.network(
      trainedOn: scene.dataset.training, repetition: 0, workerCount: 2, onProgress: {})
    return try CollisionScene(
      network: network, clean: scene.dataset.training, heldOut: scene.dataset.heldOut,
      configuration: configuration, similarity: configuration.similarity ?? 0.1, neighbourCount: neighbours,
      workerCount: 2)
  }

  @Test(
    "The same files for one worker and two, and from a run that was stopped and went on, in both victims",
    arguments: [true, false])
  func reproducible(isTransfer: Bool) throws {
    let scene = PoisonScene()
    let configuration =
      isTransfer ? configuration(scene) : configuration(scene, .endToEnd(again), poisons: 4, watermark: 0.2)
    func run(_ workers: Int) throws -> [String: Data] {
      try scene.files {
        try CollisionExperiment(configuration, workerCount: workers).run(on: scene.dataset, in: $0) {
          _ in
        }
      }.files
    }
    let one = try comparable(run(1))
    #expect(try one == comparable(run(2)))
    let resumed = try scene.resumed(
      stoppingAt: { progress in
        if case .step(1, _, "pairs") = progress { true } else { false }
      },
      { folder, progress in
        try CollisionExperiment(configuration, workerCount: 2).run(
          on: scene.dataset, in: folder, progress: progress)
      })
    // End to end the victim without poison is a part of its own.
    #expect(try resumed.partsBefore == (isTransfer ? 1 : 2) && comparable(resumed.files) == one)
    for name in ["collision.csv", "figures/success.png", "figures/poisons.png"] { #expect(one[name] != nil) }
  }

  @Test(
    "Poisons come nearer to the target than where they began, in both victims, and the counts fit together",
    arguments: [true, false])
  func distances(isTransfer: Bool) throws {
    let scene = PoisonScene()
    let (_, results) = try scene.files {
      try CollisionExperiment(
        isTransfer
          ? configuration(scene) : configuration(scene, .endToEnd(again), poisons: 4, watermark: 0.2),
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
      // No poison twice, and none made from another class.
      #expect(Set(attack.baseImages).count == (isTransfer ? 1 : 4))
      #expect(attack.baseImages.allSatisfy { scene.dataset.training.labels[$0] == attack.base })
    }
    for pair in results.pairs { #expect(pair.cleanRemoved.total == (isTransfer ? 40 : 180)) }
    if !isTransfer {
      // One victim without poison for all pairs, whose error is counted and has no spread over them.
      let clean = results.pairs[0].cleanError
      #expect(results.pairs.allSatisfy { $0.cleanError == clean })
      #expect(
        results.sentences[5].hasSuffix("vs \(clean.counted) without, a single victim for all pairs."))
    }
    #expect(results.pairs.allSatisfy { $0.shown.map(\.count) == [48, 48, 48] })
    // Nearest-neighbour labels find a poison that lies at the target.
    #expect(results.attacks.contains { $0.removedPoisons > 0 })
  }

  @Test("Where a victim gets no target right there is nothing to attack, and the files say so")
  func nothing() throws {
    let scene = PoisonScene()
    let results = CollisionExperiment.Results(
      dataName: scene.dataset.name, networkName: "mlp", classNames: scene.dataset.heldOut.classNames,
      victim: .transfer(imagesPerClass: 4, decay: 1), poisonCount: 1, watermark: 0, similarity: 1,
      neighbourCount: 9,
      pairs: [
        .init(
          base: 0, target: 1, cleanError: Proportion(60, of: 60), cleanRemoved: Proportion(0, of: 8),
          cleanCheckedError: nil, attacks: [], shown: [])
      ],
      sentences: [])
    #expect(
      CollisionFindings(results: results).sentences
        == ["No target could be attacked: the victim without poison misclassifies all of them."])
    let (files, _) = try scene.files { try write(results, on: scene.dataset, to: $0) }
    #expect(files["figures/success.png"] != nil && files["figures/poisons.png"] != nil)
  }

  private func write(
    _ results: CollisionExperiment.Results, on dataset: Dataset, to folder: RunFolder
  ) throws {
    try folder.create()
    try CollisionExhibits(
      results: results, shape: dataset.heldOut.shape,
      provenance: Provenance(
        command: CollisionExperiment.name, data: DataRecord(dataset), network: "mlp", seed: 1)
    ).exhibits.write(to: folder)
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
    // 20 images of each class have 19 neighbours of their own; the default keeps to that.
    #expect(throws: PoisonError.tooManyNeighbours(count: 20, classCount: 20)) {
      try CollisionExperiment(configuration(scene, neighbours: 20), workerCount: 1).run(
        on: scene.dataset, in: RunFolder(url)
      ) { _ in }
    }
    #expect(throws: PoisonError.tooManyNeighbours(count: 60, classCount: 60)) {
      try CollisionExperiment(configuration(scene, .endToEnd(again), neighbours: 60), workerCount: 1).run(
        on: scene.dataset, in: RunFolder(url)
      ) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
    func neighbours(poisons: Int, classCount: Int) throws -> Int {
      try configuration(scene, poisons: poisons, neighbours: nil).checkedNeighbours(classCount: classCount)
    }
    #expect(try neighbours(poisons: 1, classCount: 100) == 25)
    #expect(try neighbours(poisons: 50, classCount: 1000) == 101)
    #expect(try neighbours(poisons: 1, classCount: 10) == 9)
    #expect(throws: PoisonError.tooManyNeighbours(count: 1, classCount: 1)) {
      try neighbours(poisons: 1, classCount: 1)
    }
  }

  @Test(
    "A poison on the target's features wins, its starting image does not, and the check undoes it: each attack as fitted by hand"
  )
  func success() throws {
    let scene = PoisonScene()
    let configuration = configuration(
      scene, .transfer(imagesPerClass: 20, decay: 1e-5), similarity: 0, steps: 3000)
    let collision = try collisionScene(scene, configuration)
    let pair = try collision.measured(pair: 0, base: 0, target: 1) {}
    #expect(pair.attacks.count == 3)
    let lesson = collision.lesson(pair: 0, base: 0, target: 1)
    let training = scene.dataset.training
    let cut = try #require(collision.network.features)
    let engine = try Engine(running: cut, workerCount: 1)
    let heldOut = try engine.logits(of: scene.dataset.heldOut)
    for attack in pair.attacks {
      #expect(attack.success && !attack.controlSuccess && attack.checkedSuccess == false)
      #expect(attack.removedPoisons == 1 && attack.removedClass == nil)
      #expect(attack.featureDistance < 0.1 * attack.nearestBase)
      // The victim has not seen the bases.
      #expect(attack.baseImages.allSatisfy { training.labels[$0] == 0 && !lesson.images.contains($0) })
    }
    // The victim with the starting image is a logistic regression on the same 41 rows.
    let attack = pair.attacks[0]
    let rows = try engine.logits(of: training).rows(lesson.images + attack.baseImages)
    let signs = (lesson.images + attack.baseImages).map { training.labels[$0] == 0 ? 1.0 : -1 }
    let model = RegularizedLogisticRegression.fitted(to: .init(rows, signs: signs), decay: 1e-5)
    let outputs = model.outputs(of: .init(heldOut, signs: [Double](repeating: 1, count: 90)))
    let base = training.tensor(of: attack.baseImages)
    let taught = try collision.taught(lesson, (base, try engine.logits(of: base), 0)) {}
    #expect(taught.labels == outputs.map { $0 > 0 ? 0 : 1 })
    #expect((outputs[attack.targetImage] > 0) == attack.controlSuccess)
    let wrong = lesson.judged.count { taught.labels[$0] != scene.dataset.heldOut.labels[$0] }
    #expect(taught.error(lesson.judged, scene.dataset.heldOut) == Proportion(wrong, of: 60))
  }

  @Test(
    "End to end the victim without poison is the clean network trained on, and its check is of clean images")
  func cleanVictim() throws {
    let scene = PoisonScene()
    let collision = try collisionScene(scene, configuration(scene, .endToEnd(again), poisons: 30, steps: 1))
    let everything = try #require(collision.everything)
    let untouched = try collision.untouched(everything) {}
    let trained = try Trainer(again, training: scene.dataset.training, validation: nil, workerCount: 2).train(
      from: TrainingState(starting: collision.network), progress: { _ in })
    let logits = try Engine(running: trained.network, workerCount: 2).logits(of: scene.dataset.heldOut)
    #expect(untouched.said.labels == Prediction.rows(of: logits).map(\.label))
    let cut = try #require(collision.network.features)
    let features = try Engine(running: cut, workerCount: 2).logits(of: scene.dataset.training)
    let check = try NeighbourCheck(
      of: FeatureMatrix(
        values: features, labels: ClassLabels(scene.dataset.training.labels, classCount: 3), layer: "f"),
      neighbourCount: 9)
    #expect(untouched.removedCount == check.disagreeing.count)
    // A pair asks this victim and no other, and makes 30 poisons of 30 of its 60 bases.
    let right = try #require(scene.dataset.heldOut.labels.firstIndex(of: 1))
    var said = [Int](repeating: 0, count: 90)
    said[right] = 1
    let pair = try collision.measured(
      pair: 0, base: 0, target: 1,
      untouched: .init(said: .init(labels: said), checked: nil, removedCount: 7)
    ) {}
    #expect(pair.attacks.map(\.targetImage) == [right] && pair.cleanRemoved.count == 7)
    #expect(pair.attacks.allSatisfy { Set($0.baseImages).count == 30 })
  }

  @Test("Where the check removes a whole class there is neither success nor failure after it")
  func removedClass() throws {
    let scene = PoisonScene()
    // Every image of 20 sees 19 of its own class, and 21 or 20 of the other.
    let collision = try collisionScene(
      scene, configuration(scene, .transfer(imagesPerClass: 20, decay: 0.001)), neighbours: 40)
    let pair = try collision.measured(pair: 0, base: 0, target: 1) {}
    #expect(pair.cleanRemoved == Proportion(40, of: 40) && pair.cleanCheckedError == nil)
    for attack in pair.attacks {
      #expect(attack.removedClass == 1 && attack.checkedSuccess == nil && attack.checkedError == nil)
    }
    var results = CollisionExperiment.Results(
      dataName: "prototypes", networkName: "mlp", classNames: scene.dataset.heldOut.classNames,
      victim: .transfer(imagesPerClass: 20, decay: 0.001), poisonCount: 1, watermark: 0, similarity: 1,
      neighbourCount: 40, pairs: [pair], sentences: [])
    #expect(results.shares { $0.checkedSuccess }.isEmpty)
    results.sentences = CollisionFindings(results: results).sentences
    #expect(results.sentences[1].contains("In 3 of 3 attacks the check removes a whole class"))
    // A record that somebody changed: more poisons removed than there were.
    for attack in results.pairs[0].attacks.indices {
      results.pairs[0].attacks[attack].removedPoisons = 50
      results.pairs[0].attacks[attack].trainingCount = 0
    }
    #expect(
      CollisionFindings(results: results).sentences[1].contains(
        " removes 150 of 3 poisons and "))
  }

  @Test("Shares of attacks are means over pairs of classes, each pair counted once, with Student's interval")
  func byPair() throws {
    let scene = PoisonScene()
    let collision = try collisionScene(scene, configuration(scene))
    let model = try #require(try collision.measured(pair: 0, base: 0, target: 1) {}.attacks.first)
    func pair(_ target: Int, _ hits: [Bool]) -> CollisionExperiment.Pair {
      .init(
        base: 0, target: target, cleanError: Proportion(1, of: 10), cleanRemoved: Proportion(0, of: 40),
        cleanCheckedError: Proportion(1, of: 10),
        attacks: hits.map { hit in
          var attack = model
          (attack.success, attack.controlSuccess, attack.checkedSuccess) = (hit, false, !hit)
          return attack
        }, shown: hits.isEmpty ? [] : [[Float]](repeating: [Float](repeating: 0, count: 48), count: 3))
    }
    var results = CollisionExperiment.Results(
      dataName: "prototypes", networkName: "mlp", classNames: scene.dataset.heldOut.classNames,
      victim: .transfer(imagesPerClass: 20, decay: 0.001), poisonCount: 1, watermark: 0, similarity: 1,
      neighbourCount: 9, pairs: [pair(1, [true, true, true, true]), pair(2, [false, true]), pair(1, [])],
      sentences: [])
    #expect(results.shares { $0.success } == [1, 0.5])
    results.sentences = CollisionFindings(results: results).sentences
    #expect(
      results.sentences[0].contains(
        "in 5 of 6 attacks, mean over 2 pairs of classes 75.0 % [0.0, 100.0], with one poison, vs "))
    #expect(
      results.sentences[0].contains("vs 0 of 6 attacks, mean over 2 pairs of classes 0.0 % (all equal), with")
    )
    // The pair without attacks is in neither error.
    #expect(results.sentences[5].hasSuffix("vs 10.0 % (all equal) without."))
    let (files, _) = try scene.files { try write(results, on: scene.dataset, to: $0) }
    let table = try #require(files["figures/success.csv"].map { String(decoding: $0, as: UTF8.self) })
    let all = table.split(separator: "\n")[1].split(separator: ",", omittingEmptySubsequences: false)
    #expect(all[1] == "0.75" && all[4] == "5" && all[5] == "6" && all[2] == "0.0" && all[3] == "1.0")
    let control = table.split(separator: "\n")[2].split(separator: ",", omittingEmptySubsequences: false)
    #expect(control[2] == "" && control[3] == "")
  }
}

@Suite struct LinearPoisonExperimentTests {
  func configuration(_ scene: PoisonScene) -> LinearPoisonExperiment.Configuration {
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
    #expect(try comparable(one.files) == comparable(run(2).files))
    let resumed = try scene.resumed(after: 40) { folder, progress in
      try LinearPoisonExperiment(configuration(scene), workerCount: 1).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(resumed.partsBefore > 0 && resumed.partsBefore < 4)
    #expect(try comparable(resumed.files) == comparable(one.files))
    for outcome in one.results.outcomes {
      #expect(outcome.moved.count == 4 && outcome.flipped.count == 4 && outcome.trimmed.count == 4)
      #expect(outcome.moved[0] == outcome.flipped[0] && outcome.moved[0].total == 60)
      // Each point starts where the last model ended, and only raises the loss from there.
      #expect(zip(outcome.losses, outcome.losses.dropFirst()).allSatisfy { $0 < $1 })
      #expect(zip(outcome.trimmedPoisons, 0...).allSatisfy { $0 <= $1 })
    }
    #expect(one.results.outcomes.map(\.pair) == [0, 0, 1, 1] && one.results.sentences.count == 3)
    for outcome in one.results.outcomes {
      // Nothing dropped, nothing paid; and the defence is measured on clean points too.
      #expect(outcome.price.count == 4 && outcome.price[0] == outcome.moved[0])
    }
    #expect(one.results.sentences[1].contains("dropping 3 of the clean points gives "))
  }

  @Test("The paper's numbers stand beside its data, its pairs and as many points, and beside nothing else")
  func printed() {
    func results(_ data: String, _ pairs: [[String]], _ count: Int) -> LinearPoisonExperiment.Results {
      .init(
        dataName: data, pairs: pairs, trainingCount: count, validationCount: 500, repetitions: 1, decay: 1,
        outcomes: [], sentences: [])
    }
    #expect(results("mnist", [["7", "1"], ["4", "0"]], 100).standBesideThePaper)
    #expect(!results("fashion-mnist", [["7", "1"]], 100).standBesideThePaper)
    #expect(!results("mnist", [["1", "7"]], 100).standBesideThePaper)
    #expect(!results("mnist", [["7", "1"]], 200).standBesideThePaper)
  }

  @Test("A run of fewer pairs leaves no chart of an earlier run's others")
  func earlierPictures() throws {
    let scene = PoisonScene()
    var one = configuration(scene)
    one.pairs = [["0", "circle"]]
    let (files, _) = try scene.files { folder in
      _ = try LinearPoisonExperiment(configuration(scene), workerCount: 1).run(on: scene.dataset, in: folder)
      {
        _ in
      }
      #expect(folder.exists("figures/error-2.png"))
      return try LinearPoisonExperiment(one, workerCount: 1).run(on: scene.dataset, in: folder) { _ in }
    }
    #expect(files["figures/error-1.png"] != nil && !files.keys.contains { $0.contains("error-2") })
  }

  @Test(
    "With odd counts all points are there where the classes are just large enough, and one image less is refused",
    arguments: [(11, 14, 1), (12, 13, 2), (10, 11, 3)])
  func border(trainingCount: Int, validationCount: Int, pointCount: Int) throws {
    let half = (trainingCount + validationCount + 1) / 2
    let whole = PoisonScene().dataset
    func data(attacking: Int, attacked: Int) -> Dataset {
      let own = [attacking, attacked].enumerated().flatMap { label, count in
        whole.training.labels.indices.filter { whole.training.labels[$0] == label }.prefix(count)
      }
      return Dataset(
        name: "prototypes", training: whole.training.selecting(own.sorted()), heldOut: whole.heldOut)
    }
    let scene = PoisonScene()
    let experiment = LinearPoisonExperiment(
      LinearPoisonExperiment.Configuration(
        data: scene.data, pairs: [["circle", "square"]], trainingCount: trainingCount,
        validationCount: validationCount, pointCount: pointCount, stepCount: 1, repetitions: 1),
      workerCount: 1)
    let (_, results) = try scene.files {
      try experiment.run(on: data(attacking: half, attacked: half + pointCount), in: $0) { _ in }
    }
    #expect(results.outcomes[0].moved.count == pointCount + 1)
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    #expect(throws: PoisonError.tooFewImages(className: "circle", needed: half, found: half - 1)) {
      try experiment.run(on: data(attacking: half - 1, attacked: 60), in: RunFolder(url)) { _ in }
    }
    #expect(
      throws: PoisonError.tooFewImages(
        className: "square", needed: half + pointCount, found: half + pointCount - 1)
    ) {
      try experiment.run(on: data(attacking: 60, attacked: half + pointCount - 1), in: RunFolder(url)) { _ in
      }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("More points than the classes have is refused before anything is written")
  func refusal() throws {
    let scene = PoisonScene()
    var greedy = configuration(scene)
    greedy.validationCount = 200
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    #expect(throws: PoisonError.tooFewImages(className: "circle", needed: 106, found: 60)) {
      try LinearPoisonExperiment(greedy, workerCount: 1).run(on: scene.dataset, in: RunFolder(url)) {
        _ in
      }
    }
    var same = configuration(scene)
    same.pairs = [["circle", "0"], ["square", "1"]]
    #expect(throws: PoisonError.sameClass(name: "square", options: "the classes of a pair")) {
      try LinearPoisonExperiment(same, workerCount: 1).run(on: scene.dataset, in: RunFolder(url)) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }
}
