import Tensors

/// Robust accuracy as a function of perturbation size.
///
///     accuracy(ε) = #{ i : dᵢ > ε } / n,   dᵢ the smallest known distance at which image i is misclassified
///
/// An image misclassified when clean has d = 0, one that was never misclassified d = ∞; so the curve starts at the
/// clean accuracy and never rises. It is an upper bound on the true robust accuracy: a better attack can only lower it.
public struct RobustAccuracyCurve: Equatable, Codable, Sendable {
  public struct Point: Equatable, Codable, Sendable {
    public let epsilon: Double
    /// Images not misclassified at any distance up to `epsilon`, of all. Constant until the next point.
    public let accuracy: Proportion
  }

  /// Norm of ε.
  public let norm: Norm
  /// In ascending order of ε, the first at 0.
  public let points: [Point]

  /// A curve from the distance of each image, with a point at every distance where the accuracy falls.
  ///
  /// - Parameter distances: dᵢ, not negative: 0, finite or ∞.
  public init(distances: [Double], norm: Norm) {
    self.init(distances: distances, at: distances.filter(\.isFinite), norm: norm)
  }

  /// A curve from an attack that minimises the perturbation.
  public init(minimalDistances images: [AttackedImage], norm: Norm) {
    self.init(distances: images.map { $0.adversarialDistance(in: norm) }, norm: norm)
  }

  /// A curve from attacks with several budgets on the same images. An image misclassified at one budget is so at all
  /// larger ones, as the smaller perturbation is still allowed.
  ///
  /// - Parameter budgets: ε, and the records of the images under it.
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

  /// ∫₀ᵈ accuracy(ε) dε, which is the mean of min(dᵢ, d): an upper bound for a step curve from a few budgets.
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
