import Datasets
import Figures
import Lab
import Networks
import Tensors

/// The training of the networks of a poisoning experiment, which differ in their seed and in the poison only.
package struct VictimTraining: Codable, Equatable, Sendable {
  var architecture: ArchitectureChoice
  /// Its seed is that of the first repetition.
  var training: TrainingConfiguration
  /// The number of training images, a random sample; nil: all.
  var imageCount: Int?

  package init(architecture: ArchitectureChoice, training: TrainingConfiguration, imageCount: Int?) {
    (self.architecture, self.training, self.imageCount) = (architecture, training, imageCount)
  }

  /// The seed of a repetition: of initial weights, of the order of images, and of what the attacker draws.
  func seed(_ repetition: Int) -> UInt64 { training.seed &+ UInt64(repetition) }

  /// The training images before they are poisoned, the same for all repetitions.
  package func images(of dataset: Dataset) -> LabelledImages {
    let all = dataset.training
    guard let imageCount, imageCount < all.count else { return all }
    var generator = SeededGenerator(seed: training.seed, purpose: "victim's images")
    return all.selecting(generator.sample(imageCount, of: all.count).sorted())
  }

  /// - Throws: ``NetworkError`` and ``FileError`` if the architecture does not fit the images,
  ///   ``PoisonError/noFeatures(architecture:)`` if it has no hidden layer.
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

/// A poisoning experiment that is impossible with these data or this architecture.
enum PoisonError: ArgumentError, Equatable, CustomStringConvertible {
  case noFeatures(architecture: String)
  case shareTooLarge(share: Double, largest: Double, target: String)
  case patchTooLarge(side: Int, shape: String)
  case tooFewImages(className: String, needed: Int, found: Int)
  case tooManyNeighbours(count: Int, classCount: Int)
  /// The share rounds to none of the images.
  case shareTooSmall(share: Double, count: Int)
  /// All labels are flipped, and the defence would drop as many images.
  case nothingLeft(share: Double, count: Int)
  /// Two classes that must differ are the same.
  case sameClass(name: String, options: String)

  var description: String {
    switch self {
    case .noFeatures(let name):
      "\(name) has no hidden layer, whose features are needed here; choose an architecture with a hidden layer"
    case .shareTooLarge(let share, let largest, let target):
      "a share of \(Numbers.plain(share)) cannot be poisoned: only \(Numbers.plain(largest)) of the training images are not "
        + "of class \(target)"
    case .patchTooLarge(let side, let shape):
      "a patch of side \(side) does not fit into images of \(shape) (channels×height×width)"
    case .tooFewImages(let name, let needed, let found):
      "class \(name) has \(found) training images, but \(needed) are needed"
    case .tooManyNeighbours(let count, let classCount):
      "k = \(count) neighbours are not fewer than the \(classCount) images of a class, so the check would remove whole "
        + "classes; choose fewer with --neighbours"
    case .shareTooSmall(let share, let count):
      "a share of \(Numbers.plain(share)) rounds to none of \(count) images; choose a larger one"
    case .nothingLeft(let share, let count):
      "a share of \(Numbers.plain(share)) flips all \(count) labels, and dropping as many images would leave none; choose a "
        + "smaller share, or another --trim than known"
    case .sameClass(let name, let options):
      "\(options) must be two different classes, both are \(name)"
    }
  }
}

extension [String] {
  /// The class with this name or, if there is none, this number.
  ///
  /// - Throws: ``UnknownClass``.
  func classNumber(_ text: String) throws -> Int {
    if let label = firstIndex(of: text) { return label }
    guard let label = Int(text), indices.contains(label) else { throw UnknownClass(name: text, known: self) }
    return label
  }
}
