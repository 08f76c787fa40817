import Tensors

/// The accuracy that is left at each size of perturbation.
///
///     accuracy(ε) = #{ i : dᵢ > ε } / n,   dᵢ the smallest distance at which image i was seen to be lost
///
/// An image that the classifier gets wrong without help has d = 0, one that was never lost d = ∞; so the curve begins
/// at the clean accuracy and never rises. It is an upper bound of the true robust accuracy: a better attack can only
/// lower it.
public struct RobustAccuracyCurve: Equatable, Codable, Sendable {
  public struct Point: Equatable, Codable, Sendable {
    public let epsilon: Double
    /// Of all images: those lost at no distance up to `epsilon`. Holds until the next point.
    public let accuracy: Proportion
  }

  /// Measures ε.
  public let norm: Norm
  /// By ascending ε, the first at 0.
  public let points: [Point]

  /// From the distance of each image; every distance at which the accuracy falls is a point.
  ///
  /// - Parameter distances: dᵢ, not negative: 0, finite or ∞.
  public init(distances: [Double], norm: Norm) {
    self.init(distances: distances, at: distances.filter(\.isFinite), norm: norm)
  }

  /// From an attack that looked for the smallest perturbation.
  public init(minimalDistances images: [AttackedImage], norm: Norm) {
    self.init(distances: images.map { $0.adversarialDistance(in: norm) }, norm: norm)
  }

  /// From attacks with several budgets on the same images. An image lost at one budget is lost at all larger ones, as
  /// the smaller perturbation is still allowed.
  ///
  /// - Parameter budgets: ε and what became of the images under it.
  public init(budgets: [(epsilon: Double, images: [AttackedImage])], norm: Norm) {
    let numbers = budgets.first?.images.map(\.imageID) ?? []
    precondition(
      budgets.allSatisfy { $0.images.map(\.imageID) == numbers }, "every budget needs the same images")
    let distances = numbers.indices.map { row in
      budgets.reduce(Double.infinity) { least, budget in
        let image = budget.images[row]
        return switch image.verdict {
        case .alreadyWrong: 0
        case .succeeded: min(least, budget.epsilon)
        case .failed, .alreadyTarget: least
        }
      }
    }
    self.init(distances: distances, at: budgets.map(\.epsilon), norm: norm)
  }

  private init(distances: [Double], at epsilons: [Double], norm: Norm) {
    precondition(distances.allSatisfy { $0 >= 0 }, "distances must be non-negative")
    let sorted = distances.sorted()
    self.norm = norm
    var lost = 0
    points = Set(epsilons + [0]).sorted().map { epsilon in
      while lost < sorted.count, sorted[lost] <= epsilon { lost += 1 }
      return Point(epsilon: epsilon, accuracy: Proportion(sorted.count - lost, of: sorted.count))
    }
  }

  /// Clean accuracy.
  public var cleanAccuracy: Proportion { points[0].accuracy }

  /// - Parameter epsilon: Not negative.
  public func accuracy(at epsilon: Double) -> Proportion {
    precondition(epsilon >= 0, "epsilon must be non-negative, got \(epsilon)")
    return points.last { $0.epsilon <= epsilon }!.accuracy  // the first is at 0
  }

  /// ∫₀ᵈ accuracy(ε) dε, which is the mean of min(dᵢ, d): of steps, so with few budgets it is an upper bound.
  ///
  /// - Returns: `nil` without images.
  public func area(upTo distance: Double) -> Double? {
    guard cleanAccuracy.total > 0 else { return nil }
    var area = 0.0
    for (place, point) in points.enumerated() where point.epsilon < distance {
      let end = place + 1 < points.count ? min(points[place + 1].epsilon, distance) : distance
      area += (end - point.epsilon) * point.accuracy.value!
    }
    return area
  }
}

extension RobustAccuracyCurve: Checked {
  public func check() throws(CheckFailure) {
    let places = points.map(\.epsilon)
    try require(
      places.first == 0 && zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "points",
      "a curve begins at 0 and goes on to larger sizes")
    try require(
      points.allSatisfy { $0.accuracy.total == points[0].accuracy.total }, "points",
      "a curve is of the same images everywhere")
  }
}
