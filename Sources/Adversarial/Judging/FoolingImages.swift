import Networks
import Tensors

/// Noise images that a classifier assigns to a class after one step.
///
///     x ~ N(0, I),   x′ = x + ε sign ∇ₓ p(y = i | x),   success: p(y = i | x′) ≥ threshold
///
/// for every class i, sign(0) = 0. Goodfellow, Shlens, Szegedy (2015), appendix. <https://arxiv.org/abs/1412.6572>
///
/// Neither x nor x′ is clipped to [0, 1]: the noise is outside to begin with. Some noise is accepted as the class
/// without any step; it is counted separately, because it is not a success of the step.
public struct FoolingImages: Codable, Equatable, Sendable {
  /// Outcome for one class.
  public struct Outcome: Codable, Equatable, Sendable {
    /// p(y = i | x) ≥ threshold, before the step.
    public var before: Proportion
    /// p(y = i | x′) ≥ threshold.
    public var fooled: Proportion
    /// The same, among those below the threshold before.
    public var gained: Proportion
    /// Mean p(y = i | x′) over `fooled`; nil where there are none.
    public var meanConfidence: Double?
    /// Images with a gradient that was zero in every pixel, so that nothing moved.
    public var zeroGradientCount: Int
  }

  /// One step of several images towards one class.
  public struct Step: Sendable {
    /// x′, with the shape of the noise.
    public var images: Tensor
    /// p(y = i | x) of each image.
    public var before: [Double]
    /// p(y = i | x′)
    public var after: [Double]
    public var zeroGradientCount: Int
  }

  /// One outcome per class, in their order.
  public var outcomes: [Outcome]

  /// Number of images processed at a time: memory does not grow with their total.
  public static let portion = 256

  /// - Parameters:
  ///   - count: Number of noise images, the first ones of ``RubbishClass/noise(_:shape:seed:workerCount:)``; each is
  ///     moved towards every class.
  ///   - progress: Called with the number of steps done, of `count` times the number of classes; an error it throws
  ///     stops the work.
  /// - Throws: What `classifier` and `progress` throw.
  public init(
    count: Int, epsilon: Double, threshold: Double = 0.5, scores: ScoreKind, seed: UInt64,
    classifier: some DifferentiableClassifier, progress: (_ stepCount: Int) throws -> Void = { _ in }
  ) throws {
    var stepCount = 0
    var tallies = [Tally](repeating: Tally(), count: classifier.classCount)
    for numbers in Workers.pieces(of: count, length: Self.portion) {
      let noise = RubbishClass.noise(numbers, shape: classifier.inputShape, seed: seed)
      for label in 0..<classifier.classCount {
        let step = try Self.step(
          from: noise, towards: label, epsilon: epsilon, scores: scores, classifier: classifier)
        tallies[label].add(step, threshold: threshold)
        stepCount += numbers.count
        try progress(stepCount)
      }
    }
    outcomes = tallies.map(\.outcome)
  }

  /// x′ of the given images, with the probabilities before and after.
  ///
  /// - Parameters:
  ///   - noise: `[count, channels, height, width]`, any finite values.
  ///   - epsilon: The change of every pixel; finite, not negative.
  public static func step(
    from noise: Tensor, towards label: Int, epsilon: Double, scores: ScoreKind,
    classifier: some DifferentiableClassifier
  ) throws -> Step {
    precondition(epsilon >= 0 && epsilon.isFinite, "epsilon must be finite and non-negative, got \(epsilon)")
    let (logits, gradients) = try classifier.logitsAndImageGradients(of: noise) { _, logits, gradient in
      scores.writeAscentDirection(of: logits, label: label, to: &gradient)
    }
    let moved = Tensor(
      shape: noise.shape,
      elements: zip(noise.elements, gradients.elements).map { value, slope in
        slope == 0 ? value : Float(Double(value) + (slope > 0 ? epsilon : -epsilon))
      })
    func probabilities(_ logits: Tensor) -> [Double] {
      (0..<logits.count).map { scores.probabilities(of: logits[row: $0])[label] }
    }
    return Step(
      images: moved, before: probabilities(logits), after: probabilities(try classifier.logits(of: moved)),
      zeroGradientCount: (0..<noise.count).count { row in gradients[row: row].allSatisfy { $0 == 0 } })
  }

  private struct Tally {
    private var total = 0
    private var before = 0
    private var fooled = 0
    private var gained = 0
    private var confidence = 0.0
    private var zeroGradients = 0

    mutating func add(_ step: Step, threshold: Double) {
      total += step.after.count
      zeroGradients += step.zeroGradientCount
      for (earlier, later) in zip(step.before, step.after) {
        if earlier >= threshold { before += 1 }
        guard later >= threshold else { continue }
        fooled += 1
        confidence += later
        if earlier < threshold { gained += 1 }
      }
    }

    var outcome: Outcome {
      Outcome(
        before: Proportion(before, of: total), fooled: Proportion(fooled, of: total),
        gained: Proportion(gained, of: total - before),
        meanConfidence: fooled > 0 ? confidence / Double(fooled) : nil, zeroGradientCount: zeroGradients)
    }
  }
}

extension FoolingImages.Outcome: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(meanConfidence, "meanConfidence")
  }
}
