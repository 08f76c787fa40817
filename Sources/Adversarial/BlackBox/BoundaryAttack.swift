import Networks
import Tensors

/// Boundary attack: a random walk along the decision boundary towards the image, using only the predicted class.
///
///     sideways    x̃′ = x + ‖x̃ − x‖ (x̃ − x + η) / ‖x̃ − x + η‖,   η ⊥ x̃ − x random, ‖η‖ = δ ‖x̃ − x‖
///     inwards     x̃″ = x̃′ + ε (x − x̃′)
///
/// x̃″ replaces x̃ if it is adversarial and nearer than x̃, clipping included. One try in ten also queries x̃′: δ grows
/// if more than half of these are adversarial, as for a planar boundary, and shrinks if fewer than a fifth are; ε is
/// adapted to the fraction of adversarial x̃″ likewise, between a tenth and a quarter. Each image has its own δ and ε.
/// Brendel, Rauber, Bethge (2018). <https://arxiv.org/abs/1712.04248>
///
/// The walk begins at the result of a bisection from a starting image.
public struct BoundaryAttack: BlackBoxAttack {
  public static let supportedNorms: [Norm] = [.l2]

  public let queryLimit: Int
  public let seed: UInt64
  public let startingImages: StartingImages?

  /// - Parameter startingImages: Required for targets; without them an image fails for which noise is not a valid
  ///   start.
  public init(queryLimit: Int = 5000, seed: UInt64 = 0, startingImages: StartingImages? = nil) {
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.queryLimit = queryLimit
    self.seed = seed
    self.startingImages = startingImages
  }

  public var name: String { "boundary" }

  /// - Precondition: The norm is L2.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(threatModel.norm == .l2, "the boundary attack walks in L2, not in \(threatModel.norm)")
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) {
      Search($0, SeededGenerator(seed: seed, purpose: "boundary attack", index: $1), startingImages)
    }
  }

  private final class Search: QuerySearch {
    private enum Phase {
      case starting(StartSearch)
      case bisecting(BoundaryBisection)
      case walking
    }

    private let image: SearchedImage
    private var generator: SeededGenerator
    private var phase: Phase
    private var current: [Float] = []
    private var distance = Double.infinity
    private var sideways = StepControl(size: 0.1, shares: 0.2...0.5)
    private var inwards = StepControl(size: 0.1, shares: 0.1...0.25)
    private var tries = 0
    /// Queries of this round, sideways first if there are two.
    private var candidates: [[Float]] = []
    private var taken = 0
    private var absorbed = 0

    init(_ image: SearchedImage, _ generator: SeededGenerator, _ owned: StartingImages?) {
      self.image = image
      self.generator = generator
      phase = .starting(StartSearch(image, owning: owned, using: &self.generator))
    }

    func beginRound(limit: Int) -> Int {
      (taken, absorbed) = (0, 0)
      switch phase {
      case .starting(var search):
        guard !search.isExhausted else { return 0 }
        candidates = [search.next(using: &generator)]
        phase = .starting(search)
      case .bisecting(let bisection):
        if let point = bisection.point {
          candidates = [point]
          break
        }
        current = bisection.end
        distance = image.distance(to: current, in: .l2)
        phase = .walking
        return beginRound(limit: limit)
      case .walking:
        // No further progress is possible in Float.
        guard distance > 0, inwards.size > 1e-7 else { return 0 }
        propose()
        if candidates.count > limit { candidates.removeFirst() }
      }
      return candidates.count
    }

    private func propose() {
      tries += 1
      let away = zip(current, image.clean).map { Double($0) - Double($1) }
      let draws = generator.normals(away.count).map(Double.init)
      let shadow = zip(draws, away).reduce(0) { $0 + $1.0 * $1.1 } / (distance * distance)
      let across = zip(draws, away).map { $0 - shadow * $1 }
      let length = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = length > 0 ? sideways.size * distance / length : 0
      // η ⊥ x̃ − x, so the sum is longer by this factor.
      let shrink = 1 / (1 + sideways.size * sideways.size).squareRoot()
      func candidate(_ inwards: Double) -> [Float] {
        zip(image.clean, zip(away, across)).map { clean, change in
          image.pixel(Double(clean) + (1 - inwards) * shrink * (change.0 + scale * change.1))
        }
      }
      candidates = [candidate(inwards.size)]
      if tries % 10 == 0 { candidates.insert(candidate(0), at: 0) }
    }

    func nextPoint() -> [Float] {
      defer { taken += 1 }
      return candidates[taken]
    }

    func absorb(_ answer: LabelAnswer, at point: [Float]) {
      let isAdversarial = image.isReached(byLabel: answer.label)
      absorbed += 1
      switch phase {
      case .starting:
        if isAdversarial {
          phase = .bisecting(BoundaryBisection(image, from: point, in: .l2, tolerance: 0x1p-10))
        }
      case .bisecting(var bisection):
        bisection.absorb(isAdversarial: isAdversarial)
        phase = .bisecting(bisection)
      case .walking:
        guard absorbed == candidates.count else { return sideways.count(isAdversarial) }
        let reached = image.distance(to: point, in: .l2)
        inwards.count(isAdversarial)
        if isAdversarial, reached < distance { (current, distance) = (point, reached) }
      }
    }

    func endRound() {}
  }
}

/// A step size that grows while it succeeds often and shrinks while it succeeds rarely.
private struct StepControl {
  private(set) var size: Double
  private let shares: ClosedRange<Double>
  private var successes = 0
  private var count = 0

  /// Number of results per decision.
  private static let window = 20

  init(size: Double, shares: ClosedRange<Double>) {
    (self.size, self.shares) = (size, shares)
  }

  mutating func count(_ isSuccess: Bool) {
    count += 1
    if isSuccess { successes += 1 }
    guard count == Self.window else { return }
    let share = Double(successes) / Double(count)
    if share > shares.upperBound { size = min(1.5 * size, 0.9) }
    if share < shares.lowerBound { size /= 1.5 }
    (successes, count) = (0, 0)
  }
}
