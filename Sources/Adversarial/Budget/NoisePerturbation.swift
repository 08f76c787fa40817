import Networks
import Tensors

/// Random noise of the size of an attack: what a perturbation of that size does when nothing directs it.
///
///     x′ = clip(x + s n),   s such that ‖x′ − x‖ is the wanted distance
///
/// The distance is measured after clipping. Scaled before, noise on an image with many pixels at 0 or 1 would lose
/// half of them and be a control weaker than what it is compared with. Where even the largest s falls short, every
/// pixel that noise moves ends at a bound.
///
/// No gradient is asked for and the goal plays no part, so the classifier is not called at all.
public struct NoisePerturbation: Attack {
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Independent normal values, as in Szegedy et al. (2013), table 2.
    case gaussian
    /// Independent uniform values in (−1, 1), as in Goodfellow, Shlens, Szegedy (2015), section 6.
    case uniform
    /// −1 or +1 with equal chances: the control of the fast gradient sign method, same source.
    case randomSign
  }

  /// How far an image is moved, in the norm of the threat model.
  public enum Distance: Equatable, Sendable {
    /// ε
    case epsilon
    /// By the number of the image; images that are not named stay as they are. What another attack needed, say.
    case ofImages([Int: Double])
  }

  public let kind: Kind
  public let distance: Distance
  public let seed: UInt64

  public init(kind: Kind, distance: Distance = .epsilon, seed: UInt64 = 0) {
    self.kind = kind
    self.distance = distance
    self.seed = seed
  }

  public var name: String {
    switch kind {
    case .gaussian: "gaussian-noise"
    case .uniform: "uniform-noise"
    case .randomSign: "random-sign"
    }
  }

  /// - Precondition: ε is finite where it is the distance.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    PerturbedImages(images: images(for: batch, under: threatModel))
  }

  /// The same, without a classifier.
  public func images(for batch: AttackBatch, under threatModel: ThreatModel) -> Tensor {
    var images = batch.images
    for row in 0..<batch.count {
      let wanted: Double =
        switch distance {
        case .epsilon: Double(threatModel.epsilon)
        case .ofImages(let distances): distances[batch.imageIDs[row]] ?? 0
        }
      precondition(wanted.isFinite && wanted >= 0, "noise needs a finite distance, got \(wanted)")
      guard wanted > 0 else { continue }
      var generator = SeededGenerator(seed: seed, purpose: "attack noise", index: batch.imageIDs[row])
      let noise = draw(images.rowLength, using: &generator)
      images[row: row] = ArraySlice(
        scaled(noise, around: batch.images[row: row], to: wanted, in: threatModel))
    }
    return images
  }

  private func draw(_ count: Int, using generator: inout SeededGenerator) -> [Double] {
    switch kind {
    case .gaussian: generator.normals(count).map(Double.init)
    case .uniform: (0..<count).map { _ in 2 * generator.uniform() - 1 }
    case .randomSign: (0..<count).map { _ in generator.next() & 1 == 0 ? 1 : -1 }
    }
  }

  /// Bisection: what clipping leaves of each pixel never shrinks as s grows, and so neither does the norm.
  private func scaled(
    _ noise: [Double], around clean: ArraySlice<Float>, to wanted: Double, in model: ThreatModel
  ) -> [Float] {
    func moved(_ scale: Double) -> [Float] {
      zip(clean, noise).map { value, noise in
        min(max(Float(Double(value) + scale * noise), model.bounds.lowerBound), model.bounds.upperBound)
      }
    }
    func distance(_ image: [Float]) -> Double {
      model.length(zip(image, clean).map { Double($0) - Double($1) })
    }
    // Beyond this every pixel that moves is at a bound.
    let width = Double(model.bounds.upperBound) - Double(model.bounds.lowerBound)
    guard let smallest = noise.map(abs).filter({ $0 > 0 }).min() else { return Array(clean) }
    var (inner, outer) = (0.0, width / smallest)
    guard distance(moved(outer)) > wanted else { return moved(outer) }
    for _ in 0..<60 {
      let middle = (inner + outer) / 2
      if distance(moved(middle)) <= wanted { inner = middle } else { outer = middle }
    }
    return moved(inner)
  }
}
