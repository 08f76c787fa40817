import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Can a network be attacked of which only answers are seen? Trains substitutes on its labels, attacks them, and shows
/// it what came out. Papernot et al. (2017). <https://arxiv.org/abs/1602.02697>
///
/// | file | content |
/// | --- | --- |
/// | `figures/substitute.png` | success on the black box, and agreement with it, against the number of queries |
/// | `figures/queries.png` | some of the images that were asked about, round by round |
/// | `substitute.csv` | a row for each substitute and round |
/// | `substitutes/N/model.safetensors`, `part.json` | the last network of each substitute, and what was measured with it; kept as soon as it is there |
/// | `run.json` | configuration, environment, results |
public struct SubstituteExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    /// The black box.
    public var model: ModelSource
    public var data: DataSource
    /// What is trained in its place.
    public var substitute: NetworkRecipe
    /// Substitutes, each with seeds of its own: what is reported are means over them.
    public var repetitionCount: Int
    /// Images that an attacker has to begin with, of the held-out ones. They are not attacked.
    public var seedImageCount: Int
    /// How often the images asked about double.
    public var roundCount: Int
    /// λ, the step between an image asked about and the next.
    public var step: Float
    /// On the substitute; with a budget.
    public var attack: TransferAttack
    public var epsilon: Float
    /// Held-out images that are attacked.
    public var imageCount: Int
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, substitute: NetworkRecipe, repetitionCount: Int = 3,
      seedImageCount: Int = 150, roundCount: Int = 6, step: Float = 0.1, attack: TransferAttack = .mifgsm,
      epsilon: Float = 0.2, imageCount: Int = 1000, seed: UInt64 = 1
    ) {
      precondition(
        repetitionCount > 0 && seedImageCount > 0 && imageCount > 0, "there must be images and substitutes")
      precondition((0...20).contains(roundCount), "images double 0 to 20 times, got \(roundCount)")
      precondition(step > 0 && step <= 1 && epsilon > 0 && epsilon <= 1, "steps lie in (0, 1]")
      precondition(!attack.isMinimal, "minimal perturbations of one network hardly move another")
      self.model = model
      self.data = data
      self.substitute = substitute
      self.repetitionCount = repetitionCount
      self.seedImageCount = seedImageCount
      self.roundCount = roundCount
      self.step = step
      self.attack = attack
      self.epsilon = epsilon
      self.imageCount = imageCount
      self.seed = seed
    }
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  /// - Parameter startsFresh: Whether what an earlier run left is trained again.
  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  /// Of all images asked about, as floats in memory several times over.
  private static let pixelLimit = 1 << 27

  private static let partsFolder = "substitutes"
  private static let partName = "part.json"

  /// Raised when a part of the same settings holds other numbers than before.
  package static let revision = 1

  /// Everything but data and model that decides what a substitute is and does.
  private struct Settings: Codable, Equatable {
    var configuration: Configuration
    /// Of the substitute: a file that the configuration names may be another by now.
    var architecture: String
    var number: Int
  }

  private struct Part: Codable {
    var rounds: [SubstituteResults.Round]
    /// Some of the images that were asked about.
    var asked: [SubstituteResults.AskedImage]
  }

  /// Whether a network can be trained on answers as its recipe says.
  ///
  /// - Throws: ``RecipeError`` for a half of the training images, which an attacker does not have, and for an architecture
  ///   with a first stage of its own.
  public static func check(_ recipe: NetworkRecipe) throws {
    if recipe.half != nil {
      throw RecipeError(
        recipe: recipe.text,
        problem: "a substitute is trained on answers, not on the training images: it has no half of them")
    }
    if recipe.training.pretraining != nil {
      throw RecipeError(
        recipe: recipe.text,
        problem:
          "a substitute is trained on answers alone, and this network's first layer is trained without any")
    }
  }

  /// - Throws: ``FileError``, ``RecipeError``, and what loading, training and writing throw. Before the first file is
  ///   written data, model and substitute have been found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> SubstituteResults {
    let given = try GivenModels([configuration.model], shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models[0], on: given.dataset, in: folder, progress: progress)
  }

  package func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> SubstituteResults {
    try Self.check(configuration.substitute)
    let images = dataset.heldOut
    guard images.count > configuration.seedImageCount else {
      throw SubstituteProblem.tooFewImages(heldOut: images.count, seeds: configuration.seedImageCount)
    }
    let count = configuration.seedImageCount << configuration.roundCount
    guard count <= Self.pixelLimit / images.shape.pixelCount else {
      throw SubstituteProblem.tooManyQueries(
        count: count, limit: Self.pixelLimit / images.shape.pixelCount, shape: "\(images.shape)")
    }
    let graph = try self.graph(for: images)
    let owned = order(of: images).owned
    if owned.count < configuration.repetitionCount * configuration.seedImageCount {
      try progress(
        .warning(
          "\(images.count) held-out images are too few for \(configuration.repetitionCount) substitutes with "
            + "\(configuration.seedImageCount) seed images of their own: they share \(owned.count)"))
    }
    let architecture = try graph.architecture.json
    let record = RunRecord<Configuration, SubstituteResults>(
      experiment: "substitute", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), progress)
    let (folder, progress) = (run.folder, run.progress)
    if startsFresh { try folder.remove(Self.partsFolder) }
    let parts = try folder.folder(Self.partsFolder)
    let blackBox = try Engine(running: model.network, workerCount: workerCount)
    let checksum = try model.checksum
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "substitute": Self.revision])
    var measured: [Part] = []
    for number in 1...configuration.repetitionCount {
      let settings = Settings(configuration: configuration, architecture: architecture, number: number)
      let checksums = ["data": dataset.checksum, "model": checksum]
      let place = try parts.folder("\(number)")
      let files = [RunFolder.modelName]
      if let known = try kept.known(
        Part.self, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      {
        try progress(.stage("substitute \(number): kept from an earlier run"))
        measured.append(known)
        continue
      }
      let part = try configuration.model.naming {
        try measure(number, graph, blackBox, images, in: place, progress)
      }
      try kept.keep(part, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      measured.append(part)
    }
    try progress(.stage("attacking the black box itself, and noise"))
    let batch = attacked(images)
    let results = SubstituteResults(
      dataName: dataset.name, modelName: model.network.graph.architecture.name, modelChecksum: checksum,
      substitute: configuration.substitute.text, attack: configuration.attack, epsilon: configuration.epsilon,
      imageCount: batch.count, seedImageCount: configuration.seedImageCount,
      ownedImageCount: owned.count,
      whiteBox: try evaluation(attack, on: batch, blackBox).summary.success,
      noise: try evaluation(
        NoisePerturbation(kind: .randomSign, seed: configuration.seed), on: batch, blackBox
      ).summary.success,
      substitutes: measured.map(\.rounds))
    try run.measured(results)
    try progress(.stage("drawing"))
    try results.table.write(to: folder.file(SubstituteResults.tableName))
    try SubstituteFigures(configuration: configuration, results: results, data: DataRecord(dataset)).write(
      asked: measured[0].asked, of: images, in: folder)
    try run.complete(with: results)
    return results
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

  /// The held-out images in a random order: the last ones are attacked, the first ones are seeds. Seeds of their own for
  /// each substitute go before images to attack, up to half of all images.
  package func order(of images: LabelledImages) -> (owned: [Int], attacked: [Int]) {
    var generator = SeededGenerator(seed: configuration.seed, purpose: "substitute, images")
    let order = generator.permutation(images.count)
    let seedCount = configuration.seedImageCount
    let reserved = min(
      configuration.repetitionCount * seedCount, max(seedCount, images.count / 2))
    let count = min(configuration.imageCount, images.count - reserved)
    return (Array(order.dropLast(count)), order.suffix(count).sorted())
  }

  /// One substitute's after the other's, and from the first again where there are no more.
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

  private func measure(
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

  /// A seed image of each of the first classes, and what became of it in each round. The k-th augmentation of image i
  /// stands (2ᵏ − 1) n behind it, where n images were the seeds.
  private func lineages(
    in last: SubstituteTraining.Round, _ number: Int, _ images: LabelledImages
  ) -> [SubstituteResults.AskedImage] {
    let seeds = seedNumbers(number, of: images)
    let classes = images.classNames.indices.prefix(SubstituteFigures.shownCount)
    return classes.compactMap { label in seeds.firstIndex { images.labels[$0] == label } }.map { place in
      let rows = (0...min(last.number, SubstituteFigures.roundLimit)).map {
        place + ((1 << $0) - 1) * seeds.count
      }
      return SubstituteResults.AskedImage(
        label: images.labels[seeds[place]], pixels: rows.map { Array(last.images[row: $0]) },
        answers: rows.map { last.labels[$0] })
    }
  }
}

public enum SubstituteProblem: Error, Equatable, CustomStringConvertible {
  case tooFewImages(heldOut: Int, seeds: Int)
  case tooManyQueries(count: Int, limit: Int, shape: String)

  public var description: String {
    switch self {
    case .tooFewImages(let heldOut, let seeds):
      "there are \(heldOut) held-out images: expected more than the \(seeds) that the attacker begins with"
    case .tooManyQueries(let count, let limit, let shape):
      "seed images and rounds come to \(count) queries: expected at most \(limit) images of \(shape), which are all kept "
        + "in memory"
    }
  }
}
