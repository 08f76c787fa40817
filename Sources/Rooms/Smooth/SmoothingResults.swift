import Adversarial
import Inference
import Networks
import Storage
import Tensors

/// What smoothing gives and takes: in accuracy, in radii that are certain, and under attack.
public struct SmoothingResults: Codable, Sendable {
  /// One network under one deviation of noise.
  public struct Level: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    public var trainingNoise: TrainingNoise
    /// σ
    public var deviation: Double
    /// Right without noise.
    public var base: Proportion
    /// Of all noisy copies of all images, those taken for the image's class: what one draw at inference gives.
    public var oneDraw: Double
    /// The vote's answers; of all images.
    public var right: Proportion
    public var wrong: Proportion
    public var abstained: Proportion
    /// Images certified to be of their class within a radius larger than each; it begins at 0.
    public var certified: RobustAccuracyCurve
    /// Mean radius, 0 where nothing true is certified.
    public var meanRadius: Double
    /// The radius of an image whose draws all agree: no more can be certified by so many.
    public var largestRadius: Double
    public var attacks: [Attack]
  }

  /// What is left at one radius.
  public struct Attack: Codable, Sendable {
    public var epsilon: Double
    /// Images certified to this radius.
    public var certified: Proportion
    /// Images answered right when clean, and at this radius and every smaller one.
    public var robust: Proportion
    /// The same with those that got no answer: not taken for another class.
    public var notLost: Proportion
    /// Of the attacked ones, without an answer.
    public var abstained: Proportion
    /// Answers that contradict a certificate: none, but for α.
    public var violations: Proportion
    /// Images that the network without noise gets right, under the attack on itself at this radius and every smaller one too.
    public var base: Proportion
  }

  /// What a network was shown beside its images. In JSON σ, 0 for none, words for another kind, null where nobody knows.
  public enum TrainingNoise: Codable, Equatable, Sendable {
    case none
    /// σ
    case gaussian(Float)
    /// In words.
    case other(String)
    /// The model does not say how it was trained.
    case unknown
  }

  public var dataName: String
  public var heldOutCount: Int
  public var imageCount: Int
  public var selectionCount: Int
  public var estimationCount: Int
  public var alpha: Double
  public var seed: UInt64
  public var levels: [Level]

  package init(
    dataName: String, heldOutCount: Int, levels: [Level],
    _ configuration: SmoothingExperiment.Configuration
  ) {
    self.dataName = dataName
    self.heldOutCount = heldOutCount
    imageCount = levels[0].right.total
    selectionCount = configuration.selectionCount
    estimationCount = configuration.estimationCount
    alpha = configuration.alpha
    seed = configuration.seed
    self.levels = levels
  }
}

extension SmoothingResults.Level {
  init(
    model: Model, checksum: String, deviation: Double, part: SmoothingPart, attacks: [SmoothingAttackPart],
    _ configuration: SmoothingExperiment.Configuration
  ) {
    let images = part.images
    let count = images.count
    modelName = model.network.graph.architecture.name
    modelChecksum = checksum
    trainingNoise = SmoothingResults.TrainingNoise(of: model.provenance.training)
    self.deviation = deviation
    base = Proportion(images.count { $0.basePrediction == $0.label }, of: count)
    let votes = images.reduce(0) { $0 + $1.certificate.counts[$1.label] }
    oneDraw = Double(votes) / Double(count * configuration.estimationCount)
    let labels = images.map { $0.label(alpha: configuration.alpha) }
    right = Proportion(zip(images, labels).count { $0.label == $1 }, of: count)
    abstained = Proportion(labels.count { $0 == nil }, of: count)
    wrong = Proportion(count - right.count - abstained.count, of: count)
    let radii = images.map(\.certifiedRadius)
    certified = RobustAccuracyCurve(distances: radii, norm: .l2)
    meanRadius = radii.reduce(0, +) / Double(count)
    largestRadius = SmoothedCertificate.largestRadius(
      deviation: deviation, count: configuration.estimationCount, alpha: configuration.alpha)
    self.attacks = Self.attacks(
      attacks, images: images, right: right.count, baseRight: base.count, certified)
  }

