import Foundation
import Networks
import Tensors

/// Carlini and Wagner's attack for L2: distance and margin weighed by a constant, pixels through a hyperbolic tangent.
///
///     minimise ‖x′ − x‖₂² + c · max(m(x′) + κ, 0),   x′ = (tanh w + 1) / 2 scaled to the bounds
///
/// m is the margin, positive until the goal is reached; a success has m ≤ −κ, so κ is the confidence with which the
/// classifier must be fooled. Adam minimises over w from the clean image, with zero moments for each c. c starts at
/// `initialConstant`, grows tenfold until a success, and the interval is halved for the rest of `searchStepCount`. The
/// nearest of all successes, under any c, is proposed. Carlini, Wagner (2017), sections V and VI.
/// <https://arxiv.org/abs/1608.04644>
///
/// Notes and departures:
/// - Everything is per image: c, moments, and when to stop. A minimisation ends early when the objective has not fallen
///   by 0.01 % over a tenth of its iterations, but not in its first half: there pixels that began at 0 or 1 are still
///   on the flat ends of tanh.
/// - c is sufficient only if there was a success in the second half of its iterations. The first steps of Adam have the
///   length of the learning rate for any c, and may cross a near boundary when c is far too small to stay there.
/// - Distances are to the pixels of the clean image. w starts from 0.999999 times them, so that tanh has an inverse for
///   pixels that are exactly 0 or 1; the authors' code measures from there.
/// - Fewer iterations than the paper's 10,000.
public struct CarliniWagnerL2: Attack {
  public static let supportedNorms: [Norm] = [.l2]

  /// κ, in logits.
  public let confidence: Double
  public let initialConstant: Double
  /// Number of values of c that are tried.
  public let searchStepCount: Int
  /// Iterations of Adam for each c.
  public let iterationCount: Int
  public let learningRate: Double

  public init(
    confidence: Double = 0, initialConstant: Double = 1e-3, searchStepCount: Int = 9,
    iterationCount: Int = 1000, learningRate: Double = 0.01
  ) {
    precondition(confidence >= 0, "confidence must not be negative, got \(confidence)")
    precondition(initialConstant > 0 && learningRate > 0, "constant and learning rate must be positive")
    precondition(searchStepCount > 0 && iterationCount >= 0, "counts must not be negative")
    self.confidence = confidence
    self.initialConstant = initialConstant
    self.searchStepCount = searchStepCount
    self.iterationCount = iterationCount
    self.learningRate = learningRate
  }

  public var name: String { "cw" }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try LockStep.nearestImages(for: batch, under: threatModel, classifier: classifier) {
      CarliniWagnerSearch($0, settings: self)
    }
  }
}

/// The search for c of ``CarliniWagnerL2`` for one image.
private final class CarliniWagnerSearch: ImageSearch {
  private(set) var point: [Float]
  private(set) var isFinished = false
  private(set) var nearest = NearestFound()
  private(set) var hadZeroGradient = false

  private let image: SearchedImage
  private let settings: CarliniWagnerL2
  private let middle: Double
  private let halfWidth: Double
  private let start: [Double]
  private var variables: [Double]
  private var tangents: [Double]
  private var adam: AdamMoments

  private var constant: Double
  /// The largest c known to be too small, the smallest known to suffice.
  private var tooSmall = 0.0
  private var enough = Double.infinity
  private var searchStep = 0
  private var iteration = 0
  private var hasSucceeded = false
  private var earlierObjective = Double.infinity

  init(_ image: SearchedImage, settings: CarliniWagnerL2) {
    self.image = image
    self.settings = settings
    let (bottom, top) = (Double(image.bounds.lowerBound), Double(image.bounds.upperBound))
    let (middle, halfWidth) = ((bottom + top) / 2, (top - bottom) / 2)
    self.middle = middle
    self.halfWidth = halfWidth
    start = image.clean.map { atanh((Double($0) - middle) / halfWidth * 0.999999) }
    variables = start
    tangents = start.map { tanh($0) }
    adam = AdamMoments(count: start.count)
    constant = settings.initialConstant
    // The first query is the image itself, which is a success if the goal is already reached.
    point = image.clean
  }

  func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
    // Zero once the margin is large enough; then only the distance counts.
    guard image.margin(of: logits) + settings.confidence > 0 else { return }
    image.writeMarginGradient(of: logits, to: &gradient)
  }

  func absorb(logits: Span<Float>, gradient: Span<Float>) {
    let margin = image.margin(of: logits)
    let length = image.distance(to: point, in: .l2)
    if image.isReached(by: logits), margin <= -settings.confidence {
      nearest.offer(point, at: length)
      hasSucceeded = hasSucceeded || isInSecondHalf
    }
    if nearest.distance == 0 { return isFinished = true }
    let excess = max(margin + settings.confidence, 0)
    if excess > 0, gradient.withUnsafeBufferPointer({ $0.allSatisfy { $0 == 0 } }) { hadZeroGradient = true }
    let objective = length * length + constant * excess
    guard iteration < settings.iterationCount, !hasStalled(at: objective) else { return chooseNextConstant() }
    move(gradient)
    iteration += 1
  }

  /// Adam's first steps are as long for a small c as for a large one, and may cross a near boundary regardless of c.
  private var isInSecondHalf: Bool { 2 * iteration >= settings.iterationCount }

  private func hasStalled(at objective: Double) -> Bool {
    guard isInSecondHalf, iteration % max(settings.iterationCount / 10, 1) == 0 else {
      return false
    }
    defer { earlierObjective = objective }
    return objective > 0.9999 * earlierObjective
  }

  private func move(_ gradient: Span<Float>) {
    adam.advance()
    for index in variables.indices {
      let difference = Double(point[index]) - Double(image.clean[index])
      let slope = 2 * difference + constant * Double(gradient[index])
      let tangent = tangents[index]
      let step = adam.step(index, slope: slope * halfWidth * (1 - tangent * tangent))
      variables[index] -= settings.learningRate * step
    }
    writePoint()
  }

  private func writePoint() {
    for index in variables.indices {
      tangents[index] = tanh(variables[index])
      point[index] = image.pixel(middle + halfWidth * tangents[index])
    }
  }

  private func chooseNextConstant() {
    if hasSucceeded { enough = min(enough, constant) } else { tooSmall = max(tooSmall, constant) }
    searchStep += 1
    guard searchStep < settings.searchStepCount else { return isFinished = true }
    constant = enough.isInfinite ? constant * 10 : (tooSmall + enough) / 2
    iteration = 0
    hasSucceeded = false
    earlierObjective = .infinity
    adam = AdamMoments(count: start.count)
    variables = start
    writePoint()
  }
}
