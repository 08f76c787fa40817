/// Label agreement of all directions of a basis, for one or several sizes of top sets.
public struct BasisAgreement: Equatable, Codable, Sendable {
  /// Sizes k, in the order asked for.
  public let topCounts: [Int]
  /// κ of each direction, one row per size.
  public let kappas: [[Double]]

  /// - Parameters:
  ///   - ranking: With at least as many images per direction as the largest size.
  ///   - labels: Of all images, of at least two classes.
  ///   - topCounts: At least 2 each; a direction's top set is the beginning of its ranking.
  public init(of ranking: Ranking, labels: ClassLabels, topCounts: [Int]) {
    for count in topCounts {
      precondition(
        2 <= count && count <= ranking.topCount,
        "a ranking of the top \(ranking.topCount) has no label agreement for \(count) images")
    }
    self.topCounts = topCounts
    kappas = topCounts.map { count in
      ranking.topImages.map { images in
        guard let kappa = LabelAgreement(of: images.prefix(count).map(\.imageIndex), in: labels).kappa else {
          preconditionFailure("label agreement needs two images and two classes")
        }
        return kappa
      }
    }
  }

  /// Mean κ over the directions, one per size: the statistic of the rotation test.
  public var means: [Double] {
    kappas.map { $0.reduce(0, +) / Double($0.count) }
  }
}
