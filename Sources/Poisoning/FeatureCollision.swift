import Networks
import Tensors

/// Images that look like one image and have the features of another.
///
///     p = argmin_x ‖φ(x) − φ(t)‖² + β ‖x − b‖²,   x in [0, 1]
///
/// "Poison frogs", Shafahi et al. (2018) <https://arxiv.org/abs/1804.00792>, by forward–backward splitting: a gradient
/// step of length s on the first term, then the exact minimiser of the rest,
///
///     x̂ = x − s ∇‖φ(x) − φ(t)‖²,   x ← clip( (x̂ + 2 s β b) / (1 + 2 s β), 0, 1 )
///
/// Departures from the paper: its algorithm prints β s in place of 2 β s, which corresponds to half the second term;
/// and its step length is fixed, whereas here each image has its own, halved until
///
///     f(x⁺) ≤ f(x) + ⟨∇f(x), x⁺ − x⟩ + ‖x⁺ − x‖² / 2s
///
/// holds, as it does for s ≤ 1/L, and increased by a fifth after each success. So the objective never increases.
public struct FeatureCollision: Codable, Equatable, Sendable {
  /// β
  public var similarity: Double
  public var stepCount: Int
  /// The initial s.
  public var stepSize: Double

  public init(similarity: Double, stepCount: Int = 300, stepSize: Double = 0.01) {
    precondition(similarity >= 0 && similarity.isFinite, "β must not be negative, got \(similarity)")
    precondition(stepCount >= 0 && stepSize > 0, "steps have a length")
    (self.similarity, self.stepCount, self.stepSize) = (similarity, stepCount, stepSize)
  }

  /// β of the paper's transfer experiment: ¼ (features / pixels)².
  public static func paperSimilarity(featureCount: Int, pixelCount: Int) -> Double {
    let ratio = Double(featureCount) / Double(pixelCount)
    return 0.25 * ratio * ratio
  }

  /// The resulting poison of each pair.
  public struct Poisons: Sendable {
    /// Poisons with the shape of the bases, in [0, 1].
    public let images: Tensor
    /// The objective before the first step and after each, one list per pair; never increasing.
    public let objectives: [[Double]]
    /// ‖φ(p) − φ(t)‖
    public let featureDistances: [Double]
    /// ‖p − b‖
    public let baseDistances: [Double]
  }

  private struct Position {
    var pixels: [Float]
    var features: [Float]
    var gradient: [Float]
    var distance: Double  // ‖φ(x) − φ(t)‖²
  }

  /// - Parameters:
  ///   - bases: b, `[pairs, channels, height, width]`.
  ///   - targets: φ(t), `[pairs, features]`.
  ///   - network: Gives φ as its logits, such as an engine that runs ``Networks/Network/features``.
  ///   - onStep: Called before each step with the number completed; an error it throws ends the search.
  public func poisons(
    bases: Tensor, targets: Tensor, network: some DifferentiableClassifier,
    onStep: (Int) throws -> Void = { _ in }
  ) throws -> Poisons {
    precondition(
      bases.count == targets.count && targets.rowLength == network.classCount,
      "\(bases.count) bases need as many targets of \(network.classCount) features, got \(targets.shape)")
    func positions(_ images: [[Float]], _ pairs: [Int]) throws -> [Position] {
      let batch = Tensor(shape: [pairs.count] + bases.shape.dropFirst(), elements: images.flatMap(\.self))
      let (features, gradients) = try network.logitsAndImageGradients(of: batch) { row, features, gradient in
        let target = targets[row: pairs[row]]
        for index in features.indices {
          gradient[index] = 2 * (features[index] - target[target.startIndex + index])
        }
      }
      return pairs.indices.map { row in
        Position(
          pixels: images[row], features: Array(features[row: row]), gradient: Array(gradients[row: row]),
          distance: Self.squaredDistance(features[row: row], targets[row: pairs[row]]))
      }
    }

    let pairs = Array(0..<bases.count)
    var current = try positions(pairs.map { Array(bases[row: $0]) }, pairs)
    var stepSizes = [Double](repeating: stepSize, count: pairs.count)
    var objectives = pairs.map { [objective(current[$0], bases[row: $0])] }
    var isMoving = [Bool](repeating: true, count: pairs.count)
    for step in 0..<stepCount {
      try onStep(step)
      var waiting = pairs.filter { isMoving[$0] }
      while !waiting.isEmpty {
        let proposed = waiting.map { moved(current[$0], bases[row: $0], stepSizes[$0]) }
        let next = try positions(proposed, waiting)
        var again: [Int] = []
        for (row, pair) in waiting.enumerated() {
          if isEnough(current[pair], next[row], stepSizes[pair], bases[row: pair]) {
            isMoving[pair] = next[row].pixels != current[pair].pixels
            current[pair] = next[row]
            stepSizes[pair] *= 1.2
          } else if stepSizes[pair] > stepSize * 1e-12 {
            stepSizes[pair] /= 2
            again.append(pair)
          } else {
            isMoving[pair] = false  // rounding: no step is short enough
          }
        }
        waiting = again
      }
      for pair in pairs { objectives[pair].append(objective(current[pair], bases[row: pair])) }
    }
    return Poisons(
      images: Tensor(shape: bases.shape, elements: current.flatMap(\.pixels)), objectives: objectives,
      featureDistances: current.map { $0.distance.squareRoot() },
      baseDistances: pairs.map {
        Self.squaredDistance(current[$0].pixels[...], bases[row: $0]).squareRoot()
      })
  }

  private func objective(_ position: Position, _ base: ArraySlice<Float>) -> Double {
    position.distance + similarity * Self.squaredDistance(position.pixels[...], base)
  }

  private func moved(_ position: Position, _ base: ArraySlice<Float>, _ step: Double) -> [Float] {
    let pull = 2 * step * similarity
    return position.pixels.indices.map { index in
      let forward = Double(position.pixels[index]) - step * Double(position.gradient[index])
      let backward = (forward + pull * Double(base[base.startIndex + index])) / (1 + pull)
      return Float(min(max(backward, 0), 1))
    }
  }

  /// The condition that guarantees the objective has not grown; it is also checked directly, because of rounding.
  private func isEnough(
    _ from: Position, _ to: Position, _ step: Double, _ base: ArraySlice<Float>
  ) -> Bool {
    var (slope, length) = (0.0, 0.0)
    for index in from.pixels.indices {
      let change = Double(to.pixels[index]) - Double(from.pixels[index])
      slope += Double(from.gradient[index]) * change
      length += change * change
    }
    let bound = from.distance + slope + length / (2 * step)
    return to.distance <= bound && objective(to, base) <= objective(from, base)
  }

  private static func squaredDistance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    zip(left, right).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
  }
}

extension Tensor {
  /// γ t + (1 − γ) b: the target blended faintly into the base. Shafahi et al. (2018), section 4.
  public func watermarked(with target: Tensor, opacity: Float) -> Tensor {
    precondition(shape == target.shape, "images of \(shape) and \(target.shape) cannot be mixed")
    precondition((0...1).contains(opacity), "an opacity lies in 0...1, got \(opacity)")
    return Tensor(
      shape: shape,
      elements: zip(elements, target.elements).map { min(max((1 - opacity) * $0 + opacity * $1, 0), 1) })
  }
}
