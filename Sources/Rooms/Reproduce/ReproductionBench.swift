import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// What all tables are measured with: the data, the networks, trained when first asked for, and the images drawn.
///
/// Confined to the thread that runs the experiment.
final class ReproductionBench {
  let dataset: Dataset
  let scale: ReproductionScale
  let seed: UInt64
  let workerCount: Int
  let progress: ProgressHandler
  let source: DataSource
  private let run: RunFolder
  /// By the names of their folders.
  private var trained: [String: Subject] = [:]
  private var batches: [Part: AttackBatch] = [:]
  private var evaluations: [String: Evaluation] = [:]

  /// A trained network.
  struct Subject {
    let name: String
    /// Its own, which a name need not be.
    let folderName: String
    let model: Model
    let source: ModelSource
    let engine: Engine
    /// On all images that it was trained on.
    let trainingError: Proportion
    let heldOutError: Proportion
    let ending: TrainingEnding?
    let epochsTrained: Int

    var network: Network { model.network }
  }

  static let networksFolder = "networks"
  static let experimentsFolder = "experiments"

  init(
    _ dataset: Dataset, from source: DataSource, in run: RunFolder, scale: ReproductionScale, seed: UInt64,
    workerCount: Int, progress: @escaping ProgressHandler
  ) {
    self.dataset = dataset
    self.source = source
    self.run = run
    self.scale = scale
    self.seed = seed
    self.workerCount = workerCount
    self.progress = progress
  }

  // MARK: Networks

  func subject(_ wanted: PapersNetwork) throws -> Subject {
    if let known = trained[wanted.folderName] { return known }
    let data = data(of: wanted)
    let place = try run.folder("\(Self.networksFolder)/\(wanted.folderName)")
    let results = try training(of: wanted).run(
      on: data, in: place, progress: stages(of: wanted.name, progress))
    let file = place.file(RunFolder.modelName)
    let model = try ModelFile.read(file)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let subject = Subject(
      name: wanted.name, folderName: wanted.folderName, model: model,
      source: .model(path: file.path(percentEncoded: false)), engine: engine,
      trainingError: try error(of: engine, on: data.training),
      heldOutError: try error(of: engine, on: data.heldOut), ending: results.ending,
      epochsTrained: results.epochsTrained)
    trained[wanted.folderName] = subject
    return subject
  }

  private func training(of wanted: PapersNetwork) -> TrainExperiment {
    TrainExperiment(
      TrainExperiment.Configuration(
        data: source, architecture: .named(wanted.architecture.rawValue),
        training: wanted.training(scale, seed: seed), validationFraction: 0),
      workerCount: workerCount, isPart: true)
  }

  /// Asks the folders of all networks that a table may ask for.
  ///
  /// - Throws: ``RunConflict`` where one was trained with other settings.
  func checkConflicts() throws {
    for network in PapersNetwork.all(scale) {
      try training(of: network).check(
        on: data(of: network), in: RunFolder(run.file("\(Self.networksFolder)/\(network.folderName)")),
        of: run)
    }
  }

  func subjects(_ wanted: [PapersNetwork]) throws -> [Subject] { try wanted.map(subject) }

  func data(of network: PapersNetwork) -> Dataset {
    network.half.map { dataset.trainingHalf($0, seed: seed) } ?? dataset
  }

  /// For an experiment that is a command of its own.
  func place(_ name: String) throws -> RunFolder {
    try run.folder("\(Self.experimentsFolder)/\(name)")
  }

  // MARK: Images

  enum Part: String {
    case training, heldOut
    /// A fifth of the held-out ones, for networks on which every image takes long.
    case fewHeldOut
  }

