/// Loss trimming: training on the images with the smallest loss, as wrong labels are learned last.
///
///     S₀ = all,   θ_{t+1} = fit(S_t),   S_{t+1} = the n − k images with the smallest loss under θ_{t+1}
///
/// Iterative trimmed loss minimisation, Shen, Sanghavi (2019) <https://arxiv.org/abs/1810.11874>. Each fit here starts
/// anew. Which images are dropped depends on their given labels, not on the true ones.
public enum LossTrimming {
  /// All but the `dropCount` largest losses, as ascending indices; in a tie the first image is kept.
  public static func kept(losses: [Double], dropping dropCount: Int) -> [Int] {
    precondition((0...losses.count).contains(dropCount), "cannot drop \(dropCount) of \(losses.count) images")
    // A NaN loss is worse than any other.
    func badness(_ image: Int) -> Double { losses[image].isNaN ? .infinity : losses[image] }
    return losses.indices.sorted { (badness($0), $0) < (badness($1), $1) }
      .prefix(losses.count - dropCount).sorted()
  }

  /// - Parameters:
  ///   - count: n
  ///   - rounds: How often the worst are dropped and the rest is fitted.
  ///   - dropCount: k, from the losses after the first fit on.
  ///   - fit: Fits the images with these indices and returns the losses of all n.
  /// - Returns: The images kept in each round.
  public static func iterated(
    count: Int, rounds: Int, dropping dropCount: (_ losses: [Double]) -> Int,
    fit: (_ images: [Int]) throws -> [Double]
  ) rethrows -> [[Int]] {
    precondition(rounds > 0, "there is at least one round, got \(rounds)")
    var losses = try fit(Array(0..<count))
    let dropCount = dropCount(losses)
    var kept: [[Int]] = []
    for _ in 0..<rounds {
      let images = Self.kept(losses: losses, dropping: dropCount)
      kept.append(images)
      losses = try fit(images)
    }
    return kept
  }
}