  /// By ascending radius. What one attack took a larger one takes too, as the smaller perturbation is still allowed.
  private static func attacks(
    _ parts: [SmoothingAttackPart], images: [SmoothedImage], right: Int, baseRight: Int,
    _ certified: RobustAccuracyCurve
  ) -> [SmoothingResults.Attack] {
    let certificates = Dictionary(uniqueKeysWithValues: images.map { ($0.imageID, $0.certificate) })
    var (lost, unanswered, baseLost): (Set<Int>, Set<Int>, Set<Int>) = ([], [], [])
    return parts.sorted { $0.epsilon < $1.epsilon }.map { part in
      let attacked = part.evaluation.images
      lost.formUnion(attacked.filter(\.isLost).map(\.imageID))
      unanswered.formUnion(attacked.filter { !$0.isRight }.map(\.imageID))
      baseLost.formUnion(part.baseLost)
      let epsilon = part.epsilon
      let violations = attacked.count { image in certificates[image.imageID].map(image.violates) ?? false }
      let covered = attacked.count { image in
        certificates[image.imageID].map { $0.holds($0.leading, within: image.distance) } ?? false
      }
      return SmoothingResults.Attack(
        epsilon: epsilon, certified: certified.accuracy(at: epsilon),
        robust: Proportion(right - unanswered.count, of: images.count),
        notLost: Proportion(right - lost.count, of: images.count),
        abstained: Proportion(attacked.count(where: \.answer.isAbstained), of: attacked.count),
        violations: Proportion(violations, of: covered),
        base: Proportion(baseRight - baseLost.count, of: images.count))
    }
  }
}

extension SmoothingResults {
  /// `lenet`, and which where there are several.
  package func modelName(of level: Level) -> String {
    let others = levels.filter { $0.modelName == level.modelName && $0.modelChecksum != level.modelChecksum }
    guard !others.isEmpty else { return level.modelName }
    let noise = others.contains { $0.trainingNoise == level.trainingNoise } ? nil : level.trainingNoise.short
    return "\(level.modelName) (\(noise ?? String(level.modelChecksum.prefix(8))))"
  }

  /// `lenet, σ = 0.25`
  package func name(of level: Level) -> String { "\(modelName(of: level)), σ = \(level.deviation)" }
}

extension SmoothingResults.TrainingNoise {
  /// A number, words, or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .unknown
    } else if let deviation = try? container.decode(Float.self) {
      self = deviation == 0 ? .none : .gaussian(deviation)
    } else {
      self = .other(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode(Float(0))
    case .gaussian(let deviation): try container.encode(deviation)
    case .other(let kind): try container.encode(kind)
    case .unknown: try container.encodeNil()
    }
  }

  init(of training: TrainingConfiguration?) {
    guard let training else {
      self = .unknown
      return
    }
    let augmentation = training.augmentation
    self =
      switch training.adversarial?.perturbation {
      case .signNoise: .other("noise of random sign")
      case .uniformNoise: .other("uniform noise")
      case .fgsm, .pgd: .other("adversarial images")
      case nil where augmentation.noise > 0: .gaussian(augmentation.noise)
      case nil where augmentation.corruptions.contains(.gaussianNoise): .other("noise among corruptions")
      case nil: .none
      }
  }

  /// In sentences: `trained with noise of 0.25`.
  package var words: String {
    switch self {
    case .none: "trained without noise"
    case .gaussian(let deviation): "trained with noise of \(deviation)"
    case .other(let kind): "trained with \(kind)"
    case .unknown: "trained nobody knows how"
    }
  }

  /// In legends.
  package var short: String {
    switch self {
    case .none: "no noise in training"
    case .gaussian(let deviation): "trained with \(deviation)"
    case .other(let kind): kind
    case .unknown: "unknown training"
    }
  }

  /// In tables: σ, 0 without noise, words of another kind; empty: unknown.
  package var field: any CSVValue {
    switch self {
    case .none: 0
    case .gaussian(let deviation): deviation
    case .other(let kind): kind
    case .unknown: ""
    }
  }
}

extension SmoothingResults.Level: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(oneDraw, "oneDraw")
    try requirePositive(deviation, "deviation")
  }
}

extension SmoothingResults.Attack: Checked {
  public func check() throws(CheckFailure) {
    try requireNotNegative(epsilon, "epsilon")
  }
}
