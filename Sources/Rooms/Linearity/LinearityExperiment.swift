import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Are adversarial examples what linear behaviour in many dimensions makes of small steps? The measurements around
/// figure 4 and section 5 of Goodfellow, Shlens, Szegedy (2015).
///
/// | file | content |
/// | --- | --- |
/// | `figures/line.png` | the logits of one image along the gradient's signs, with the images on the way |
/// | `figures/pieces.png`, `local.png`, `sizes.png`, `weights.png` | what docs/linearity.md says of each |
/// | `lines.csv` | a row for each image and direction: share explained by few pieces, the region of the right class |
/// | `local.csv`, `sizes.csv` | the numbers behind those figures |
/// | `run.json` | configuration, environment, results |
public struct LinearityExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    /// How many held-out images are drawn; those that the network gets right are measured.
    public var imageCount: Int
    /// Number of the held-out image on the figure; nil: the first that is measured.
    public var figureImage: Int?
    /// ε runs from −range to range.
    public var range: Double
    /// Odd.
    public var stepCount: Int
    public var pieceCounts: [Int]
    public var localEpsilons: [Double]
    /// Of the steps against dimension.
    public var sizeEpsilon: Double
    /// Sides of the resized images; empty: left out.
    public var sides: [Int]
    public var sizeTrainingCount: Int
    public var sizeEpochCount: Int
    /// The two classes of the logistic regression, the first as y = −1; nil: left out.
    public var pair: [Int]?
    public var pairEpsilon: Double
    public var pairStepCount: Int
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, imageCount: Int = 100, figureImage: Int? = nil,
      range: Double = 15,
      stepCount: Int = 121, pieceCounts: [Int] = [1, 2, 3, 5],
      localEpsilons: [Double] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10], sizeEpsilon: Double = 0.05,
      sides: [Int] = [7, 14, 28, 56], sizeTrainingCount: Int = 10_000, sizeEpochCount: Int = 5,
      pair: [Int]? = [3, 7], pairEpsilon: Double = 0.25, pairStepCount: Int = 500, seed: UInt64 = 1
    ) {
      precondition(imageCount > 0, "there must be images to measure")
      precondition(range > 0 && range.isFinite, "the range must be positive, got \(range)")
      precondition(stepCount >= 11 && stepCount % 2 == 1, "the grid has an odd count, got \(stepCount)")
      precondition(pieceCounts.allSatisfy { $0 >= 1 } && !pieceCounts.isEmpty, "a fit has at least one piece")
      precondition(sides.allSatisfy { $0 > 0 }, "a side is positive")
      precondition(pair.map { $0.count == 2 && $0[0] != $0[1] } ?? true, "a pair has two classes")
      self.model = model
      self.data = data
      self.imageCount = imageCount
      self.figureImage = figureImage
      self.range = range
      self.stepCount = stepCount
      self.pieceCounts = pieceCounts.sorted()
      self.localEpsilons = localEpsilons
      self.sizeEpsilon = sizeEpsilon
      self.sides = sides
      self.sizeTrainingCount = sizeTrainingCount
      self.sizeEpochCount = sizeEpochCount
      self.pair = pair
      self.pairEpsilon = pairEpsilon
      self.pairStepCount = pairStepCount
      self.seed = seed
    }
  }

  public enum Direction: String, Codable, CaseIterable, Sendable {
    /// sign ∇ₓL(x, y)
    case gradient
    /// Fair signs.
    case random
  }

  /// How much of the logits' variance few straight pieces explain, on |ε| up to `range`.
  public struct ExplainedShares: Codable, Equatable, Sendable {
    public var range: Double
    /// For each of the configuration's piece counts.
    public var byPieces: [MeanWithInterval]
  }

  /// One kind of direction over all measured images.
  public struct LineSummary: Codable, Equatable, Sendable {
    public var direction: Direction
    /// On all of the line and, where that is longer than ±1, on |ε| ≤ 1, where the picture still changes.
    public var explained: [ExplainedShares]
    /// Where the region of the right class around ε = 0 begins and ends.
    public var lowerReach: Quartiles
    public var upperReach: Quartiles
    /// Regions that reach the end of the range on that side and may be wider: counted with what was seen of them.
    public var lowerOpenCount: Int
    public var upperOpenCount: Int
  }

  public struct LocalRow: Codable, Equatable, Sendable {
    public var direction: Direction
    public var epsilon: Double
    /// Nil where no logit changed for any image.
    public var error: Quartiles?
  }

  public struct PairResults: Codable, Equatable, Sendable {
    public struct Model: Codable, Equatable, Sendable {
      /// Trained against steps of this size; 0: on clean images.
      public var trainingEpsilon: Double
      public var cleanErrors: Proportion
      /// After the worst step, not clipped, as in the paper.
      public var adversarialErrors: Proportion
      /// The same with pixels kept in [0, 1].
      public var clippedErrors: Proportion
      public var weightNorm: Double
      public var zeroWeightCount: Int
      public var losses: [SignLoss]
    }

    /// Mean losses over the held-out images of one sign.
    public struct SignLoss: Codable, Equatable, Sendable {
      public var sign: Int
      public var imageCount: Int
      public var clean: Double
      public var worst: Double
      /// The form that the paper prints.
      public var printed: Double
    }

    public var classNames: [String]
    public var trainingCount: Int
    public var epsilon: Double
    public var models: [Model]
  }

  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    public var measured: Proportion
    public var zeroGradientCount: Int
    public var figureImage: Int
    public var lines: [LineSummary]
    public var local: [LocalRow]
    public var sizes: [DimensionGrowth.Row]
    public var slopes: [DimensionGrowth.Slopes]
    public var pair: PairResults?
    /// What was found, in words, denominators stated.
    public var sentences: [String]
  }

  public private(set) var configuration: Configuration
  /// Whether the two classes of the logistic regression were asked for; else others are taken where these are not.
  public let isPairGiven: Bool
  public let workerCount: Int

  public init(_ configuration: Configuration, isPairGiven: Bool = true, workerCount: Int) {
    self.configuration = configuration
    self.isPairGiven = isPairGiven
    self.workerCount = workerCount
  }

  /// - Throws: ``LinearityError``, and what loading, the engine and writing throw. Before the first file is written data
  ///   and model have been read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels([configuration.model], shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models[0], on: given.dataset, in: folder, progress: progress)
  }

  package func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = dataset.heldOut
    try model.check(fits: images)
    var usual = UsualSetting()
    var fitted = self
    fitted.configuration.pair = pair(in: dataset, &usual)
    try fitted.check(images)
    return try fitted.run(
      model, on: dataset, in: folder, remarks: model.remarks(on: dataset) + usual.remarks, progress: progress)
  }

  /// The pair of the configuration; where nobody gave it and the data lack it, the two classes with the most images.
  private func pair(in dataset: Dataset, _ usual: inout UsualSetting) -> [Int]? {
    guard let pair = configuration.pair else { return nil }
    let names = dataset.training.classNames
    let (training, heldOut) = (dataset.training.countOfEachClass, dataset.heldOut.countOfEachClass)
    let possible = names.indices.filter { training[$0] > 0 && heldOut[$0] > 0 }
    if pair.allSatisfy(possible.contains) { return pair }
    guard !isPairGiven else {
      // A class that does not exist is an error; one without images leaves nothing to fit.
      if pair.allSatisfy(names.indices.contains) {
        usual.note(
          "the logistic regression is left out: of classes \(pair[0]) and \(pair[1]) one has no training or no held-out "
            + "image")
      }
      return pair
    }
    guard possible.count > 1 else {
      usual.note("the logistic regression is left out: only one class has training and held-out images")
      return nil
    }
    let chosen = possible.sorted { (training[$0], $1) > (training[$1], $0) }.prefix(2).sorted()
    usual.note(
      "the logistic regression is of classes \(chosen[0]) (\(names[chosen[0]])) and \(chosen[1]) (\(names[chosen[1]])), "
        + "not of \(pair[0]) and \(pair[1]) as is usual, because the data do not have both")
    return chosen
  }

  private func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, remarks: [String],
    progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = dataset.heldOut
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let drawn = sample(of: images)
    let labels = images.labels
    let predicted = Prediction.rows(of: try engine.logits(of: images.tensor(of: drawn))).map(\.label)
    let numbers = zip(drawn, predicted).filter { labels[$0.0] == $0.1 }.map(\.0)
    guard let first = numbers.first else { throw LinearityError.noneRight(imageCount: drawn.count) }
    let record = RunRecord<Configuration, Results>(
      experiment: "linearity", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)

    let measured = try MeasuredLines(
      images, numbers: numbers, configuration: configuration, engine: engine, progress: progress)
    try progress(.stage("comparing steps with their derivative"))
    let local = try localRows(measured, engine)
    let (sizes, slopes) = try sizeRows(dataset, progress)
    let pair = try pairResults(dataset, progress)

    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      measured: Proportion(numbers.count, of: drawn.count), zeroGradientCount: measured.zeroGradientCount,
      figureImage: configuration.figureImage ?? first, lines: measured.summaries, local: local, sizes: sizes,
      slopes: slopes, pair: pair?.results, sentences: [])
    results.sentences = LinearityWords(configuration: configuration, results: results).sentences
    try run.measured(results)
    try progress(.stage("drawing"))
    try LinearityTables.write(
      measured, results, classNames: images.classNames, configuration: configuration, in: folder)
    try LinearityFigures(
      configuration: configuration, results: results, data: DataRecord(dataset), images: images
    ).write(engine, weights: pair?.models ?? [], in: folder)
    try run.complete(with: results)
    return results
  }

  private func check(_ images: LabelledImages) throws {
    if let image = configuration.figureImage, !(0..<images.count).contains(image) {
      throw LinearityError.noSuchImage(image, count: images.count)
    }
    for label in configuration.pair ?? [] where !images.classNames.indices.contains(label) {
      throw LinearityError.noSuchClass(label, count: images.classNames.count)
    }
  }

  private func sample(of images: LabelledImages) -> [Int] {
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of linearity")
    return generator.sample(min(configuration.imageCount, images.count), of: images.count).sorted()
  }

  private func localRows(_ measured: MeasuredLines, _ engine: Engine) throws -> [LocalRow] {
    let errors = try LocalLinearity.errors(
      images: measured.images, directions: measured.directions, epsilons: configuration.localEpsilons,
      classifier: engine)
    return zip(Direction.allCases, errors).flatMap { direction, byEpsilon in
      zip(configuration.localEpsilons, byEpsilon).map { epsilon, values in
        LocalRow(direction: direction, epsilon: epsilon, error: Quartiles(values.compactMap(\.self)))
      }
    }
  }

  private func sizeRows(
    _ dataset: Dataset, _ progress: @escaping ProgressHandler
  ) throws -> ([DimensionGrowth.Row], [DimensionGrowth.Slopes]) {
    guard !configuration.sides.isEmpty else { return ([], []) }
    var generator = SeededGenerator(seed: configuration.seed, purpose: "training images of sizes")
    let training = dataset.training.selecting(
      generator.sample(
        min(configuration.sizeTrainingCount, dataset.training.count), of: dataset.training.count
      )
      .sorted())
    let heldOut = dataset.heldOut.selecting(
      generator.sample(min(configuration.imageCount * 10, dataset.heldOut.count), of: dataset.heldOut.count)
        .sorted())
    var rows: [DimensionGrowth.Row] = []
    for side in configuration.sides {
      try progress(.stage("training on \(training.count) images of \(side)×\(side)"))
      let small = DimensionGrowth.resized(training, side: side, workerCount: workerCount)
      let judged = DimensionGrowth.resized(heldOut, side: side, workerCount: workerCount)
      for name in [Architecture.Named.softmax, .mlp] {
        let graph = try Graph(
          .named(name, input: small.shape, classCount: small.classNames.count))
        let start = Network(initializing: graph, seed: configuration.seed)
        // Squared norms of images grow like n; a rate that falls like 1/n takes steps of the same effect at any size.
        let training = TrainingConfiguration(
          epochCount: configuration.sizeEpochCount,
          learningRate: LearningRate(
            initial: 0.02 * 784 / Float(small.shape.pixelCount), schedule: .cosine),
          seed: configuration.seed)
        let state = try Trainer(training, training: small, validation: nil, workerCount: workerCount)
          .train(from: TrainingState(starting: start), progress: { try progress(.training($0)) })
        for (network, isTrained) in [(start, false), (state.network, true)] {
          guard
            let row = try DimensionGrowth.row(
              of: network, isTrained: isTrained, on: judged, epsilon: configuration.sizeEpsilon,
              seed: configuration.seed, workerCount: workerCount)
          else { continue }
          rows.append(row)
        }
      }
    }
    let groups = [("softmax", false), ("softmax", true), ("mlp", false), ("mlp", true)]
    return (
      rows,
      groups.compactMap { name, isTrained in
        DimensionGrowth.slopes(of: rows.filter { $0.network == name && $0.isTrained == isTrained })
      }
    )
  }

  private func pairResults(
    _ dataset: Dataset, _ progress: @escaping ProgressHandler
  ) throws -> (results: PairResults, models: [LogisticRegression])? {
    guard let pair = configuration.pair else { return nil }
    let (training, heldOut) = (
      LogisticRegression.Data(dataset.training, pair: pair),
      LogisticRegression.Data(dataset.heldOut, pair: pair)
    )
    guard Set(training.signs).count == 2, Set(heldOut.signs).count == 2 else { return nil }
    let epsilon = configuration.pairEpsilon
    var models: [LogisticRegression] = []
    for trainingEpsilon in [0, epsilon] {
      try progress(
        .stage("logistic regression on \(training.signs.count) images, trained at ε = \(trainingEpsilon)"))
      models.append(
        try LogisticRegression.trained(
          on: training, epsilon: trainingEpsilon, stepCount: configuration.pairStepCount
        ) {
          try progress(.step(done: $0, total: configuration.pairStepCount, unit: "steps"))
        })
    }
    let count = heldOut.signs.count
    let results = zip(models, [0, epsilon]).map { model, trainingEpsilon in
      PairResults.Model(
        trainingEpsilon: trainingEpsilon,
        cleanErrors: Proportion(model.errorCount(on: heldOut, epsilon: 0), of: count),
        adversarialErrors: Proportion(model.errorCount(on: heldOut, epsilon: epsilon), of: count),
        clippedErrors: Proportion(model.clippedErrorCount(on: heldOut, epsilon: epsilon), of: count),
        weightNorm: model.weightNorm, zeroWeightCount: model.weights.count { $0 == 0 },
        losses: [-1, 1].map { sign in
          PairResults.SignLoss(
            sign: sign, imageCount: heldOut.only(Double(sign)).signs.count,
            clean: model.loss(on: heldOut, epsilon: 0, sign: Double(sign)),
            worst: model.loss(on: heldOut, epsilon: epsilon, sign: Double(sign)),
            printed: model.printedLoss(on: heldOut, epsilon: epsilon, sign: Double(sign)))
        })
    }
    return (
      PairResults(
        classNames: pair.map { dataset.heldOut.classNames[$0] }, trainingCount: training.signs.count,
        epsilon: epsilon, models: results), models
    )
  }
}

/// What makes the measurement impossible.
public enum LinearityError: ArgumentError, Equatable, CustomStringConvertible {
  case noneRight(imageCount: Int)
  case noSuchImage(Int, count: Int)
  case noSuchClass(Int, count: Int)

  public var isAboutArguments: Bool {
    if case .noneRight = self { false } else { true }
  }

  public var description: String {
    switch self {
    case .noneRight(let count):
      "none of the \(count) images drawn is classified correctly: there is no region around a right answer to measure"
    case .noSuchImage(let image, let count):
      "there is no held-out image \(image): expected a number from 0 to \(count - 1)"
    case .noSuchClass(let label, let count):
      "there is no class \(label): expected a number from 0 to \(count - 1)"
    }
  }
}
