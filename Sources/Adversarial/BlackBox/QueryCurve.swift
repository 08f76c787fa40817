import Tensors

/// Success of a black-box attack by number of queries per image.
public struct QueryCurve: Equatable, Codable, Sendable {
  public struct Point: Equatable, Codable, Sendable {
    public let queries: Int
    /// Images fooled so far, of those attacked.
    public let success: Proportion
    /// Over the images attacked, those not yet fooled counting as infinitely far; `nil` while they are half or more.
    public let medianDistance: Double?
  }

  /// In ascending order of queries.
  public let points: [Point]

  /// - Parameters:
  ///   - images: Records of a black-box attack. Skipped images do not count.
  ///   - counts: Numbers of queries, ascending.
  public init(of images: [AttackedImage], at counts: [Int]) {
    let attacked = images.filter { !$0.verdict.isSkipped }
    precondition(
      attacked.allSatisfy { $0.queries != nil }, "an image has no trace: no black box was attacked")
    points = counts.map { count in
      let distances = attacked.map { $0.queries?.distance(after: count) ?? .infinity }
      let median = Statistics.median(distances)
      return Point(
        queries: count, success: Proportion(distances.count { $0.isFinite }, of: attacked.count),
        medianDistance: median.flatMap { $0.isFinite ? $0 : nil })
    }
  }

  /// At numbers evenly spaced on a logarithmic axis from 1 to the largest number of queries of an image.
  public init(of images: [AttackedImage]) {
    let last = images.compactMap { $0.queries?.queryCount }.max() ?? 0
    var counts: [Int] = []
    var count = 1
    while count < last {
      counts.append(count)
      // At least an eighth more, so that a thousand is reached in about fifty steps.
      count = max(count + 1, count + count / 8)
    }
    self.init(of: images, at: last > 0 ? counts + [last] : [])
  }
}

extension QueryCurve.Point: Checked {
  public func check() throws(CheckFailure) {
    try require(queries > 0, "queries", "expected one or more, found \(queries)")
  }
}
