import Datasets
import Lab
import Networks
import Tensors

/// How the networks of a poisoning experiment are trained: all alike but for their seed and what was done to the images.
public struct VictimTraining: Codable, Equatable, Sendable {
  public var architecture: ArchitectureChoice
  /// Its seed is that of the first repetition.
  public var training: TrainingConfiguration
  /// Training images, drawn at random; nil: all.
  public var imageCount: Int?

  public init(
    architecture: ArchitectureChoice, training: TrainingConfiguration,
    imageCount: Int? = 10_000
  ) {
    precondition(imageCount.map { $0 > 1 } ?? true, "there must be images to train on")
    self.architecture = architecture
    self.training = training
    self.imageCount = imageCount
  }

  /// Of a repetition: initial weights, order of the images, and what the attacker draws.
  package func seed(_ repetition: Int) -> UInt64 { training.seed &+ UInt64(repetition) }

  /// The images that the victim would train on if nobody had touched them; the same for all repetitions.
  package func images(of dataset: Dataset) -> LabelledImages {
    let all = dataset.training
    guard let imageCount, imageCount < all.count else { return all }
    var generator = SeededGenerator(seed: training.seed, purpose: "victim's images")
    return all.selecting(generator.sample(imageCount, of: all.count).sorted())
  }

  /// - Throws: ``NetworkError`` and ``FileError`` when the architecture does not fit the images, ``PoisonError`` where it
  ///   has no layer whose features could be looked at.
  func graph(for images: LabelledImages) throws -> Graph {
    let graph = try Graph(architecture.architecture(for: images))
    guard graph.featureLayer != nil else {
      throw PoisonError.noFeatures(architecture: graph.architecture.name)
    }
    return graph
  }

  /// - Parameter onProgress: Called several times a second; what it throws ends the training.
  package func network(
    trainedOn images: LabelledImages, repetition: Int, workerCount: Int,
    onProgress: @escaping @Sendable () throws -> Void
  ) throws -> Network {
    var training = training
    training.seed = seed(repetition)
    var network = Network(initializing: try graph(for: images), seed: training.seed)
    if let pretraining = training.pretraining {
      network = try pretraining.train(network, on: images, training, workerCount: workerCount) { _ in
        try onProgress()
      }.network
    }
    return try Trainer(training, training: images, validation: nil, workerCount: workerCount).train(
      from: TrainingState(starting: network), progress: { _ in try onProgress() }
    ).network
  }
}

/// What makes an experiment with poisoned training images impossible.
public enum PoisonError: ArgumentError, Equatable, CustomStringConvertible {
  case noFeatures(architecture: String)
  case shareTooLarge(share: Double, largest: Double, target: String)
  case patchTooLarge(side: Int, shape: String)
  case tooFewImages(className: String, needed: Int, found: Int)
  case tooManyNeighbours(count: Int, classCount: Int)
  /// What poisons none of so many images.
  case shareTooSmall(share: Double, count: Int)
  /// All of so many labels are wrong, and as many would be dropped.
  case nothingLeft(share: Double, count: Int)
  /// Both options of a change of label name this class.
  case sameClass(name: String, options: String)

  public var description: String {
    switch self {
    case .noFeatures(let name):
      "\(name) has no feature layer but the pixels; choose an architecture with a hidden layer"
    case .shareTooLarge(let share, let largest, let target):
      "a share of \(share) cannot be poisoned: only \(largest) of the training images are not of class \(target)"
    case .patchTooLarge(let side, let shape):
      "a patch of side \(side) does not fit into images of \(shape) (channels×height×width)"
    case .tooFewImages(let name, let needed, let found):
      "class \(name) needs \(needed) training images for this, it has \(found)"
    case .tooManyNeighbours(let count, let classCount):
      "k = \(count) is as many neighbours as a class has images (\(classCount)) or more: the check would remove whole "
        + "classes; choose fewer neighbours"
    case .shareTooSmall(let share, let count):
      "a share of \(PoisonWords.plain(share)) is not one of \(count) images; choose a larger one"
    case .nothingLeft(let share, let count):
      "a share of \(PoisonWords.plain(share)) flips all \(count) labels, and dropping as many as were flipped would leave no "
        + "image; choose a smaller share, or another trimming than known"
    case .sameClass(let name, let options):
      "a label is changed to another class, \(options) are both \(name)"
    }
  }
}

extension [String] {
  /// The class of that name, or, where there is none, of that number.
  ///
  /// - Throws: ``UnknownClass``.
  func classNumber(_ text: String) throws -> Int {
    if let label = firstIndex(of: text) { return label }
    guard let label = Int(text), indices.contains(label) else { throw UnknownClass(name: text, known: self) }
    return label
  }
}
