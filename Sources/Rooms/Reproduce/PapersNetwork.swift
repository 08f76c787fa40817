import Datasets
import Networks

/// A network of the papers, and how it is trained here.
struct PapersNetwork: Equatable, Sendable {
  /// As the paper names it, or as near as it comes.
  let name: String
  let architecture: Architecture.Named
  /// 1 or 2; nil: all training images.
  let half: Int?
  private let kind: Kind

  private enum Kind: Equatable {
    /// By L-BFGS with λ of each layer.
    case published(layerDecay: [Float])
    /// As suits the architecture.
    case usual
    /// The same, each class judged by its distance alone.
    case distances
    case maxout(Maxout)
    /// As suits the architecture, with Gaussian noise of this deviation on its images.
    case noisy(Float)
  }

  /// What is done to the loss of a maxout network.
  enum Maxout: Equatable {
    case plain
    case perturbed(AdversarialTraining.Perturbation)
    case firstLayerL1(Float)
    case independentSigmoids
  }

  /// Added to the seed of the experiment: networks that must not share their initial weights have different ones.
  let seedOffset: UInt64

  private init(
    _ name: String, _ architecture: Architecture.Named, _ kind: Kind, half: Int? = nil, seedOffset: UInt64 = 0
  ) {
    self.name = name
    self.architecture = architecture
    self.half = half
    self.kind = kind
    self.seedOffset = seedOffset
  }

  // MARK: Szegedy et al. (2013)

  static let fc10Weak = PapersNetwork("FC10(1e-4)", .softmax, .published(layerDecay: [1e-4]))
  static let fc10Middle = PapersNetwork("FC10(1e-2)", .softmax, .published(layerDecay: [1e-2]))
  static let fc10Strong = PapersNetwork("FC10(1)", .softmax, .published(layerDecay: [1]))
  static let fc100 = PapersNetwork("FC100-100-10", .fc100, .published(layerDecay: [1e-5, 1e-5, 1e-6]))
  static let fc200 = PapersNetwork("FC200-200-10", .fc200, .published(layerDecay: [1e-5, 1e-5, 1e-6]))
  static let ae400 = PapersNetwork("AE400-10", .ae400, .published(layerDecay: [1e-6]))
  /// Of table 1, in its order.
  static let table1 = [fc10Weak, fc10Middle, fc10Strong, fc100, fc200, ae400]

  /// Of tables 3 and 4, in their order: two that share their training images, one that shares its architecture.
  static let halves = [
    PapersNetwork(
      "FC100-100-10", .fc100, .published(layerDecay: [1e-5, 1e-5, 1e-6]), half: 1, seedOffset: 1),
    PapersNetwork(
      "FC123-456-10", .fc123, .published(layerDecay: [1e-5, 1e-5, 1e-6]), half: 1, seedOffset: 2),
    PapersNetwork(
      "FC100-100-10'", .fc100, .published(layerDecay: [1e-5, 1e-5, 1e-6]), half: 2, seedOffset: 3),
  ]

  // MARK: Goodfellow, Shlens, Szegedy (2015)

  static let softmax = PapersNetwork("softmax", .softmax, .usual)
  static let rbf = PapersNetwork("RBF", .rbf, .distances)
  static let rbfAsSoftmax = PapersNetwork("RBF, trained as a softmax", .rbf, .usual)
  static let maxout = PapersNetwork("maxout", .maxout, .maxout(.plain))
  static let maxoutAgainstFGSM = PapersNetwork(
    "maxout, adversarially trained", .maxout, .maxout(.perturbed(.fgsm)))
  static let maxoutAgainstSigns = PapersNetwork(
    "maxout, trained on ±ε noise", .maxout, .maxout(.perturbed(.signNoise)))
  static let maxoutAgainstUniform = PapersNetwork(
    "maxout, trained on uniform noise", .maxout, .maxout(.perturbed(.uniformNoise)))
  static let maxoutWithL1 = PapersNetwork("maxout, L1 of 0.0025", .maxout, .maxout(.firstLayerL1(0.0025)))
  static let maxoutWithSigmoids = PapersNetwork(
    "maxout, independent sigmoids", .maxout, .maxout(.independentSigmoids))

