import Tensors

/// The attacker's own images, with their classes: starting points for label-only attacks when noise does not reach the
/// goal.
public struct StartingImages: Sendable {
  /// `[count, channels, height, width]`, inside the bounds of the threat model.
  public let images: Tensor
  public let labels: [Int]

  public init(images: Tensor, labels: [Int]) {
    precondition(labels.count == images.count, "\(images.count) images with \(labels.count) labels")
    self.images = images
    self.labels = labels
  }
}

/// Searches for an image that reaches the goal, at any distance: uniform noise, as in Brendel, Rauber, Bethge (2018),
/// then the attacker's own images of suitable classes, in random order. For a target, noise is skipped: of ten classes
/// it reaches one or two.
struct StartSearch {
  static let noiseCount = 10

  private let clean: [Float]
  private let bounds: ClosedRange<Float>
  private let owned: StartingImages?
  private var noiseLeft: Int
  private var rows: [Int]

  init(_ image: SearchedImage, owning owned: StartingImages?, using generator: inout SeededGenerator) {
    clean = image.clean
    bounds = image.bounds
    self.owned = owned
    noiseLeft = image.target == nil ? Self.noiseCount : 0
    let fitting = owned.map { owned in
      owned.labels.indices.filter { image.isReached(byLabel: owned.labels[$0]) }
    }
    rows = fitting.map { fitting in generator.permutation(fitting.count).map { fitting[$0] } } ?? []
  }

  var isExhausted: Bool { noiseLeft == 0 && rows.isEmpty }

  /// - Precondition: The search is not exhausted.
  mutating func next(using generator: inout SeededGenerator) -> [Float] {
    if noiseLeft > 0 {
      noiseLeft -= 1
      let (lowest, width) = (Double(bounds.lowerBound), Double(bounds.upperBound - bounds.lowerBound))
      return clean.map { _ in Float(lowest + width * generator.uniform()) }
    }
    guard let owned else { preconditionFailure("no image is left to begin at") }
    return Array(owned.images[row: rows.removeLast()])
  }
}
