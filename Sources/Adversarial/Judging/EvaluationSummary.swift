import Tensors

/// The counts of an evaluation, each with its denominator.
public struct EvaluationSummary: Equatable, Codable, Sendable {
  /// Clean images classified correctly, of all images.
  public let cleanAccuracy: Proportion
  /// Successes, of the images attacked: those classified correctly before and, for a targeted attack, not already
  /// of the target class.
  public let success: Proportion
  /// Returned images classified correctly, of all images: the robust accuracy under this attack.
  public let robustAccuracy: Proportion
  /// Successes that survive rounding to 8 bits, of all successes.
  public let survival: Proportion
  /// The number skipped because the clean image is misclassified.
  public let alreadyWrongCount: Int
  /// The number skipped because the label is the target.
  public let alreadyTargetCount: Int
  /// Number of proposals that had to be projected onto ball or box.
  public let projectedCount: Int
  /// Number of attacked images with a zero gradient.
  public let zeroGradientCount: Int
  /// Number of attacked images with several queries that all gave the same answer; nil if there were no queries, and in
  /// records of earlier versions.
  public let sameAnswerCount: Int?
  /// Median over the successes; `nil` when there is none.
  public let medianL2: Double?
  public let medianLinf: Double?
  /// The mean of √(mean d²) over the successes, as reported by Szegedy et al. (2013); `nil` when there is none.
  public let meanDistortion: Double?
  public let isTargeted: Bool
  /// The attack's queries to the classifier over all images attacked; `nil` if not counted.
  public let cost: ClassifierCost?

  /// - Parameter cost: Cost of the attack on all of `images`.
  public init(of images: [AttackedImage], cost: ClassifierCost? = nil) {
    func count(_ condition: (AttackedImage) -> Bool) -> Int { images.count(where: condition) }
    let successes = images.filter { $0.verdict == .succeeded }
    cleanAccuracy = Proportion(count { $0.before.label == $0.label }, of: images.count)
    success = Proportion(successes.count, of: count { !$0.verdict.isSkipped })
    robustAccuracy = Proportion(count(\.isRobust), of: images.count)
    survival = Proportion(successes.count { $0.survives8Bit == true }, of: successes.count)
    alreadyWrongCount = count { $0.verdict == .alreadyWrong }
    alreadyTargetCount = count { $0.verdict == .alreadyTarget }
    projectedCount = count(\.wasProjected)
    zeroGradientCount = count(\.hadZeroGradient)
    let asked = images.compactMap(\.queries).filter { $0.queryCount > 1 && $0.answersDiffer != nil }
    sameAnswerCount = asked.isEmpty ? nil : asked.count { $0.answersDiffer == false }
    medianL2 = Statistics.median(successes.map(\.distortion.l2))
    medianLinf = Statistics.median(successes.map(\.distortion.linf))
    meanDistortion =
      successes.isEmpty
      ? nil : successes.reduce(0) { $0 + $1.distortion.rootMeanSquare } / Double(successes.count)
    isTargeted = images.contains { $0.target != nil }
    self.cost = cost
  }

  /// Mean forward passes per attacked image; `nil` if not counted or nothing was attacked.
  public var forwardsPerImage: Double? { perImage(cost?.forwards) }
  /// Mean backward passes per attacked image.
  public var backwardsPerImage: Double? { perImage(cost?.backwards) }

  private func perImage(_ passes: Int?) -> Double? {
    guard let passes, success.total > 0 else { return nil }
    return Double(passes) / Double(success.total)
  }
}
