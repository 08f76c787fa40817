/// How well a curve on a grid is described by few straight pieces.
///
///     SSR_k = min over breakpoints of Σ over pieces of the least squares of a line
///     E_k(j) = min_i  E_{k−1}(i − 1) + cost(i, j),     E_1(j) = cost(0, j)
///
/// Bellman (1961): the dynamic programme finds the breakpoints that no other choice beats. A piece has at least two
/// points, its line is free of its neighbours', so a fit may jump at a breakpoint.
enum PiecewiseLinearFit {
  /// - Parameters:
  ///   - x: Ascending.
  ///   - pieceLimit: K.
  /// - Returns: SSR of at most 1, 2, …, K pieces, never rising.
  static func residuals(x: [Double], y: [Double], pieceLimit: Int) -> [Double] {
    precondition(x.count == y.count && x.count >= 2, "a fit needs two points, got \(x.count) and \(y.count)")
    precondition(pieceLimit >= 1, "a fit has at least one piece, got \(pieceLimit)")
    let n = x.count
    let costs = costs(x, y)
    var best = (0..<n).map { $0 >= 1 ? costs[$0] : Double.infinity }
    var residuals = [best[n - 1]]
    while residuals.count < pieceLimit {
      var next = [Double](repeating: .infinity, count: n)
      for end in 1..<n {
        for start in stride(from: 2, through: end - 1, by: 1) {
          next[end] = min(next[end], best[start - 1] + costs[start * n + end])
        }
      }
      best = next
      // More pieces than points allow: as good as before.
      residuals.append(min(residuals[residuals.count - 1], best[n - 1]))
    }
    return residuals
  }

  /// The share of the variance of several curves over one grid that at most 1, …, K pieces explain, breakpoints free for
  /// each curve.
  ///
  ///     1 − Σ SSR_k / Σ SST
  ///
  /// - Returns: 1 where the curves are constant: nothing is left to explain.
  static func explainedShares(x: [Double], curves: [[Double]], pieceLimit: Int) -> [Double] {
    var total = 0.0
    var residual = [Double](repeating: 0, count: pieceLimit)
    for curve in curves {
      let mean = curve.reduce(0, +) / Double(curve.count)
      total += curve.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      for (index, value) in residuals(x: x, y: curve, pieceLimit: pieceLimit).enumerated() {
        residual[index] += value
      }
    }
    return residual.map { total > 0 ? 1 - $0 / total : 1 }
  }

  /// cost(i, j) of a line through the points i…j, row by row; infinite for fewer than two.
  private static func costs(_ x: [Double], _ y: [Double]) -> [Double] {
    let n = x.count
    var costs = [Double](repeating: .infinity, count: n * n)
    for start in 0..<n {
      // Moments about the running mean (Welford, 1962): no difference of large sums.
      var (count, meanX, meanY, xx, xy, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      for end in start..<n {
        count += 1
        let (dx, dy) = (x[end] - meanX, y[end] - meanY)
        meanX += dx / count
        meanY += dy / count
        xx += dx * (x[end] - meanX)
        xy += dx * (y[end] - meanY)
        yy += dy * (y[end] - meanY)
        if end > start { costs[start * n + end] = max(0, yy - xy * xy / xx) }
      }
    }
    return costs
  }
}
