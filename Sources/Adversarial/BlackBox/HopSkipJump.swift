import Networks
import Tensors

/// HopSkipJump: estimates the boundary normal from labels alone, jumps along it and bisects back.
///
///     φ(x′) = +1 if the goal is reached, −1 otherwise
///     v = Σ_b (φ(x̃ + δ u_b) − φ̄) u_b
///     x̃ ← bisection of x̃ + ξ v / ‖v‖₂ in L2, of x̃ + ξ sign v in L∞, towards x
///
/// In step t the sum has n √t terms; δ is the distance over d in L2, and d θ times the distance in L∞; ξ starts at
/// distance / √t and is halved until the goal is reached. θ, the precision of a bisection, is d^−3/2 in L2 and d⁻² in
/// L∞. Chen, Jordan, Wainwright (2020), algorithms 1 and 2. <https://arxiv.org/abs/1904.02144>
///
/// Queries are clipped to the box, and u_b is the clipped offset, as in the authors' code. In the first step δ is a
/// tenth of the range of pixels; later its distance is the one after the bisection. θ is never smaller than 2⁻²⁰, the
/// limit of Float, and bisections are no coarser than 2⁻¹⁰ for any d.
public struct HopSkipJump: BlackBoxAttack {
  public static let supportedNorms: [Norm] = [.l2, .linf]

  /// n
  public let sampleCount: Int
  public let queryLimit: Int
  public let seed: UInt64
  public let startingImages: StartingImages?

  /// Maximum number of terms of an estimate.
  static let largestSampleCount = 10_000

  /// - Parameter startingImages: Required for targets; without them an image fails for which noise is not a valid
  ///   start.
  public init(
    sampleCount: Int = 100, queryLimit: Int = 5000, seed: UInt64 = 0, startingImages: StartingImages? = nil
  ) {
    precondition(sampleCount > 1, "an estimate needs at least two samples, got \(sampleCount)")
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.sampleCount = sampleCount
    self.queryLimit = queryLimit
    self.seed = seed
    self.startingImages = startingImages
  }

  public var name: String { "hop-skip-jump" }

