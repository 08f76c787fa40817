import Foundation
import Tensors

/// Logistic regression with a penalty on the weights, fitted to its unique minimum.
///
///     J(w, b) = Σ ζ(−y (wᵀx + b)) + λ/2 ‖w‖²,   ζ(z) = log(1 + eᶻ),   y = ±1,   λ > 0
///
/// The bias is not penalised. With both classes present J is strictly convex and has a minimum, which is found by
/// Newton's method with step halving, damped (Levenberg) where the curvature vanishes; each step solves H s = −∇J by
/// conjugate gradients, H = Σ σ(1 − σ) x̃x̃ᵀ + λ diag(1, …, 1, 0), x̃ = (x, 1). Everything is in Double on the calling
/// thread, so a fit depends only on its examples.
public struct RegularizedLogisticRegression: Codable, Equatable, Sendable {
  public var weights: [Double]
  public var bias: Double

  /// Rows with their classes as ±1.
  public struct Examples: Sendable {
    public let dimension: Int
    /// x, row by row.
    public private(set) var values: [Double]
    /// y
    public private(set) var signs: [Double]

    public init(values: [Double], signs: [Double], dimension: Int) {
      precondition(
        dimension > 0 && values.count == signs.count * dimension,
        "\(signs.count) rows of \(dimension) are not \(values.count) numbers")
      precondition(signs.allSatisfy { abs($0) == 1 }, "a class is 1 or −1")
      (self.values, self.signs, self.dimension) = (values, signs, dimension)
    }

    /// - Parameter values: `[rows, …]`
    public init(_ values: Tensor, signs: [Double]) {
      self.init(values: values.elements.map(Double.init), signs: signs, dimension: values.rowLength)
    }

    public var count: Int { signs.count }

    public func row(_ index: Int) -> ArraySlice<Double> {
      values[index * dimension..<(index + 1) * dimension]
    }

    public mutating func append(_ row: some Collection<Double>, sign: Double) {
      precondition(
        row.count == dimension && abs(sign) == 1, "a row has \(dimension) numbers and a class of ±1")
      values += row
      signs.append(sign)
    }

    public func selecting(_ rows: [Int]) -> Examples {
      Examples(values: rows.flatMap { row($0) }, signs: rows.map { signs[$0] }, dimension: dimension)
    }
  }

  public init(weights: [Double], bias: Double) {
    (self.weights, self.bias) = (weights, bias)
  }

  // MARK: Outputs

  /// wᵀx + b of each row.
  public func outputs(of examples: Examples) -> [Double] {
    guard examples.count > 0 else { return [] }
    let products = LinearAlgebra.product(
      weights, examples.values, rows: 1, inner: examples.dimension, columns: examples.count)
    return products.map { $0 + bias }
  }

  /// ζ(−y f) of each row.
  public func losses(on examples: Examples) -> [Double] {
    zip(outputs(of: examples), examples.signs).map { softplus(-$1 * $0) }
  }

  /// Misclassified rows, those on the boundary included.
  public func errorCount(on examples: Examples) -> Int {
    zip(outputs(of: examples), examples.signs).count { $0 * $1 <= 0 }
  }

  /// ∇J as (∂w, ∂b).
  public func gradient(on examples: Examples, decay: Double) -> [Double] {
    let pulls = zip(outputs(of: examples), examples.signs).map { -$1 * sigmoid(-$1 * $0) }
    var gradient = Self.weighted(pulls, examples)
    for index in weights.indices { gradient[index] += decay * weights[index] }
    return gradient
  }

  /// H v.
  public func curvatureProduct(_ vector: [Double], on examples: Examples, decay: Double) -> [Double] {
    Self.curvatureProduct(vector, curvatures(on: examples), examples, decay)
  }

  /// H⁻¹ v, to about twelve digits.
  public func solvingCurvature(_ vector: [Double], on examples: Examples, decay: Double) -> [Double] {
    Self.solved(vector, curvatures(on: examples), examples, decay, damping: 0, accuracy: 1e-12)
  }

  // MARK: Fitting

