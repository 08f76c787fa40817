import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Attacks a black box through a substitute: trains substitutes on its labels, attacks them, and shows the adversarial
/// examples to the black box. Papernot et al. (2017). <https://arxiv.org/abs/1602.02697>
///
/// | file | content |
/// | --- | --- |
/// | `figures/substitute.png` | success rate on the black box, and agreement with it, against the number of queries |
/// | `figures/queries.png` | some of the queried images, round by round |
/// | `substitute.csv` | a row for each substitute and round |
/// | `substitutes/N/model.safetensors`, `part.json` | the last network of each substitute and its measurements, kept as soon as they exist |
/// | `run.json` | configuration, environment, results |
package struct SubstituteExperiment: Experiment {
  package struct Configuration: Codable, Equatable, Sendable {
    /// The black box.
    var model: ModelSource
    var data: DataSource
    var substitute: NetworkRecipe
    /// The number of substitutes, each with its own seeds.
    var repetitionCount: Int
    /// The number of held-out images that the attacker begins with; they are not attacked.
    var seedImageCount: Int
    /// The number of times that the queried images double.
    var roundCount: Int
    /// λ, the step from a queried image to the next.
    var step: Float
    /// The attack on the substitute, one with a budget.
    var attack: TransferAttack
    /// The ℓ∞ budget.
    var epsilon: Float
    /// The number of held-out images that are attacked.
    var imageCount: Int
    var seed: UInt64

    package init(
      model: ModelSource, data: DataSource, substitute: NetworkRecipe, repetitionCount: Int,
      seedImageCount: Int, roundCount: Int, step: Float = 0.1, attack: TransferAttack = .mifgsm,
      epsilon: Float, imageCount: Int, seed: UInt64
    ) {
      (self.model, self.data, self.substitute) = (model, data, substitute)
      (self.repetitionCount, self.seedImageCount, self.roundCount) = (
        repetitionCount, seedImageCount, roundCount
      )
      (self.step, self.attack, self.epsilon) = (step, attack, epsilon)
      (self.imageCount, self.seed) = (imageCount, seed)
    }
  }

  package static let name = "substitute"

  package let configuration: Configuration
  package let workerCount: Int
  /// Whether the substitutes of an earlier run are discarded.
  private let startsFresh: Bool

  package init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  /// The largest number of pixels of all queried images, which are held in memory as floats several times over.
  private static let pixelLimit = 1 << 27

  private static let partsFolder = "substitutes"
  private static let partName = "part.json"

  /// Raised when the same settings give other numbers than before.
  static let revision = 1

  /// Everything but data and model that decides a substitute and its measurements.
  private struct Settings: Codable, Equatable {
    var configuration: Configuration
    /// The substitute's architecture: the file that the configuration names may have changed.
    var architecture: String
    var number: Int
  }

  /// The measurements of one substitute.
  private struct Part: Codable {
    var rounds: [SubstituteResults.Round]
    /// Some of the queried images.
    var asked: [SubstituteResults.AskedImage]
  }

  /// Checks that a network can be trained on labels of the black box alone.
  ///
  /// - Throws: ``RecipeError`` for a half of the training images, which an attacker does not have, and for an architecture
  ///   with a stage of unsupervised pretraining.
  static func check(_ recipe: NetworkRecipe) throws {
    if recipe.half != nil {
      throw RecipeError(
        recipe: recipe.text,
        problem: "a substitute is trained on queried images, not on a half of the training images")
    }
    if recipe.training.pretraining != nil {
      throw RecipeError(
        recipe: recipe.text,
        problem:
          "a substitute is trained on labels of the black box, but this network is pretrained without labels")
    }
  }

  package struct Material: Sendable {
    let model: Model
    let dataset: Dataset
    /// The graph of the substitutes.
    let graph: Graph
  }

  package func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  /// - Throws: ``RecipeError``, ``SubstituteProblem``, and what the architecture throws.
  package func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<SubstituteExperiment> {
    try Self.check(configuration.substitute)
    let (model, dataset, images) = (given.models[0], given.dataset, given.dataset.heldOut)
    guard images.count > configuration.seedImageCount else {
      throw SubstituteProblem.tooFewImages(heldOut: images.count, seeds: configuration.seedImageCount)
    }
    let count = configuration.seedImageCount << configuration.roundCount
    guard count <= Self.pixelLimit / images.shape.pixelCount else {
      throw SubstituteProblem.tooManyQueries(
        count: count, limit: Self.pixelLimit / images.shape.pixelCount, shape: "\(images.shape)")
    }
    let graph = try graph(for: images)
    let owned = order(of: images).owned
    if owned.count < configuration.repetitionCount * configuration.seedImageCount {
      try progress(
        .warning(
          "\(images.count) held-out images are too few for \(configuration.repetitionCount) substitutes with "
            + "\(configuration.seedImageCount) seed images of their own: they share \(owned.count)"))
    }
    var fitted = configuration
    fitted.data = given.data
    return Prepared(
      material: Material(model: model, dataset: dataset, graph: graph), configuration: fitted,
      dataset: dataset, remarks: model.remarks(on: dataset))
  }

  package func measure(
    _ material: Material, _ run: Run<Configuration, SubstituteResults>
  ) throws -> (results: SubstituteResults, evidence: [SubstituteResults.AskedImage]) {
    let (model, dataset, progress) = (material.model, material.dataset, run.progress)
    let images = dataset.heldOut
    if startsFresh { try run.folder.remove(Self.partsFolder) }
    let parts = try run.folder.folder(Self.partsFolder)
    let blackBox = try Engine(running: model.network, workerCount: workerCount)
    let architecture = try material.graph.architecture.json
    let checksum = try model.checksum
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "substitute": Self.revision])
    let measured = try (1...configuration.repetitionCount).map { number -> Part in
      let settings = Settings(configuration: run.configuration, architecture: architecture, number: number)
      let checksums = ["data": dataset.checksum, "model": checksum]
      let place = try parts.folder("\(number)")
      let files = [RunFolder.modelName]
      if let known = try kept.known(
        Part.self, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      {
        try progress(.stage("substitute \(number): kept from an earlier run"))
        return known
      }
      let found = try configuration.model.naming {
        try part(number, material.graph, blackBox, images, in: place, progress)
      }
      try kept.keep(found, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      return found
    }
    try progress(.stage("attacking the black box with its own gradient, and with noise"))
    let batch = attacked(images)
    let results = SubstituteResults(
      dataName: dataset.name, modelName: model.network.graph.architecture.name, modelChecksum: checksum,
      substitute: configuration.substitute.text, attack: configuration.attack, epsilon: configuration.epsilon,
      imageCount: batch.count, seedImageCount: configuration.seedImageCount,
      ownedImageCount: order(of: images).owned.count,
      whiteBox: try evaluation(attack, on: batch, blackBox).summary.success,
      noise: try evaluation(
        NoisePerturbation(kind: .randomSign, seed: configuration.seed), on: batch, blackBox
      ).summary.success,
      substitutes: measured.map(\.rounds))
    return (results, measured[0].asked)
  }

  package func exhibits(
    _ results: SubstituteResults, _ asked: [SubstituteResults.AskedImage], _ material: Material
  ) throws -> Exhibits {
    SubstituteExhibits(
      results: results, step: configuration.step,
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: results.modelName,
        checksum: results.modelChecksum, seed: configuration.seed,
        details: ["black box attacked through \(results.substitute)"]),
      asked: asked, images: material.dataset.heldOut
    ).exhibits
  }

  // MARK: One substitute

  private func graph(for images: LabelledImages) throws -> Graph {
    let architecture = try configuration.substitute.architecture.architecture(for: images)
    do {
      return try Graph(architecture)
    } catch let error as NetworkError {
      throw RecipeError(recipe: configuration.substitute.text, problem: error.description)
    }
  }

  private var attack: any Attack {
    configuration.attack.attack(seed: configuration.seed, workerCount: workerCount)
  }

  private var threatModel: ThreatModel {
    configuration.attack.threatModel(epsilon: configuration.epsilon, goal: .untargeted)
  }

  private func evaluation(_ attack: any Attack, on batch: AttackBatch, _ classifier: Engine) throws
    -> Evaluation
  {
    try Evaluation(of: attack, on: batch, under: threatModel, classifier: classifier)
  }

  private func training(_ number: Int) -> TrainingConfiguration {
    var training = configuration.substitute.training
    training.seed = training.seed &+ UInt64(number - 1)
    return training
  }

  private func substituteTraining(_ number: Int, _ graph: Graph, _ images: LabelledImages)
    -> SubstituteTraining
  {
    SubstituteTraining(
      graph: graph, training: training(number), seeds: images.tensor(of: seedNumbers(number, of: images)),
      classNames: images.classNames, roundCount: configuration.roundCount, step: configuration.step,
      workerCount: workerCount)
  }

  /// The held-out images in a random order: the first ones are seeds, the last ones are attacked. Separate seeds for each
  /// substitute take precedence over images to attack, up to half of all images.
  func order(of images: LabelledImages) -> (owned: [Int], attacked: [Int]) {
    var generator = SeededGenerator(seed: configuration.seed, purpose: "substitute, images")
    let order = generator.permutation(images.count)
    let seedCount = configuration.seedImageCount
    let reserved = min(
      configuration.repetitionCount * seedCount, max(seedCount, images.count / 2))
    let count = min(configuration.imageCount, images.count - reserved)
    return (Array(order.dropLast(count)), order.suffix(count).sorted())
  }

  /// The seed images of a substitute, after those of the one before it, and from the first on again if there are no more.
  func seedNumbers(_ number: Int, of images: LabelledImages) -> [Int] {
    let owned = order(of: images).owned
    let first = (number - 1) * configuration.seedImageCount
    return (first..<first + configuration.seedImageCount).map { owned[$0 % owned.count] }
  }

  private func attacked(_ images: LabelledImages) -> AttackBatch {
    let numbers = order(of: images).attacked
    return AttackBatch(
      images: images.tensor(of: numbers), labels: numbers.map { images.labels[$0] }, imageIDs: numbers)
  }

  private func part(
    _ number: Int, _ graph: Graph, _ blackBox: Engine, _ images: LabelledImages, in place: RunFolder,
    _ progress: @escaping ProgressHandler
  ) throws -> Part {
    let batch = attacked(images)
    let answers = Prediction.rows(of: try blackBox.logits(of: batch.images)).map(\.label)
    let name = "substitute \(number) of \(configuration.repetitionCount)"
    var rounds: [SubstituteResults.Round] = []
    var asked: [SubstituteResults.AskedImage] = []
    try progress(.stage("\(name), \(configuration.seedImageCount) queries: training"))
    try substituteTraining(number, graph, images).run(asking: LabelOracle(blackBox)) { event in
      try progress(.training(event))
    } visit: { round in
      let own = Prediction.rows(of: try round.engine.logits(of: batch.images)).map(\.label)
      let proposals = try AttackInPortions(attack: attack, portion: 256, progress: progress).perturbedImages(
        for: batch, under: threatModel, classifier: round.engine)
      let shown = try Evaluation(of: proposals, on: batch, under: threatModel, classifier: blackBox)
      rounds.append(
        SubstituteResults.Round(
          queryCount: round.queryCount,
          agreement: Proportion(zip(own, answers).count { $0 == $1 }, of: batch.count),
          accuracy: Proportion(zip(own, batch.labels).count { $0 == $1 }, of: batch.count),
          success: shown.summary.success))
      if round.number == configuration.roundCount {
        try ModelFile.write(
          Model(network: round.network, classNames: images.classNames),
          to: place.file(RunFolder.modelName))
        asked = lineages(in: round, number, images)
      } else {
        try progress(.stage("\(name), \(2 * round.queryCount) queries: training"))
      }
    }
    return Part(rounds: rounds, asked: asked)
  }

  /// A seed image of each of the first classes, and the images derived from it in each round. With n seed images, the k-th
  /// augmentation of image i is (2ᵏ − 1) n places behind it.
  private func lineages(
    in last: SubstituteTraining.Round, _ number: Int, _ images: LabelledImages
  ) -> [SubstituteResults.AskedImage] {
    let seeds = seedNumbers(number, of: images)
    let classes = images.classNames.indices.prefix(SubstituteExhibits.shownCount)
    return classes.compactMap { label in seeds.firstIndex { images.labels[$0] == label } }.map { place in
      let rows = (0...min(last.number, SubstituteExhibits.roundLimit)).map {
        place + ((1 << $0) - 1) * seeds.count
      }
      return SubstituteResults.AskedImage(
        label: images.labels[seeds[place]], pixels: rows.map { Array(last.images[row: $0]) },
        answers: rows.map { last.labels[$0] })
    }
  }
}

/// Images that are too few or too many for a substitute.
enum SubstituteProblem: Error, Equatable, CustomStringConvertible {
  case tooFewImages(heldOut: Int, seeds: Int)
  case tooManyQueries(count: Int, limit: Int, shape: String)

  var description: String {
    switch self {
    case .tooFewImages(let heldOut, let seeds):
      "there are \(heldOut) held-out images, but the attacker begins with \(seeds) and needs others to attack"
    case .tooManyQueries(let count, let limit, let shape):
      "seed images and rounds give \(count) queries, but memory suffices for \(limit) images of \(shape); choose fewer with "
        + "--seed-images or --rounds"
    }
  }
}
