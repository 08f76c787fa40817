import Networks
import ShiftRoom

/// How much is spent on the lecture's questions.
public struct LectureScale: Codable, Equatable, Sendable {
  /// Networks of each kind, each with a seed of its own: intervals are over them.
  public var networkCount: Int

  /// Of networks that are attacked by asking; the last one is the black box of substitutes.
  public var architectures: [Architecture.Named]
  /// Images that are attacked by asking.
  public var attackedCount: Int
  /// Of each image; pixel by pixel there are more.
  public var queryLimit: Int
  /// How often the images doubled that a substitute is trained on.
  public var roundCount: Int

  /// Of networks that vote on noisy copies.
  public var smoothedArchitecture: Architecture.Named
  /// σ, of training and of the vote.
  public var deviations: [Double]
  public var smoothedCount: Int
  /// Noisy copies that estimate a share.
  public var sampleCount: Int

  public var privacyEpsilons: [Double]
  public var privacyEpochCount: Int

  public var recipes: [ShiftRecipe]
  public var corruptedCount: Int

  /// Training images of poisoned networks.
  public var poisonedCount: Int
  public var flippedShares: [Double]
  public var markedShares: [Double]
  /// Pairs of classes, and targets of each, whose features poisons collide with.
  public var pairCount: Int
  public var targetsPerPair: Int
  /// Training sets of each pair that points of a linear classifier are added to.
  public var linearCount: Int

  /// Each question as its own command asks it, but for the black box, whose networks and attacks are many.
  public static let full = LectureScale(
    networkCount: 3, architectures: [.mlp, .lenet], attackedCount: 100, queryLimit: 5000, roundCount: 6,
    smoothedArchitecture: .lenet, deviations: [0.25, 0.5, 1], smoothedCount: 100, sampleCount: 1000,
    privacyEpsilons: [8, 2, 0.5], privacyEpochCount: 8, recipes: ShiftRecipe.allCases, corruptedCount: 1000,
    poisonedCount: 10_000, flippedShares: [0, 0.1, 0.3, 0.5], markedShares: [0, 0.001, 0.01, 0.1],
    pairCount: 5, targetsPerPair: 10, linearCount: 5)

  /// A few minutes on two cores.
  public static let quick = LectureScale(
    networkCount: 3, architectures: [.mlp], attackedCount: 50, queryLimit: 1000, roundCount: 4,
    smoothedArchitecture: .mlp, deviations: [0.25, 0.5], smoothedCount: 100, sampleCount: 300,
    privacyEpsilons: [8, 0.5], privacyEpochCount: 4, recipes: [.plain, .noise, .domains], corruptedCount: 200,
    poisonedCount: 3000, flippedShares: [0, 0.5], markedShares: [0, 0.01], pairCount: 3, targetsPerPair: 5,
    linearCount: 3)
}
