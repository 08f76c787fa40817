import Datasets
import Foundation
import Tensors

/// The special case in which the fast gradient sign method is exact: two classes, y = ±1, P(y = 1) = σ(wᵀx + b).
///
///     clean         E ζ(−y(wᵀx + b)),              ζ(z) = log(1 + eᶻ)
///     adversarial   E ζ(ε‖w‖₁ − y(wᵀx + b)),       the largest loss within ‖r‖∞ ≤ ε, r = −ε y sign w
///
/// Goodfellow, Shlens, Szegedy (2015), section 5, print ζ(y(ε‖w‖₁ − wᵀx − b)). That is the largest loss for y = 1 only:
/// for y = −1 the sign of ε‖w‖₁ is wrong and the value is below the clean loss. <https://arxiv.org/abs/1412.6572>
package struct LogisticRegression: Equatable, Sendable {
  package var weights: [Float]
  var bias: Float

  /// Two classes as ±1.
  package struct Data: Sendable {
    /// `[count, pixels]`
    package let images: Tensor
    /// 1 or −1.
    package let signs: [Double]

    package init(images: Tensor, signs: [Double]) { (self.images, self.signs) = (images, signs) }

    /// The images of two classes, the first as −1.
    package init(_ images: LabelledImages, pair: [Int]) {
      let rows = images.labels.indices.filter { pair.contains(images.labels[$0]) }
      let tensor = images.tensor(of: rows)
      self.init(
        images: tensor.reshaped([rows.count, images.shape.pixelCount]),
        signs: rows.map { images.labels[$0] == pair[1] ? 1 : -1 })
    }
  }

  private func outputs(on data: Data) -> [Double] {
    (0..<data.signs.count).map { row in
      zip(weights, data.images[row: row]).reduce(Double(bias)) { $0 + Double($1.0) * Double($1.1) }
    }
  }

  var weightNorm: Double { Norm.l1(weights) }

  /// E ζ(ε‖w‖₁ − y(wᵀx + b)); ε = 0 is the clean loss.
  package func loss(on data: Data, epsilon: Double) -> Double {
    mean(over: data) { softplus(epsilon * weightNorm - $1 * $0) }
  }

  /// What the paper prints, over the images of one sign.
  func printedLoss(on data: Data, epsilon: Double, sign: Double) -> Double {
    mean(over: data.only(sign)) { softplus($1 * (epsilon * weightNorm - $0)) }
  }

  package func loss(on data: Data, epsilon: Double, sign: Double) -> Double {
    loss(on: data.only(sign), epsilon: epsilon)
  }

  /// How many are wrong after the worst step within ‖r‖∞ ≤ ε, without clipping; ε = 0: as they are. A tie counts as wrong.
  package func errorCount(on data: Data, epsilon: Double) -> Int {
    zip(outputs(on: data), data.signs).count { $1 * $0 - epsilon * weightNorm <= 0 }
  }

  /// The same with every pixel kept in [0, 1].
  package func clippedErrorCount(on data: Data, epsilon: Double) -> Int {
    zip(outputs(on: data), data.signs).enumerated().count { row, pair in
      let (output, sign) = pair
      var fall = 0.0
      for (weight, pixel) in zip(weights, data.images[row: row]) {
        let isDown = Double(weight) * sign > 0
        let room = isDown ? Double(pixel) : 1 - Double(pixel)
        fall += abs(Double(weight)) * min(epsilon, room)
      }
      return sign * output - fall <= 0
    }
  }

  private func mean(over data: Data, _ value: (_ output: Double, _ sign: Double) -> Double) -> Double {
    zip(outputs(on: data), data.signs).reduce(0) { $0 + value($1.0, $1.1) } / Double(data.signs.count)
  }

  /// Minimises the adversarial loss by proximal gradient steps over all images, with Nesterov's momentum, begun anew where
  /// the loss rises.
  ///
  ///     s = σ(ε‖w‖₁ − y(wᵀx + b)),   w ← soft(w + η mean(s y x), η ε mean(s)),   soft(v, t) = sign(v) max(|v| − t, 0)
  ///
  /// The norm enters by its proximal map, so a pixel that tells nothing gets a weight of exactly 0 instead of one that
  /// swings about it. η = 4 / mean(‖x‖² + 1), below which the step for a clean loss cannot overshoot.
  package static func trained(
    on data: Data, epsilon: Double, stepCount: Int, progress: (_ done: Int) throws -> Void = { _ in }
  ) rethrows -> LogisticRegression {
    let (count, length) = (data.signs.count, data.images.rowLength)
    let squares = data.images.elements.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
    let stepSize = 4 / (squares + 1)
    var model = LogisticRegression(weights: [Float](repeating: 0, count: length), bias: 0)
    var ahead = model
    var momentum = 1.0
    var lastLoss = Double.infinity
    for step in 0..<stepCount {
      let penalty = epsilon * ahead.weightNorm
      let outputs = product(data.images, ahead.weights)
      var loss = 0.0
      var (meanShare, biasSlope) = (0.0, 0.0)
      let pulls = outputs.indices.map { row in
        let sign = data.signs[row]
        let excess = penalty - sign * (Double(outputs[row]) + Double(ahead.bias))
        loss += softplus(excess) / Double(count)
        let share = 1 / (1 + exp(-excess)) / Double(count)
        meanShare += share
        biasSlope += share * sign
        return Float(share * sign)
      }
      if loss > lastLoss { momentum = 1 }
      lastLoss = loss
      let slopes = product(data.images, transposedWith: pulls)
      var next = model
      let threshold = stepSize * epsilon * meanShare
      for index in 0..<length {
        let moved = Double(ahead.weights[index]) + stepSize * Double(slopes[index])
        next.weights[index] = Float(moved > 0 ? max(moved - threshold, 0) : min(moved + threshold, 0))
      }
      next.bias = Float(Double(ahead.bias) + stepSize * biasSlope)
      let nextMomentum = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
      let share = Float((momentum - 1) / nextMomentum)
      ahead = next
      for index in 0..<length { ahead.weights[index] += share * (next.weights[index] - model.weights[index]) }
      ahead.bias += share * (next.bias - model.bias)
      (model, momentum) = (next, nextMomentum)
      try progress(step + 1)
    }
    return model
  }

  private static func product(_ matrix: Tensor, _ vector: [Float]) -> [Float] {
    matrix.elements.withUnsafeBufferPointer { elements in
      vector.withUnsafeBufferPointer { vector in
        MatrixView(elements, rows: matrix.count, columns: matrix.rowLength).product(
          with: MatrixView(vector, rows: vector.count, columns: 1)
        ).elements
      }
    }
  }

  private static func product(_ matrix: Tensor, transposedWith vector: [Float]) -> [Float] {
    matrix.elements.withUnsafeBufferPointer { elements in
      vector.withUnsafeBufferPointer { vector in
        MatrixView(vector, rows: 1, columns: vector.count).product(
          with: MatrixView(elements, rows: matrix.count, columns: matrix.rowLength)
        ).elements
      }
    }
  }
}

extension LogisticRegression.Data {
  package func only(_ sign: Double) -> Self {
    let rows = signs.indices.filter { signs[$0] == sign }
    return Self(images: images.rows(rows), signs: rows.map { signs[$0] })
  }
}

/// log(1 + eᶻ), without overflow.
private func softplus(_ z: Double) -> Double { z > 0 ? z + log1p(exp(-z)) : log1p(exp(z)) }
