import Foundation
import Networks
import Tensors

/// Square attack: random search with square windows of the perturbation, without gradients, not even estimated ones.
///
///     replace x + δ by x + δ′   if  f(x + δ′) < f(x + δ),   f the margin z_y − max z
///
/// - L∞: δ starts as vertical stripes of ±ε; δ′ sets a square window to ±ε, one sign per channel.
/// - L2: δ starts as a grid of bumps of total length ε; δ′ clears one window and spends its length, and the unused part
///   of ε, on a bump in another.
///
/// The window covers a fraction p of the image, which is halved on a schedule. Andriushchenko et al. (2020), algorithms
/// 1 to 3. <https://arxiv.org/abs/1912.00049>
///
/// One query per try, and one for the start. A window of the L∞ attack that would change nothing is redrawn.
public struct SquareAttack: BlackBoxAttack {
  public static let supportedNorms: [Norm] = [.linf, .l2]

  /// The fraction of the image covered by the first windows; nil: the authors' choice, 0.8 in L∞ (on MNIST) and 0.1 in
  /// L2.
  public let initialShare: Double?
  public let queryLimit: Int
  public let seed: UInt64

  public init(initialShare: Double? = nil, queryLimit: Int = 5000, seed: UInt64 = 0) {
    precondition(initialShare.map { $0 > 0 && $0 <= 1 } ?? true, "a share lies in (0, 1]")
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.initialShare = initialShare
    self.queryLimit = queryLimit
    self.seed = seed
  }

  public var name: String { "square" }

  /// - Precondition: ε is finite, and the norm one of ``supportedNorms``.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "\(name) needs a budget")
    precondition(Self.supportedNorms.contains(threatModel.norm), "\(name) searches in L∞ or L2")
    let shape = blackBox.inputShape
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) { image, number in
      let generator = SeededGenerator(seed: seed, purpose: "square attack", index: number)
      let windows: any SquareWindows =
        threatModel.norm == .linf
        ? StripedWindows(image, shape: shape, epsilon: Double(threatModel.epsilon))
        : BumpyWindows(image, shape: shape, epsilon: Double(threatModel.epsilon))
      return Search(image, generator, windows, self)
    }
  }

  /// p after this many tries. The paper's schedule is for 10,000 tries; for other numbers it is rescaled.
  static func share(after tries: Int, of limit: Int, from initial: Double) -> Double {
    let place = limit > 0 ? Double(tries) / Double(limit) * 10_000 : 0
    let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].count { place > $0 }
    return initial / Double(1 << halvings)
  }

  private final class Search: QuerySearch {
    private let image: SearchedImage
    private let settings: SquareAttack
    private let windows: any SquareWindows
    private var generator: SeededGenerator
    private var best: (point: [Float], margin: Double)?
    private var tries = 0

    init(
      _ image: SearchedImage, _ generator: SeededGenerator, _ windows: any SquareWindows,
      _ settings: SquareAttack
    ) {
      self.image = image
      self.generator = generator
      self.windows = windows
      self.settings = settings
    }

    func beginRound(limit: Int) -> Int { 1 }

    func nextPoint() -> [Float] {
      guard let best else { return windows.start(using: &generator) }
      let share = SquareAttack.share(
        after: tries, of: settings.queryLimit, from: settings.initialShare ?? windows.usualShare)
      tries += 1
      return windows.moved(best.point, share: share, using: &generator)
    }

    func absorb(_ answer: ScoreAnswer, at point: [Float]) {
      let margin = image.margin(of: answer.scores.span)
      if margin < best?.margin ?? .infinity { best = (point, margin) }
    }

    func endRound() {}
  }
}

/// The square attack's perturbations in a norm.
protocol SquareWindows {
  var usualShare: Double { get }
  /// The first perturbed image.
  func start(using generator: inout SeededGenerator) -> [Float]
  /// A modified image, changed in one or two windows that cover this fraction of the image.
  func moved(_ point: [Float], share: Double, using generator: inout SeededGenerator) -> [Float]
}

/// A square of pixels, in all channels.
struct SquareWindow {
  let shape: ImageShape
  let (top, left, side): (Int, Int, Int)

  init(side: Int, in shape: ImageShape, using generator: inout SeededGenerator) {
    self.shape = shape
    self.side = side
    top = Int(generator.next(upperBound: UInt64(shape.height - side + 1)))
    left = Int(generator.next(upperBound: UInt64(shape.width - side + 1)))
  }

  init(side: Int, top: Int, left: Int, in shape: ImageShape) {
    (self.side, self.top, self.left, self.shape) = (side, top, left, shape)
  }

  /// Indices of a channel's pixels in an image, row by row.
  func pixels(ofChannel channel: Int) -> [Int] {
    (top..<top + side).flatMap { row in
      (left..<left + side).map { (channel * shape.height + row) * shape.width + $0 }
    }
  }

  /// The side of a square that covers this fraction of an image.
  static func side(ofShare share: Double, in shape: ImageShape) -> Int {
    let side = (share * Double(shape.height * shape.width)).squareRoot().rounded()
    return min(max(Int(side), 1), min(shape.height, shape.width))
  }
}

/// L∞: stripes and windows of ±ε.
struct StripedWindows: SquareWindows {
  private let image: SearchedImage
  private let shape: ImageShape
  private let epsilon: Double

  init(_ image: SearchedImage, shape: ImageShape, epsilon: Double) {
    (self.image, self.shape, self.epsilon) = (image, shape, epsilon)
  }

