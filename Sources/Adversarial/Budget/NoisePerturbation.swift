import Networks
import Tensors

/// Random noise of the same size as an attack's perturbation: the undirected control.
///
///     x′ = clip(x + s n),   s such that ‖x′ − x‖ is the requested distance
///
/// The distance is measured after clipping. If it were set before, noise on an image with many pixels at 0 or 1 would
/// lose half of them and be too weak a control. If even the largest s is too small, every pixel that noise changes ends
/// at a bound.
///
/// No gradient is needed and the goal plays no part, so the classifier is not called at all.
public struct NoisePerturbation: Attack {
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Independent normal values, as in Szegedy et al. (2013), table 2.
    case gaussian
    /// Independent uniform values in (−1, 1), as in Goodfellow, Shlens, Szegedy (2015), section 6.
    case uniform
    /// −1 or +1 with equal chances: the control of the fast gradient sign method, same source.
    case randomSign
  }

  /// Size of the perturbation, in the norm of the threat model.
  public enum Distance: Equatable, Sendable {
    /// ε
    case epsilon
    /// By image number; images not listed stay unchanged. For example the distances of another attack.
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

  /// The same images, without a classifier.
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

  /// Bisection: the clipped change of each pixel never shrinks as s grows, so neither does the norm.
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
    // Beyond this every changed pixel is at a bound.
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
