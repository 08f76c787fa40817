import Networks
import Tensors

/// The exact distance from an image to the nearest adversarial one, for a classifier z = W x + b.
///
///     without a box   min_k (z_y − z_k) / ‖w_y − w_k‖_q,   1/p + 1/q = 1
///
/// With a box, for each rival k with v = w_k − w_y and missing margin m, the smallest ‖r‖ with vᵀr ≥ m and x + r in the
/// box is given by
///
///     L2   rᵢ = clip(λ vᵢ)                 L∞   rᵢ = clip(λ sign vᵢ)
///     L1   pixels in descending order of |vᵢ|, each moved to its bound until m is reached
///     L0   pixels in descending order of |vᵢ| times the room to their bound: the number needed to reach m
///
/// with the smallest sufficient λ, by the Karush–Kuhn–Tucker conditions. The reference for every attack.
public struct LinearModelDistance: Sendable {
  /// W, one row per class, in units of pixels.
  private let weights: [[Double]]
  private let biases: [Double]

  /// - Parameter weights: `[classCount, pixelCount]`.
  public init(weights: Tensor, biases: [Float]) {
    precondition(weights.count == biases.count, "\(weights.count) rows of weights, \(biases.count) biases")
    self.weights = (0..<weights.count).map { weights[row: $0].map(Double.init) }
    self.biases = biases.map(Double.init)
  }

  /// - Returns: `nil` when the network is more than one linear layer preceded by at most normalise, flatten and
  ///   dropout.
  public init?(of network: Network) {
    let nodes = network.graph.nodes
    guard let last = nodes.last, case .linear(_, let hasBias) = last.layer else { return nil }
    for node in nodes.dropLast() {
      switch node.layer {
      case .normalise, .flatten, .dropout: continue
      default: return nil
      }
    }
    let matrix = network.parameters[last.parameters.lowerBound]
    let own =
      hasBias
      ? network.parameters[last.parameters.lowerBound + 1].elements.map(Double.init)
      : [Double](repeating: 0, count: matrix.count)
    let area = network.inputShape.height * network.inputShape.width
    let (mean, deviation) =
      network.graph.normalisation
      ?? (
        [Float](repeating: 0, count: network.inputShape.channels),
        [Float](repeating: 1, count: network.inputShape.channels)
      )
    // W (x − μ)/σ + b = (W/σ) x + (b − W μ/σ)
    let scaled = (0..<matrix.count).map { row in
      matrix[row: row].enumerated().map { Double($1) / Double(deviation[$0 / area]) }
    }
    weights = scaled
    biases = own.enumerated().map { row, bias in
      bias - scaled[row].enumerated().reduce(0.0) { $0 + $1.element * Double(mean[$1.offset / area]) }
    }
  }

  /// - Parameters:
  ///   - image: Pixels.
  ///   - label: True class.
  ///   - target: Class that must win against the label; `nil` for the nearest of all. Other classes do not count.
  ///   - bounds: Bounds of the pixels; `nil` for none.
  /// - Returns: 0 when the image is misclassified; ∞ when no image of the box is adversarial.
  public func distance(
    from image: some Collection<Float>, label: Int, target: Int? = nil, norm: Norm,
    bounds: ClosedRange<Float>? = nil
  ) -> Double {
    let pixels = image.map(Double.init)
    let rivals = target.map { [$0] } ?? weights.indices.filter { $0 != label }
    return rivals.reduce(Double.infinity) { least, rival in
      let slopes = zip(weights[rival], weights[label]).map { $0 - $1 }
      let missing =
        biases[label] - biases[rival] - zip(slopes, pixels).reduce(0) { $0 + $1.0 * $1.1 }
      guard missing > 0 else { return 0 }
      return min(least, smallestStep(slopes, missing, pixels, norm, bounds))
    }
  }

  private func smallestStep(
    _ slopes: [Double], _ missing: Double, _ pixels: [Double], _ norm: Norm, _ bounds: ClosedRange<Float>?
  ) -> Double {
    /// How far each pixel can move in the direction of its slope.
    let room = zip(slopes, pixels).map { slope, pixel in
      guard let bounds else { return Double.infinity }
      return slope > 0 ? Double(bounds.upperBound) - pixel : pixel - Double(bounds.lowerBound)
    }
    let sizes = slopes.map(abs)
    func gain(_ steps: [Double]) -> Double { zip(sizes, steps).reduce(0) { $0 + $1.0 * $1.1 } }
    switch norm {
    case .l0:
      // The pixels with the largest gains, each moved all the way.
      let gains = zip(sizes, room).map { $0 > 0 && $1 > 0 ? $0 * $1 : 0 }.sorted(by: >)
      var (left, count) = (missing, 0.0)
      for gain in gains where gain > 0 {
        left -= gain
        count += 1
        if left <= 1e-12 * missing { return count }
      }
      return .infinity
    case .l1:
      var (left, length) = (missing, 0.0)
      for pixel in sizes.indices.sorted(by: { sizes[$0] > sizes[$1] }) where sizes[pixel] > 0 {
        let step = min(room[pixel], left / sizes[pixel])
        length += step
        left -= step * sizes[pixel]
        // Below rounding: the last step supplies the remainder exactly.
        if left <= 1e-12 * missing { return length }
      }
      return .infinity
    case .l2:
      return search(missing, gain, { scale in zip(sizes, room).map { min(scale * $0, $1) } }) {
        $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
    case .linf:
      return search(missing, gain, { scale in zip(sizes, room).map { $0 > 0 ? min(scale, $1) : 0 } }) {
        $0.max() ?? 0
      }
    }
  }

  /// The length of the steps at the smallest scale with a sufficient gain; ∞ if there is none.
  private func search(
    _ missing: Double, _ gain: ([Double]) -> Double, _ steps: (_ scale: Double) -> [Double],
    _ length: ([Double]) -> Double
  ) -> Double {
    var high = 1.0
    while gain(steps(high)) < missing {
      high *= 2
      guard high < 1e100 else { return .infinity }
    }
    var low = 0.0
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if gain(steps(middle)) >= missing { high = middle } else { low = middle }
    }
    return length(steps(high))
  }
}
