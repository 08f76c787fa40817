import Tensors

/// A test of whether an outcome of two subjects correlates with their distance, with subjects as the sampling unit.
///
///     ρ = Spearman( |aᵢ − aⱼ|, yᵢⱼ )   over i ≠ j
///     p = #{π : |ρ_π| ≥ |ρ|} / #{π},   ρ_π with a permuted among the subjects
///
/// The n(n − 1) pairs are not independent observations, as each subject takes part in 2(n − 1) of them; what is
/// exchangeable under the null hypothesis are the subjects. Mantel (1967), "The detection of disease clustering and a
/// generalized regression approach". Up to seven subjects all permutations are evaluated, beyond that a sample; the
/// identity is among them.
public struct PairPermutationTest: Hashable, Codable, Sendable {
  /// ρ
  public let correlation: Double
  /// The two-sided p-value.
  public let p: Double
  public let subjectCount: Int
  public let permutationCount: Int
  /// Whether all permutations were evaluated.
  public let isExact: Bool

  private static let largestExactCount = 7
  private static let sampleCount = 9_999

  /// - Parameters:
  ///   - values: a, one for each subject, finite.
  ///   - outcomes: y, one row and one column per subject; the diagonal is ignored.
  ///   - seed: Seeds the sample of permutations, where there is one.
  /// - Returns: `nil` where the correlation is undefined: with fewer than three subjects, or when all distances or all
  ///   outcomes are equal.
  public init?(of values: [Double], outcomes: [[Double]], seed: UInt64) {
    let count = values.count
    precondition(
      outcomes.count == count && outcomes.allSatisfy { $0.count == count },
      "\(count) subjects need a square of outcomes")
    let pairs = (0..<count).flatMap { row in
      (0..<count).filter { $0 != row }.map { (row: row, column: $0) }
    }
    let ends = pairs.map { outcomes[$0.row][$0.column] }
    func correlation(_ order: [Int]) -> Double? {
      RankCorrelation.spearman(pairs.map { abs(values[order[$0.row]] - values[order[$0.column]]) }, ends)
    }
    guard count >= 3, let observed = correlation(Array(0..<count)) else { return nil }
    isExact = count <= Self.largestExactCount
    var beyond = 0
    var total = 0
    func note(_ order: [Int]) {
      total += 1
      // The spread of the ranks is the same in every order.
      if abs(correlation(order)!) >= abs(observed) { beyond += 1 }
    }
    if isExact {
      Self.forEachPermutation(of: count, note)
    } else {
      var generator = SeededGenerator(seed: seed, purpose: "permutations of subjects")
      note(Array(0..<count))
      for _ in 0..<Self.sampleCount { note(generator.permutation(count)) }
    }
    self.correlation = observed
    p = Double(beyond) / Double(total)
    subjectCount = count
    permutationCount = total
  }

  private static func forEachPermutation(of count: Int, _ body: ([Int]) -> Void) {
    func extend(_ chosen: [Int]) {
      if chosen.count == count { return body(chosen) }
      for next in 0..<count where !chosen.contains(next) { extend(chosen + [next]) }
    }
    extend([])
  }
}

extension PairPermutationTest: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(p, "p")
    try require(abs(correlation) <= 1, "correlation", "expected a number from −1 to 1, found \(correlation)")
  }
}