  /// Images drawn at random, the same in every table that asks for so many.
  func batch(_ count: Int, of part: Part) -> AttackBatch {
    let images = part == .training ? dataset.training : dataset.heldOut
    var generator =
      part == .training
      ? SeededGenerator(seed: seed, purpose: "reproduction, training images")
      : SeededGenerator(seed: seed, purpose: "reproduction, held-out images")
    let numbers = generator.sample(min(count, images.count), of: images.count).sorted()
    return AttackBatch(
      images: images.tensor(of: numbers), labels: numbers.map { images.labels[$0] }, imageIDs: numbers)
  }

  /// Those on which the smallest perturbation is looked for.
  func searched(_ part: Part) -> AttackBatch {
    let count =
      part == .fewHeldOut ? max(min(100, scale.searchedCount), scale.searchedCount / 5) : scale.searchedCount
    let known = batches[part] ?? batch(count, of: part)
    batches[part] = known
    return known
  }

  // MARK: Measurements

  func error(of classifier: Engine, on images: LabelledImages) throws -> Proportion {
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    return Proportion(zip(labels, images.labels).count { $0 != $1 }, of: images.count)
  }

  /// Wrong answers on some images, and how sure they are.
  struct Mistakes {
    let error: Proportion
    /// Mean probability of the wrong answers; nil without one.
    let confidence: Double?
    let labels: [Int]
  }

  func mistakes(of classifier: any Classifier, on images: Tensor, labels: [Int]) throws -> Mistakes {
    let predictions = Prediction.rows(of: try classifier.logits(of: images))
    let wrong = zip(predictions, labels).filter { $0.label != $1 }.map(\.0)
    return Mistakes(
      error: Proportion(wrong.count, of: labels.count),
      confidence: wrong.isEmpty ? nil : wrong.reduce(0) { $0 + $1.confidence } / Double(wrong.count),
      labels: predictions.map(\.label))
  }

  /// The class that images are moved to, which Szegedy et al. do not tell.
  enum Aim: String {
    /// Whichever is nearest.
    case nearest
    /// Another one, drawn for each image.
    case random
  }

  /// The smallest perturbation of each of ``searched(_:)``, by the paper's own attack; looked for once.
  func smallestPerturbations(of subject: Subject, _ part: Part, _ aim: Aim) throws -> Evaluation {
    let key = "\(subject.folderName), \(part.rawValue), \(aim.rawValue)"
    if let known = evaluations[key] { return known }
    let batch = searched(part)
    let goal: ThreatModel.Goal =
      switch aim {
      case .nearest: .untargeted
      case .random:
        .targeted(
          TargetChoice.random(seed: seed).targets(
            labels: batch.labels, imageIDs: batch.imageIDs, classCount: dataset.training.classNames.count))
      }
    try progress(
      .stage("\(subject.name): the smallest perturbations of \(batch.count) images, \(aim.rawValue) class"))
    let evaluation = try Evaluation(
      of: AttackInPortions(
        attack: BoxLBFGSAttack(workerCount: workerCount), portion: 64, progress: progress),
      on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity, goal: goal), classifier: subject.engine)
    evaluations[key] = evaluation
    return evaluation
  }

  /// x + ε sign ∇ₓL of every image, those that the network gets wrong without help too.
  func fastPerturbations(
    of classifier: some DifferentiableClassifier, on batch: AttackBatch, bounds: ClosedRange<Float>
  ) throws -> Tensor {
    try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: PapersNetwork.epsilon, bounds: bounds),
      classifier: classifier
    ).images
  }

  /// Pixels that the fast gradient sign method cannot leave: as good as none, which is what Goodfellow's paper displays.
  static let wideBounds: ClosedRange<Float> = -2...3

  /// Images with noise whose root mean square is `deviation`, not clipped.
  func noisy(_ batch: AttackBatch, deviation: Double) -> Tensor {
    let length = deviation * Double(batch.images.rowLength).squareRoot()
    return NoisePerturbation(kind: .gaussian, seed: seed).images(
      for: batch, under: ThreatModel(norm: .l2, epsilon: Float(length), bounds: -100...101))
  }
}