  /// - Parameters:
  ///   - decay: λ
  ///   - start: Starting point; affects the time, and the result only by rounding.
  /// - Returns: The minimum: ‖∇J‖ is at most 10⁻⁹ (1 + λ‖w‖), or as small as rounding permits.
  public static func fitted(
    to examples: Examples, decay: Double, from start: RegularizedLogisticRegression? = nil
  ) -> RegularizedLogisticRegression {
    precondition(decay > 0 && decay.isFinite, "λ must be positive, got \(decay)")
    precondition(
      examples.signs.contains(1) && examples.signs.contains(-1),
      "there is no minimum unless both classes have examples")
    var model =
      start ?? Self(weights: [Double](repeating: 0, count: examples.dimension), bias: 0)
    var value = model.objective(on: examples, decay: decay)
    // No direction has a larger curvature, so a step damped by it cannot overshoot.
    let bound = decay + (dot(examples.values, examples.values) + Double(examples.count)) / 4
    var damping = 0.0
    for _ in 0..<200 {
      let gradient = model.gradient(on: examples, decay: decay)
      let length = norm(gradient)
      if length <= 1e-9 * (1 + decay * norm(model.weights)) { break }
      // A rough step costs a third of an exact one, and little more than one extra step is needed.
      let step = solved(
        gradient, model.curvatures(on: examples), examples, decay, damping: damping, accuracy: 1e-3)
      let slope = dot(gradient, step)
      var size = 1.0
      var next = model.moved(along: step, by: size)
      var nextValue = next.objective(on: examples, decay: decay)
      while !(nextValue <= value - 1e-4 * size * slope), size > 0.1 {
        size /= 2
        next = model.moved(along: step, by: size)
        nextValue = next.objective(on: examples, decay: decay)
      }
      if nextValue <= value - 1e-4 * size * slope {
        damping = damping < bound * 1e-5 ? 0 : damping / 10
      } else {
        // Near the minimum the value is uninformative; the gradient decides.
        next = model.moved(along: step, by: 1)
        nextValue = next.objective(on: examples, decay: decay)
        guard norm(next.gradient(on: examples, decay: decay)) < length / 2, nextValue <= value * (1 + 1e-12)
        else {
          // Far from it, where the curvature vanishes, a step may go anywhere.
          damping = max(10 * damping, bound * 1e-4)
          if damping > 100 * bound { break }
          continue
        }
      }
      (model, value) = (next, nextValue)
    }
    return model
  }

  func objective(on examples: Examples, decay: Double) -> Double {
    losses(on: examples).reduce(0, +) + decay / 2 * dot(weights, weights)
  }

  private func moved(along step: [Double], by size: Double) -> Self {
    var moved = self
    for index in weights.indices { moved.weights[index] -= size * step[index] }
    moved.bias -= size * step[weights.count]
    return moved
  }

  /// σ(1 − σ) of each row.
  private func curvatures(on examples: Examples) -> [Double] {
    outputs(of: examples).map { sigmoid($0) * sigmoid(-$0) }
  }

  /// Σ aᵢ x̃ᵢ.
  private static func weighted(_ factors: [Double], _ examples: Examples) -> [Double] {
    LinearAlgebra.product(
      examples.values, factors, rows: examples.dimension, inner: examples.count, columns: 1)
      + [factors.reduce(0, +)]
  }

  private static func curvatureProduct(
    _ vector: [Double], _ curvatures: [Double], _ examples: Examples, _ decay: Double
  ) -> [Double] {
    let dimension = examples.dimension
    let along = LinearAlgebra.product(
      Array(vector.prefix(dimension)), examples.values, rows: 1, inner: dimension, columns: examples.count)
    var result = weighted(zip(along, curvatures).map { ($0 + vector[dimension]) * $1 }, examples)
    for index in 0..<dimension { result[index] += decay * vector[index] }
    return result
  }

  /// (H + damping)⁻¹ v by conjugate gradients, until the relative residual is `accuracy`. Hestenes, Stiefel (1952).
  private static func solved(
    _ vector: [Double], _ curvatures: [Double], _ examples: Examples, _ decay: Double, damping: Double,
    accuracy: Double
  ) -> [Double] {
    var solution = [Double](repeating: 0, count: vector.count)
    var residual = vector
    var direction = vector
    var square = dot(residual, residual)
    let goal = square * accuracy * accuracy
    var iteration = 0
    while square > goal, iteration < 10 * vector.count {
      var product = curvatureProduct(direction, curvatures, examples, decay)
      for index in product.indices { product[index] += damping * direction[index] }
      let curvature = dot(direction, product)
      guard curvature > 0 else { break }
      let size = square / curvature
      for index in solution.indices {
        solution[index] += size * direction[index]
        residual[index] -= size * product[index]
      }
      let next = dot(residual, residual)
      for index in direction.indices { direction[index] = residual[index] + next / square * direction[index] }
      square = next
      iteration += 1
    }
    return solution
  }
}

func sigmoid(_ z: Double) -> Double { z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)) }

/// log(1 + eᶻ), without overflow.
private func softplus(_ z: Double) -> Double { z > 0 ? z + log1p(exp(-z)) : log1p(exp(z)) }

func dot(_ left: some Sequence<Double>, _ right: some Sequence<Double>) -> Double {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}

private func norm(_ vector: [Double]) -> Double { dot(vector, vector).squareRoot() }
