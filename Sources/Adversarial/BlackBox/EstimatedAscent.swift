import Networks
import Tensors

/// Follows a gradient estimated from random pairs of queries: natural evolution strategies, and simultaneous
/// perturbation.
///
///     nes    u ~ N(0, I)       m ← 0.9 m + 0.1 g,   x ← Π(x − s · step(m))     Ilyas et al. (2018), section 2.2
///     spsa   u = ±1            x ← Π(x − s · Adam(g))                          Uesato et al. (2018), section 4.2
///
/// g is the ``GradientEstimate`` of the margin, z_y − max z, from n/2 pairs clip(x ± σu); the margin, because a
/// probability near 1 hardly changes. Π projects onto the nearest allowed image. Both papers let queries leave the box;
/// here they stay inside, since a service accepts only images. m is in the code of Ilyas et al., not in their text: a
/// single estimate from a hundred queries in 784 dimensions has a cosine of about a quarter with the gradient.
///
/// <https://arxiv.org/abs/1804.08598> <https://arxiv.org/abs/1802.05666>
///
/// A step costs n + 1 queries: the pairs, and one that checks whether the new image is adversarial.
public struct EstimatedAscent: BlackBoxAttack {
  public enum Kind: String, Codable, Sendable {
    case nes, spsa
  }

  public static let supportedNorms: [Norm] = [.linf, .l2]
  /// With a smaller offset, a pixel in Float changes by too few steps to determine its slope.
  public static let leastRadius = 1e-6
  /// For a pair and the image that it leads to; with fewer queries nothing is queried.
  public static let leastQueryCount = 3

  public let kind: Kind
  /// n: the number of queries per estimate.
  public let sampleCount: Int
  /// σ
  public let radius: Double
  /// s as a fraction of ε.
  public let relativeStepSize: Double
  public let queryLimit: Int
  public let seed: UInt64

  /// - Parameter sampleCount: Even.
  public init(
    _ kind: Kind, sampleCount: Int = 100, radius: Double = 0.05, relativeStepSize: Double = 0.1,
    queryLimit: Int = 5000, seed: UInt64 = 0
  ) {
    precondition(
      sampleCount >= 2 && sampleCount % 2 == 0, "samples come in pairs, at least one, got \(sampleCount)")
    precondition(
      radius >= Self.leastRadius && radius <= 1, "pixels are moved by \(Self.leastRadius) to 1, got \(radius)"
    )
    precondition(relativeStepSize > 0, "a step must be positive, got \(relativeStepSize)")
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.kind = kind
    self.sampleCount = sampleCount
    self.radius = radius
    self.relativeStepSize = relativeStepSize
    self.queryLimit = queryLimit
    self.seed = seed
  }

  public var name: String { kind.rawValue }

  /// - Precondition: ε is finite, and the norm one of ``supportedNorms``.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "\(name) needs a budget")
    precondition(Self.supportedNorms.contains(threatModel.norm), "\(name) steps in L∞ or L2")
    let purpose: StaticString = kind == .nes ? "nes" : "spsa"
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) { Search($0, SeededGenerator(seed: seed, purpose: purpose, index: $1), threatModel, self) }
  }

  private final class Search: QuerySearch {
    private let image: SearchedImage
    private let threatModel: ThreatModel
    private let settings: EstimatedAscent
    private var generator: SeededGenerator
    private var current: [Float]
    private var estimate: GradientEstimate
    private var adam: AdamMoments
    /// m
    private var mean: [Double]
    private var pairsLeft = 0
    /// The second point of the current pair.
    private var partner: [Float]?
    private var upper: (point: [Float], margin: Double)?
    private var wantsVerdict = false

    init(
      _ image: SearchedImage, _ generator: SeededGenerator, _ threatModel: ThreatModel,
      _ settings: EstimatedAscent
    ) {
      self.image = image
      self.generator = generator
      self.threatModel = threatModel
      self.settings = settings
      current = image.clean
      estimate = GradientEstimate(pixelCount: current.count)
      adam = AdamMoments(count: current.count)
      mean = [Double](repeating: 0, count: current.count)
    }

    /// The pairs, then a round of one query for the image that they lead to.
    func beginRound(limit: Int) -> Int {
      if wantsVerdict { return 1 }
      pairsLeft = min(settings.sampleCount, limit - 1) / 2
      estimate = GradientEstimate(pixelCount: current.count)
      return 2 * pairsLeft
    }

    func nextPoint() -> [Float] {
      if wantsVerdict { return current }
      if let point = partner {
        partner = nil
        return point
      }
      let draws: [Double] =
        switch settings.kind {
        case .nes: generator.normals(current.count).map(Double.init)
        case .spsa: (0..<current.count).map { _ in generator.next() & 1 == 0 ? 1 : -1 }
        }
      func moved(_ sign: Double) -> [Float] {
        zip(current, draws).map { image.pixel(Double($0) + sign * settings.radius * $1) }
      }
      partner = moved(-1)
      return moved(1)
    }

    func absorb(_ answer: ScoreAnswer, at point: [Float]) {
      guard !wantsVerdict else { return }
      let margin = image.margin(of: answer.scores.span)
      if let upper {
        estimate.add(upper.margin - margin, from: point, to: upper.point)
        self.upper = nil
      } else {
        upper = (point, margin)
      }
    }

    func endRound() {
      defer { wantsVerdict.toggle() }
      guard !wantsVerdict else { return }
      let size = settings.relativeStepSize * Double(threatModel.epsilon)
      let gradient = estimate.gradient
      let step: [Double]
      switch settings.kind {
      case .nes:
        for pixel in mean.indices { mean[pixel] = 0.9 * mean[pixel] + 0.1 * gradient[pixel] }
        let slopes = mean.map { Float(-$0) }
        guard let direction = AscentDirection(along: slopes, in: threatModel.norm) else { return }
        step = slopes.map { size * direction($0) }
      case .spsa:
        adam.advance()
        step = gradient.indices.map { -size * adam.step($0, slope: gradient[$0]) }
      }
      let moved = zip(current, step).map { Float(Double($0) + $1) }
      current = threatModel.projected(moved[...], around: image.clean[...])
    }
  }
}
