import Datasets
import Images
import Inference
import Lab
import Networks
import Tensors

/// What a step with ‖r‖∞ = ε does to the margin of networks that read the same images at several sizes.
///
///     m(x) = z_y − z_k,   k the runner-up of the clean image,   r = −ε sign ∇ₓm
///     linear:   m(x) − m(x + r) = ε ‖w_y − w_k‖₁ = ε n · mean |w|,     random signs: ε ‖w_y − w_k‖₂ (root mean square)
///
/// At a fixed mean |w| the first grows like n, the second like √n. Weights of trained networks do not stay where they are
/// as n grows, so both are measured and the mean |∂m/∂x| beside them. Not clipped to the box.
public struct DimensionGrowth {
  public struct Row: Codable, Equatable, Sendable {
    public var network: String
    public var isTrained: Bool
    public var side: Int
    /// n
    public var pixelCount: Int
    /// Right among the held-out images; nothing is said of the others.
    public var correct: Proportion
    /// Fall of the margin along the gradient's signs, over the right images.
    public var gradientChange: MeanWithInterval
    /// Root mean square change of the margin along random signs, over these and four draws for each.
    public var randomChange: Double
    /// Mean |∂m/∂x| over pixels and images.
    public var meanSlope: Double
  }

  /// log-log slopes of one network against n, by least squares over the sizes.
  public struct Slopes: Codable, Equatable, Sendable {
    public var network: String
    public var isTrained: Bool
    public var gradient: Double
    public var random: Double
    public var meanSlope: Double
    /// Of the change at a fixed mean |∂m/∂x|: 1 and ½ in the linear argument.
    public var gradientAtFixedSlope: Double
    public var randomAtFixedSlope: Double
  }

  static let drawCount = 4

  /// Every image resized to side × side by area average; bytes, as the images of the data set are.
  static func resized(_ images: LabelledImages, side: Int, workerCount: Int) -> LabelledImages {
    let shape = ImageShape(channels: images.shape.channels, height: side, width: side)
    let samples = Workers.map(count: images.count, workerCount: workerCount) { index in
      Bitmap(
        planar: images.tensor(of: [index]).elements, channels: images.shape.channels,
        height: images.shape.height, width: images.shape.width
      ).resized(width: side, height: side).planarSamples
    }
    return LabelledImages(
      shape: shape, pixels: .bytes(samples.flatMap(\.self)), labels: images.labels,
      classNames: images.classNames)
  }

  package static func row(
    of network: Network, isTrained: Bool, on images: LabelledImages, epsilon: Double, seed: UInt64,
    workerCount: Int
  ) throws -> Row? {
    let engine = try Engine(running: network, workerCount: workerCount)
    let all = images.tensor(of: 0..<images.count)
    let clean = try engine.logits(of: all)
    let right = Prediction.rows(of: clean).enumerated().filter {
      $0.element.label == images.labels[$0.offset]
    }
    .map(\.offset)
    guard
      let changes = try changes(
        of: all.rows(right), labels: right.map { images.labels[$0] }, imageIDs: right, epsilon: epsilon,
        seed: seed, classifier: engine),
      let mean = MeanWithInterval(changes.gradient)
    else { return nil }
    return Row(
      network: network.graph.architecture.name, isTrained: isTrained, side: images.shape.height,
      pixelCount: images.shape.pixelCount, correct: Proportion(right.count, of: images.count),
      gradientChange: mean, randomChange: changes.random, meanSlope: changes.meanSlope)
  }

  /// - Returns: `nil` of no images.
  package static func changes(
    of images: Tensor, labels: [Int], imageIDs: [Int], epsilon: Double, seed: UInt64,
    classifier: some DifferentiableClassifier
  ) throws -> (gradient: [Double], random: Double, meanSlope: Double)? {
    guard images.count > 0 else { return nil }
    let clean = try classifier.logits(of: images)
    let rivals = labels.indices.map { row in
      clean[row: row].enumerated().filter { $0.offset != labels[row] }
        .max { ($0.element, $1.offset) < ($1.element, $0.offset) }?.offset ?? 0
    }
    func margins(_ logits: Tensor) -> [Double] {
      labels.indices.map { row in
        let values = Array(logits[row: row])
        return Double(values[labels[row]]) - Double(values[rivals[row]])
      }
    }
    let (_, gradients) = try classifier.logitsAndImageGradients(of: images) { row, _, gradient in
      gradient[labels[row]] = 1
      gradient[rivals[row]] = -1
    }
    let before = margins(clean)
    let signs = Tensor(
      shape: images.shape, elements: gradients.elements.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 })
    let after = margins(try classifier.logits(of: images.moved(along: signs, by: -epsilon)))
    var squares = 0.0
    for draw in 0..<drawCount {
      let random = SignDirections.random(
        shape: images.shape, imageIDs: imageIDs.map { $0 * drawCount + draw }, seed: seed,
        purpose: "signs against dimension")
      let moved = margins(try classifier.logits(of: images.moved(along: random, by: epsilon)))
      squares += zip(moved, before).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    return (
      zip(before, after).map { $0 - $1 }, (squares / Double(drawCount * labels.count)).squareRoot(),
      Norm.l1(gradients.elements) / Double(gradients.elements.count)
    )
  }

  /// - Parameter rows: Of one network, trained or not, at several sizes; all changes positive.
  static func slopes(of rows: [Row]) -> Slopes? {
    guard let first = rows.first, Set(rows.map(\.pixelCount)).count >= 2,
      rows.allSatisfy({ $0.gradientChange.mean > 0 && $0.randomChange > 0 && $0.meanSlope > 0 })
    else { return nil }
    let n = rows.map { Double($0.pixelCount) }
    let gradient = logarithmicSlope(n, rows.map(\.gradientChange.mean))
    let random = logarithmicSlope(n, rows.map(\.randomChange))
    let mean = logarithmicSlope(n, rows.map(\.meanSlope))
    return Slopes(
      network: first.network, isTrained: first.isTrained, gradient: gradient, random: random, meanSlope: mean,
      gradientAtFixedSlope: gradient - mean, randomAtFixedSlope: random - mean)
  }
}
