import Networks
import Tensors

/// Changes one pixel, or a few, chosen with their values by differential evolution.
///
///     candidate   (row, column, value of each channel) of each of k pixels
///     trial       c_r1 + F (c_r2 − c_r3), three different ones drawn at random, possibly including the parent; it
///             replaces its parent if it is fitter
///
/// No crossover. Fitter: a lower margin z_y − max z. The paper uses the probability of the true class, which hardly
/// changes when the network is confident. Rows and columns start uniform, values as N(0.5, 0.5); positions and values
/// out of range are clipped. Su, Vargas, Sakurai (2019). <https://arxiv.org/abs/1710.08864>
///
/// A generation is one round of queries; the first is drawn at random. The paper's budget is 400 candidates for 100
/// generations, 40,000 queries.
///
/// The threat model is L0, which counts values: k pixels of c channels correspond to ε = k · c.
public struct FewPixelAttack: BlackBoxAttack {
  public static let supportedNorms: [Norm] = [.l0]

  public let populationSize: Int
  /// F
  public let scale: Double
  public let queryLimit: Int
  public let seed: UInt64

  public init(populationSize: Int = 100, scale: Double = 0.5, queryLimit: Int = 5000, seed: UInt64 = 0) {
    precondition(populationSize >= 4, "three of at least four candidates make a trial, got \(populationSize)")
    precondition(scale > 0, "differences must be scaled by a positive number, got \(scale)")
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.populationSize = populationSize
    self.scale = scale
    self.queryLimit = queryLimit
    self.seed = seed
  }

  public var name: String { "few-pixel" }

  /// - Precondition: The norm is L0, and ε at least one pixel in all channels.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages {
    precondition(threatModel.norm == .l0, "\(name) counts pixels, and is not measured in \(threatModel.norm)")
    let shape = blackBox.inputShape
    precondition(
      threatModel.epsilon >= Float(shape.channels) && threatModel.epsilon.isFinite,
      "an ε of \(threatModel.epsilon) is less than a pixel of \(shape.channels) channels")
    let pixelCount = min(Int(threatModel.epsilon) / shape.channels, shape.height * shape.width)
    return try QueryLockStep(batch: batch, threatModel: threatModel, queryLimit: queryLimit).perturbedImages(
      classifier: blackBox
    ) { image, number in
      Search(
        image, SeededGenerator(seed: seed, purpose: "few-pixel attack", index: number),
        PixelChanges(shape: shape, count: pixelCount), self)
    }
  }

  private final class Search: QuerySearch {
    private let image: SearchedImage
    private let changes: PixelChanges
    private let settings: FewPixelAttack
    private var generator: SeededGenerator
    private var population: [(candidate: [Double], margin: Double)] = []
    /// Trials of this round, each at the index of its parent.
    private var trials: [[Double]] = []
    private var taken = 0
    private var absorbed = 0

    init(
      _ image: SearchedImage, _ generator: SeededGenerator, _ changes: PixelChanges,
      _ settings: FewPixelAttack
    ) {
      self.image = image
      self.generator = generator
      self.changes = changes
      self.settings = settings
    }

    func beginRound(limit: Int) -> Int {
      (taken, absorbed) = (0, 0)
      if population.isEmpty {
        trials = (0..<min(settings.populationSize, limit)).map { _ in
          changes.drawn(in: image.bounds, using: &generator)
        }
      } else if population.count < 4 {
        trials = []
      } else {
        trials = (0..<min(population.count, limit)).map { _ in trial() }
      }
      return trials.count
    }

    /// A trial from three different candidates, regardless of the parent.
    private func trial() -> [Double] {
      let chosen = generator.sample(3, of: population.count).map { population[$0].candidate }
      let made = chosen[0].indices.map { chosen[0][$0] + settings.scale * (chosen[1][$0] - chosen[2][$0]) }
      return changes.held(made, in: image.bounds)
    }

    func nextPoint() -> [Float] {
      defer { taken += 1 }
      return changes.applied(trials[taken], to: image.clean)
    }

    func absorb(_ answer: ScoreAnswer, at point: [Float]) {
      let margin = image.margin(of: answer.scores.span)
      if population.count <= absorbed {
        population.append((trials[absorbed], margin))
      } else if margin < population[absorbed].margin {
        population[absorbed] = (trials[absorbed], margin)
      }
      absorbed += 1
    }

    func endRound() {}
  }
}

/// A candidate of the attack: for each of k pixels its row, column, and a value per channel.
struct PixelChanges {
  let shape: ImageShape
  /// k
  let count: Int

  private var length: Int { 2 + shape.channels }

  func drawn(in bounds: ClosedRange<Float>, using generator: inout SeededGenerator) -> [Double] {
    let (lowest, highest) = (Double(bounds.lowerBound), Double(bounds.upperBound))
    var drawn: [Double] = []
    for _ in 0..<count {
      drawn.append(generator.uniform() * Double(shape.height))
      drawn.append(generator.uniform() * Double(shape.width))
      for value in generator.normals(shape.channels) {
        drawn.append(lowest + (highest - lowest) * (0.5 + 0.5 * Double(value)))
      }
    }
    return held(drawn, in: bounds)
  }

  /// Clips a candidate to the ranges. A row lies in [0, height), so that the largest is still a row of the image.
  func held(_ candidate: [Double], in bounds: ClosedRange<Float>) -> [Double] {
    candidate.enumerated().map { place, value in
      switch place % length {
      case 0: min(max(value, 0), Double(shape.height).nextDown)
      case 1: min(max(value, 0), Double(shape.width).nextDown)
      default: min(max(value, Double(bounds.lowerBound)), Double(bounds.upperBound))
      }
    }
  }

  /// If two of the pixels coincide, the last counts.
  func applied(_ candidate: [Double], to clean: [Float]) -> [Float] {
    var image = clean
    for pixel in 0..<count {
      let start = pixel * length
      let (row, column) = (Int(candidate[start]), Int(candidate[start + 1]))
      for channel in 0..<shape.channels {
        image[(channel * shape.height + row) * shape.width + column] = Float(candidate[start + 2 + channel])
      }
    }
    return image
  }
}
