/// How much is spent on a reproduction.
public struct ReproductionScale: Codable, Equatable, Sendable {
  /// At most, for networks trained by L-BFGS.
  public var iterationCount: Int
  /// Of the autoencoder's first layer.
  public var autoencoderEpochCount: Int
  /// Of maxout networks; the others take what suits them.
  public var maxoutEpochCount: Int
  /// Images on which the smallest perturbation is looked for.
  public var searchedCount: Int
  /// Images under the fast gradient sign method.
  public var fastCount: Int
  public var ensembleSize: Int
  /// Images of noise.
  public var rubbishCount: Int
  /// Images of noise that are moved towards each class.
  public var foolingCount: Int
  public var lecture: LectureScale

  public init(
    iterationCount: Int, autoencoderEpochCount: Int, maxoutEpochCount: Int, searchedCount: Int,
    fastCount: Int, ensembleSize: Int, rubbishCount: Int, foolingCount: Int, lecture: LectureScale
  ) {
    precondition(
      [iterationCount, maxoutEpochCount, searchedCount, fastCount, ensembleSize, rubbishCount, foolingCount]
        .allSatisfy { $0 > 0 } && autoencoderEpochCount >= 0, "counts must be positive")
    self.iterationCount = iterationCount
    self.autoencoderEpochCount = autoencoderEpochCount
    self.maxoutEpochCount = maxoutEpochCount
    self.searchedCount = searchedCount
    self.fastCount = fastCount
    self.ensembleSize = ensembleSize
    self.rubbishCount = rubbishCount
    self.foolingCount = foolingCount
    self.lecture = lecture
  }

  /// Networks trained to their end, as many images as the papers used where they say how many.
  public static let full = ReproductionScale(
    iterationCount: 2000, autoencoderEpochCount: 30, maxoutEpochCount: 20, searchedCount: 1000,
    fastCount: 10_000, ensembleSize: 12, rubbishCount: 10_000, foolingCount: 1000,
    lecture: .full)

  /// Seven minutes for all tables on two cores: networks are half trained, so errors lie above the papers'.
  public static let quick = ReproductionScale(
    iterationCount: 150, autoencoderEpochCount: 6, maxoutEpochCount: 4, searchedCount: 100, fastCount: 2000,
    ensembleSize: 3, rubbishCount: 2000, foolingCount: 200, lecture: .quick)
}