  /// The first is ``maxout`` itself.
  static func ensemble(of count: Int) -> [PapersNetwork] {
    (0..<count).map { number in
      number == 0
        ? maxout
        : PapersNetwork("maxout \(number + 1)", .maxout, .maxout(.plain), seedOffset: UInt64(100 + number))
    }
  }

  // MARK: Beside the papers

  static let lenet = usual(.lenet, 0)

  /// Trained as suits the architecture; `number` from 0 on.
  static func usual(_ architecture: Architecture.Named, _ number: Int) -> PapersNetwork {
    PapersNetwork(
      numbered(architecture.rawValue, number), architecture, .usual, seedOffset: UInt64(number))
  }

  /// The same, shown its images with Gaussian noise.
  static func noisy(_ architecture: Architecture.Named, _ deviation: Double, _ number: Int) -> PapersNetwork {
    PapersNetwork(
      numbered("\(architecture.rawValue), noise of \(deviation)", number), architecture,
      .noisy(Float(deviation)), seedOffset: UInt64(number))
  }

  private static func numbered(_ name: String, _ number: Int) -> String {
    number == 0 ? name : "\(name), seed \(number + 1)"
  }

  /// Every network that some table asks for.
  static func all(_ scale: ReproductionScale) -> [PapersNetwork] {
    let lecture = scale.lecture
    let numbers = 0..<lecture.networkCount
    return table1 + halves + [
      softmax, rbf, rbfAsSoftmax, maxoutAgainstFGSM, maxoutAgainstSigns, maxoutAgainstUniform, maxoutWithL1,
      maxoutWithSigmoids, lenet,
    ] + ensemble(of: scale.ensembleSize)
      + lecture.architectures.flatMap { architecture in numbers.map { usual(architecture, $0) } }
      + lecture.deviations.flatMap { deviation in
        numbers.map { noisy(lecture.smoothedArchitecture, deviation, $0) }
      }
  }

  // MARK: Training

  /// ε of Goodfellow's training and attacks on MNIST.
  static let epsilon: Float = 0.25

  func training(_ scale: ReproductionScale, seed: UInt64) -> TrainingConfiguration {
    let seed = seed &+ seedOffset
    var training = architecture.recommendedTraining(seed: seed)
    switch kind {
    case .usual: break
    case .noisy(let deviation): training.augmentation.noise = deviation
    case .distances:
      training.loss = .exponential
      training.epochCount = max(training.epochCount, scale.maxoutEpochCount)
    case .published(let layerDecay):
      guard let published = architecture.publishedTraining(seed: seed) else {
        preconditionFailure("\(architecture) is no network of the paper")
      }
      training = published
      // Errors stand still long before; the classifier of the codes has long weights, to which the gradient is compared.
      training.optimizer = .lbfgs(gradientTolerance: architecture == .ae400 ? 1e-7 : 1e-5)
      training.penalties?.layerDecay = layerDecay
      training.epochCount = scale.iterationCount
      training.pretraining?.epochCount = scale.autoencoderEpochCount
    case .maxout(let change):
      training.epochCount = scale.maxoutEpochCount
      switch change {
      case .plain: break
      case .perturbed(let perturbation):
        training.adversarial = AdversarialTraining(perturbation, epsilon: Self.epsilon, cleanShare: 0.5)
      case .firstLayerL1(let coefficient): training.penalties = Penalties(firstLayerL1: coefficient)
      case .independentSigmoids: training.loss = .sigmoid
      }
    }
    return training
  }

  var folderName: String {
    let half = half.map { " half \($0)" } ?? ""
    return "\(name)\(half)".lowercased().replacing("'", with: "").replacing("±ε", with: "sign")
      .replacing("(", with: "-").replacing(")", with: "").replacing(",", with: "").replacing(" ", with: "-")
  }
}
