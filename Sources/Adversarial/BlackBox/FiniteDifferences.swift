import Networks
import Tensors

/// The gradient sign method with a gradient estimated one pixel at a time.
///
///     gⱼ = (f(x + hⱼ eⱼ) − f(x)) / hⱼ,   f the margin z_y − max z
///     x ← Π(x − s · step(g)),   s = min(1, 2.5 / steps) ε
///
/// The straightforward black-box method: d + 1 queries for each step on an image of d values, and one more at the end.
/// hⱼ is negative where the pixel could not increase. With few queries left, the pixels queried are drawn at random and
/// the others stay. Bhagoji et al. (2018), section 3.2, who use central differences, at 2 d queries.
/// <https://arxiv.org/abs/1712.09491>
public struct FiniteDifferences: BlackBoxAttack {
  public static let supportedNorms: [Norm] = [.linf, .l2]

  /// Least |h|: more than the spacing of Floats anywhere in [0, 1].
  public static let leastOffset = 1e-6

  public let stepCount: Int
  /// |h|
  public let offset: Double
  public let queryLimit: Int
  public let seed: UInt64

  /// - Parameter seed: Seeds the order of the pixels.
  public init(stepCount: Int = 1, offset: Double = 0.01, queryLimit: Int = 5000, seed: UInt64 = 0) {
    precondition(stepCount > 0, "the number of steps must be positive, got \(stepCount)")
    precondition(
      offset >= Self.leastOffset, "pixels are moved by \(Self.leastOffset) at least, got \(offset)")
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.stepCount = stepCount
    self.offset = offset
    self.queryLimit = queryLimit
    self.seed = seed
  }

  public var name: String { "finite-differences" }

  /// - Precondition: ε is finite, and the norm one of ``supportedNorms``.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "\(name) needs a budget")
    precondition(Self.supportedNorms.contains(threatModel.norm), "\(name) steps in L∞ or L2")
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) { Search($0, SeededGenerator(seed: seed, purpose: "finite differences", index: $1), threatModel, self) }
  }

  private final class Search: QuerySearch {
    private let image: SearchedImage
    private let threatModel: ThreatModel
    private let settings: FiniteDifferences
    private var generator: SeededGenerator
    private var current: [Float]
    private var slopes: [Float]
    /// Pixels of this step, and the number already queried.
    private var pixels: [Int] = []
    private var taken = 0
    private var absorbed = 0
    /// f at the current image, once it is known.
    private var margin: Double?
    private var stepsLeft: Int

    init(
      _ image: SearchedImage, _ generator: SeededGenerator, _ threatModel: ThreatModel,
      _ settings: FiniteDifferences
    ) {
      self.image = image
      self.generator = generator
      self.threatModel = threatModel
      self.settings = settings
      current = image.clean
      slopes = current.map { _ in 0 }
      stepsLeft = settings.stepCount
    }

    /// Queries the current image, which also shows whether it is adversarial, then its pixels one by one.
    func beginRound(limit: Int) -> Int {
      guard margin != nil else { return 1 }
      guard stepsLeft > 0 else { return 0 }
      // One query is reserved for the image that the step leads to.
      pixels = Array(generator.permutation(current.count).prefix(limit - 1))
      (taken, absorbed) = (0, 0)
      return pixels.count
    }

    func nextPoint() -> [Float] {
      var point = current
      guard margin != nil else { return point }
      let pixel = pixels[taken]
      let moved = image.pixel(Double(point[pixel]) + settings.offset)
      point[pixel] = moved > point[pixel] ? moved : image.pixel(Double(point[pixel]) - settings.offset)
      taken += 1
      return point
    }

    func absorb(_ answer: ScoreAnswer, at point: [Float]) {
      let value = image.margin(of: answer.scores.span)
      guard let margin else { return self.margin = value }
      let pixel = pixels[absorbed]
      let moved = Double(point[pixel]) - Double(current[pixel])
      // In a box much wider than [0, 1] a pixel may be too large to resolve the offset.
      slopes[pixel] = moved == 0 ? 0 : Float((value - margin) / moved)
      absorbed += 1
    }

    func endRound() {
      guard !pixels.isEmpty else { return }
      let size = min(1, 2.5 / Double(settings.stepCount)) * Double(threatModel.epsilon)
      if let direction = AscentDirection(along: slopes, in: threatModel.norm) {
        let moved = zip(current, slopes).map { Float(Double($0) - size * direction($1)) }
        current = threatModel.projected(moved[...], around: image.clean[...])
      }
      slopes = current.map { _ in 0 }
      pixels = []
      margin = nil
      stepsLeft -= 1
    }
  }
}