  var usualShare: Double { 0.8 }

  func start(using generator: inout SeededGenerator) -> [Float] {
    var point = image.clean
    for channel in 0..<shape.channels {
      let signs = (0..<shape.width).map { _ in generator.next() & 1 == 0 ? epsilon : -epsilon }
      for pixel in channel * shape.height * shape.width..<(channel + 1) * shape.height * shape.width {
        point[pixel] = image.pixel(Double(point[pixel]) + signs[pixel % shape.width])
      }
    }
    return point
  }

  func moved(_ point: [Float], share: Double, using generator: inout SeededGenerator) -> [Float] {
    let side = SquareWindow.side(ofShare: share, in: shape)
    var moved = point
    // If all pixels are at a bound, no window may change anything: the number of tries is limited.
    for _ in 0..<100 where moved == point {
      let window = SquareWindow(side: side, in: shape, using: &generator)
      for channel in 0..<shape.channels {
        let change = generator.next() & 1 == 0 ? epsilon : -epsilon
        for pixel in window.pixels(ofChannel: channel) {
          moved[pixel] = image.pixel(Double(image.clean[pixel]) + change)
        }
      }
    }
    return moved
  }
}

/// L2: bumps.
struct BumpyWindows: SquareWindows {
  private let image: SearchedImage
  private let shape: ImageShape
  private let epsilon: Double

  init(_ image: SearchedImage, shape: ImageShape, epsilon: Double) {
    (self.image, self.shape, self.epsilon) = (image, shape, epsilon)
  }

  var usualShare: Double { 0.1 }

  /// A grid of bumps, a fifth of the shorter side wide.
  func start(using generator: inout SeededGenerator) -> [Float] {
    let side = max(1, min(shape.height, shape.width) / 5)
    var change = [Double](repeating: 0, count: shape.pixelCount)
    for top in stride(from: 0, through: shape.height - side, by: side) {
      for left in stride(from: 0, through: shape.width - side, by: side) {
        let window = SquareWindow(side: side, top: top, left: left, in: shape)
        let bump = Self.bump(side: side, isTurned: generator.next() & 1 == 0)
        for channel in 0..<shape.channels {
          let sign: Double = generator.next() & 1 == 0 ? 1 : -1
          for (pixel, value) in zip(window.pixels(ofChannel: channel), bump) { change[pixel] = sign * value }
        }
      }
    }
    return point(scaled(change))
  }

  func moved(_ point: [Float], share: Double, using generator: inout SeededGenerator) -> [Float] {
    let widest = min(shape.height, shape.width)
    // Bumps of an odd side have a middle; three is the smallest with a slope.
    let side = min(max(SquareWindow.side(ofShare: share, in: shape), 3) | 1, widest)
    let (first, second) = (
      SquareWindow(side: side, in: shape, using: &generator),
      SquareWindow(side: side, in: shape, using: &generator)
    )
    let bump = Self.bump(side: side, isTurned: generator.next() & 1 == 0)
    var change = zip(point, image.clean).map { Double($0) - Double($1) }
    let unused = max(epsilon * epsilon - Self.squares(change, change.indices), 0)
    for channel in 0..<shape.channels {
      let (filled, emptied) = (first.pixels(ofChannel: channel), second.pixels(ofChannel: channel))
      let length =
        (Self.squares(change, Set(filled).union(emptied).sorted()) + unused / Double(shape.channels))
        .squareRoot()
      let old = Self.squares(change, filled).squareRoot()
      let sign: Double = generator.next() & 1 == 0 ? 1 : -1
      let mixed = zip(filled, bump).map { sign * $1 + (old > 0 ? change[$0] / old : 0) }
      let size = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for pixel in emptied { change[pixel] = 0 }
      for (pixel, value) in zip(filled, mixed) { change[pixel] = size > 0 ? value / size * length : 0 }
    }
    return self.point(scaled(change))
  }

  /// Scaled to length ε; clipping then shortens it.
  private func scaled(_ change: [Double]) -> [Double] {
    let length = Self.squares(change, change.indices).squareRoot()
    return length > 0 ? change.map { $0 * epsilon / length } : change
  }

  private func point(_ change: [Double]) -> [Float] {
    zip(image.clean, change).map { image.pixel(Double($0) + $1) }
  }

  private static func squares(_ values: [Double], _ places: some Collection<Int>) -> Double {
    places.reduce(0) { $0 + values[$1] * values[$1] }
  }

  /// η: a positive bump beside a negative one, of length 1.
  ///
  ///     η(r, c) = Σ_{k=0}^{M} (n + 1 − k)⁻²,   M = n − max(|r − middle|, |c − middle|), n the half height
  static func bump(side: Int, isTurned: Bool) -> [Double] {
    let upper = side / 2
    func half(_ height: Int) -> [Double] {
      guard height > 0 else { return [] }
      let middle = (height / 2, side / 2)
      let reach = max(middle.0, middle.1)
      return (0..<height * side).map { place in
        let distance = max(abs(place / side - middle.0), abs(place % side - middle.1))
        return (0...(reach - min(distance, reach))).reduce(0) {
          $0 + 1 / Double((reach + 1 - $1) * (reach + 1 - $1))
        }
      }
    }
    let bump = half(upper) + half(side - upper).map { -$0 }
    let length = squares(bump, bump.indices).squareRoot()
    return (0..<side * side).map { place in
      (isTurned ? bump[place % side * side + place / side] : bump[place]) / length
    }
  }
}