  /// - Precondition: The norm is one of ``supportedNorms``.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(Self.supportedNorms.contains(threatModel.norm), "\(name) jumps in L2 or L∞")
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) {
      Search($0, SeededGenerator(seed: seed, purpose: "hop skip jump", index: $1), threatModel.norm, self)
    }
  }

  private final class Search: QuerySearch {
    private enum Phase {
      case starting(StartSearch)
      case bisecting(BoundaryBisection)
      case estimating(BoundaryDirection)
      case jumping(direction: [Double], size: Double)
    }

    private let image: SearchedImage
    private let norm: Norm
    private let settings: HopSkipJump
    private var generator: SeededGenerator
    private var phase: Phase
    /// θ
    private let precision: Double
    private var current: [Float] = []
    private var distance = Double.infinity
    private var step = 0
    private var candidate: [Float] = []

    init(
      _ image: SearchedImage, _ generator: SeededGenerator, _ norm: Norm, _ settings: HopSkipJump
    ) {
      self.image = image
      self.generator = generator
      self.norm = norm
      self.settings = settings
      let dimension = Double(image.clean.count)
      precision = max(
        norm == .l2 ? 1 / (dimension * dimension.squareRoot()) : 1 / (dimension * dimension), 0x1p-20)
      phase = .starting(StartSearch(image, owning: settings.startingImages, using: &self.generator))
    }

    func beginRound(limit: Int) -> Int {
      switch phase {
      case .starting(var search):
        guard !search.isExhausted else { return 0 }
        candidate = search.next(using: &generator)
        phase = .starting(search)
      case .bisecting(let bisection):
        if let point = bisection.point {
          candidate = point
          break
        }
        current = bisection.end
        distance = image.distance(to: current, in: norm)
        guard distance > 0 else { return 0 }
        step += 1
        phase = .estimating(BoundaryDirection(around: current, radius: radius, in: norm))
        return beginRound(limit: limit)
      case .estimating:
        let wanted = Int(Double(settings.sampleCount) * Double(step).squareRoot())
        // At least one query is reserved for the jump.
        return max(0, min(wanted, HopSkipJump.largestSampleCount, limit - 1))
      case .jumping(let direction, let size):
        // A jump below Float resolution leads nowhere; another estimate may help.
        guard size > 1e-6 * distance else {
          step += 1
          phase = .estimating(BoundaryDirection(around: current, radius: radius, in: norm))
          return beginRound(limit: limit)
        }
        candidate = zip(current, direction).map { image.pixel(Double($0) + size * $1) }
      }
      return 1
    }

    /// δ; in the first step the distance is not yet related to the boundary.
    private var radius: Double {
      let dimension = Double(current.count)
      if step == 1 { return 0.1 * Double(image.bounds.upperBound - image.bounds.lowerBound) }
      return norm == .l2 ? distance * precision * dimension.squareRoot() : distance * precision * dimension
    }

    func nextPoint() -> [Float] {
      guard case .estimating(let estimate) = phase else { return candidate }
      return estimate.point(in: image, using: &generator)
    }

    func absorb(_ answer: LabelAnswer, at point: [Float]) {
      let isAdversarial = image.isReached(byLabel: answer.label)
      switch phase {
      case .starting:
        if isAdversarial { bisect(from: point) }
      case .bisecting(var bisection):
        bisection.absorb(isAdversarial: isAdversarial)
        phase = .bisecting(bisection)
      case .estimating(var estimate):
        // Leaves a single owner, so that sums are not copied with every answer.
        phase = .jumping(direction: [], size: 0)
        estimate.add(point, isAdversarial: isAdversarial)
        phase = .estimating(estimate)
      case .jumping(let direction, let size):
        if isAdversarial {
          bisect(from: point)
        } else {
          phase = .jumping(direction: direction, size: size / 2)
        }
      }
    }

    private func bisect(from point: [Float]) {
      phase = .bisecting(BoundaryBisection(image, from: point, in: norm, tolerance: min(precision, 0x1p-10)))
    }

    func endRound() {
      guard case .estimating(let estimate) = phase else { return }
      phase = .jumping(direction: estimate.direction, size: distance / Double(step).squareRoot())
    }
  }
}

/// The estimate v, accumulated as answers arrive.
struct BoundaryDirection {
  private let centre: [Float]
  private let radius: Double
  private let norm: Norm
  private var sum: [Double]
  /// Σ φ_b u_b
  private var signedSum: [Double]
  private var signs = 0
  private var count = 0

  init(around centre: [Float], radius: Double, in norm: Norm) {
    self.centre = centre
    self.radius = radius
    self.norm = norm
    sum = [Double](repeating: 0, count: centre.count)
    signedSum = sum
  }

  /// A random point at distance δ: normal in L2, uniform in the cube in L∞, both scaled to L2 length 1.
  func point(in image: SearchedImage, using generator: inout SeededGenerator) -> [Float] {
    let draws =
      norm == .l2
      ? generator.normals(centre.count).map(Double.init) : centre.map { _ in 2 * generator.uniform() - 1 }
    let length = draws.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let scale = length > 0 ? radius / length : 0
    return zip(centre, draws).map { image.pixel(Double($0) + scale * $1) }
  }

  mutating func add(_ point: [Float], isAdversarial: Bool) {
    count += 1
    signs += isAdversarial ? 1 : -1
    for pixel in sum.indices {
      let offset = Double(point[pixel]) - Double(centre[pixel])
      sum[pixel] += offset
      signedSum[pixel] += isAdversarial ? offset : -offset
    }
  }

  /// A vector of length 1 in L2, or of signs. If all answers agree, ± the mean of the queried offsets.
  var direction: [Double] {
    let mean = count > 0 ? Double(signs) / Double(count) : 0
    let centred =
      abs(signs) == count ? signedSum : zip(signedSum, sum).map { $0 - mean * $1 }
    guard norm == .l2 else { return centred.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 } }
    let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? centred.map { $0 / length } : centred
  }
}
