import Datasets
import Lab
import Networks
import Tensors

/// Tests the explanation of adversarial examples by linear behaviour in many dimensions: the measurements around figure 4
/// and section 5 of Goodfellow, Shlens, Szegedy (2015).
///
/// | file | content |
/// | --- | --- |
/// | `figures/line.png`, `line-random.png` | the logits of one image along a line, with the images on it |
/// | `figures/pieces.png`, `local.png`, `sizes.png`, `weights.png` | fits, linear approximation, image size, logistic regression |
/// | `lines.csv` | a row for each image and direction: R² of the fits, the region in which the prediction is correct |
/// | `local.csv`, `sizes.csv` | the numbers of those figures |
/// | `run.json` | configuration, environment, results |
public struct LinearityExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var model: ModelSource
    var data: DataSource
    /// The number of held-out images that are drawn; those classified correctly are measured.
    var imageCount: Int
    /// The number of the held-out image on the figure; nil: the first that is measured.
    var figureImage: Int?
    /// ε runs from −range to range.
    var range: Double
    /// The number of points on a line, odd.
    var stepCount: Int
    /// The numbers of segments of the fits, ascending.
    var pieceCounts = [1, 2, 3, 5]
    var localEpsilons = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
    /// ‖r‖∞ of the steps whose effect is compared between image sizes.
    var sizeEpsilon = 0.05
    /// The side lengths of the resized images; empty: skipped.
    var sides: [Int]
    var sizeTrainingCount = 10_000
    var sizeEpochCount = 5
    /// The two classes of the logistic regression, the first as y = −1; nil: skipped.
    var pair: [Int]?
    var pairEpsilon = 0.25
    var pairStepCount = 500
    var seed: UInt64
  }

  public struct Results: Codable, Sendable {
    var modelName: String
    var modelChecksum: String
    /// The images classified correctly, of those drawn.
    var measured: Proportion
    var zeroGradientCount: Int
    var figureImage: Int
    var lines: [LineSummary]
    var local: [LocalRow]
    var sizes: [DimensionGrowth.Row]
    var slopes: [DimensionGrowth.Slopes]
    var pair: PairResults?
    /// The findings, with their denominators.
    var sentences: [String]
  }

  public let configuration: Configuration
  /// Whether the user chose the two classes of the logistic regression; otherwise others replace them where the data lack
  /// one.
  public let isPairGiven: Bool
  public let workerCount: Int

  init(_ configuration: Configuration, isPairGiven: Bool = true, workerCount: Int) {
    self.configuration = configuration
    self.isPairGiven = isPairGiven
    self.workerCount = workerCount
  }

  public static let name = "linearity"

  public struct Material {
    let model: Model
    let engine: Engine
    let dataset: Dataset
    let drawnCount: Int
    /// The numbers of the held-out images that are classified correctly, of those drawn.
    let numbers: [Int]
  }

  public struct Evidence {
    let measured: MeasuredLines
    /// Trained on clean and on adversarial images; empty if skipped.
    let regressions: [LogisticRegression]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  /// - Throws: ``LinearityError``.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<LinearityExperiment> {
    let (model, dataset) = (given.models[0], given.dataset)
    let images = dataset.heldOut
    var configuration = configuration
    configuration.data = given.data
    var usual = UsualSetting()
    configuration.pair = configuration.pair.flatMap {
      PairMeasurement.pair($0, isGiven: isPairGiven, in: dataset, &usual)
    }
    try Self.check(configuration, images)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of linearity")
    let drawn = generator.sample(min(configuration.imageCount, images.count), of: images.count).sorted()
    let predicted = Prediction.rows(of: try engine.logits(of: images.tensor(of: drawn))).map(\.label)
    let numbers = zip(drawn, predicted).filter { images.labels[$0.0] == $0.1 }.map(\.0)
    guard !numbers.isEmpty else { throw LinearityError.noneRight(imageCount: drawn.count) }
    return Prepared(
      material: Material(
        model: model, engine: engine, dataset: dataset, drawnCount: drawn.count, numbers: numbers),
      configuration: configuration, dataset: dataset,
      remarks: model.remarks(on: dataset) + usual.remarks)
  }

  private static func check(_ configuration: Configuration, _ images: LabelledImages) throws {
    if let image = configuration.figureImage, !(0..<images.count).contains(image) {
      throw LinearityError.noSuchImage(image, count: images.count)
    }
    for label in configuration.pair ?? [] where !images.classNames.indices.contains(label) {
      throw LinearityError.noSuchClass(label, count: images.classNames.count)
    }
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let (configuration, progress) = (run.configuration, run.progress)
    let (model, engine, dataset) = (material.model, material.engine, material.dataset)
    let measured = try MeasuredLines(
      dataset.heldOut, numbers: material.numbers, configuration: configuration, engine: engine,
      progress: progress)
    try progress(.stage("comparing steps with the linear approximation"))
    let local = try measured.localRows(epsilons: configuration.localEpsilons, engine)
    let (sizes, slopes) = try SizeMeasurement(configuration: configuration, workerCount: workerCount).measure(
      dataset, progress)
    let pair = try PairMeasurement(configuration: configuration).measure(dataset, progress)
    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      measured: Proportion(material.numbers.count, of: material.drawnCount),
      zeroGradientCount: measured.zeroGradientCount,
      figureImage: configuration.figureImage ?? material.numbers[0], lines: measured.summaries, local: local,
      sizes: sizes, slopes: slopes, pair: pair?.results, sentences: [])
    results.sentences = LinearityFindings(configuration: configuration, results: results).sentences
    return (results, Evidence(measured: measured, regressions: pair?.models ?? []))
  }

  public func exhibits(_ results: Results, _ evidence: Evidence, _ material: Material) throws -> Exhibits {
    LinearityExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      images: material.dataset.heldOut, engine: material.engine, rows: evidence.measured.rows,
      ranges: evidence.measured.ranges, regressions: evidence.regressions
    ).exhibits
  }
}

/// A reason why the measurement is impossible.
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
      "none of the \(count) images drawn is classified correctly, so there is no correct region to measure"
    case .noSuchImage(let image, let count):
      "there is no held-out image \(image): expected a number from 0 to \(count - 1)"
    case .noSuchClass(let label, let count):
      "there is no class \(label): expected a number from 0 to \(count - 1)"
    }
  }
}
