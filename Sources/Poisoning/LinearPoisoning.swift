/// Poison points for a linear classifier, optimised to do the most damage.
///
///     maximise V(θ*(x_c)),   θ*(x_c) = argmin_θ J(θ; training ∪ {(x_c, y_c)}),   x_c in [0, 1]
///
/// V is the mean loss on validation points. At the minimum ∇J = 0, and by the implicit function theorem
///
///     ∂V/∂x_c = −(∂²J/∂x_c∂θ)ᵀ H⁻¹ ∇V = s y_c v_w − d (v_wᵀx_c + v_b) w,
///     v = H⁻¹ ∇V,   s = σ(−y_c f(x_c)),   d = s (1 − s)
///
/// Biggio, Nelson, Laskov (2012) do this for a support vector machine <https://arxiv.org/abs/1206.6389>; Mei, Zhu
/// (2015) and Muñoz-González et al. (2017) <https://arxiv.org/abs/1708.08689> for losses like this one. Logistic
/// regression is used because its minimum is one smooth function of the points, so that the gradient is exact.
public struct LinearPoisoning: Sendable {
  public typealias Examples = RegularizedLogisticRegression.Examples

  public let training: Examples
  public let validation: Examples
  /// λ
  public let decay: Double

  public init(training: Examples, validation: Examples, decay: Double) {
    precondition(
      training.dimension == validation.dimension && validation.count > 0,
      "training and validation points are of one kind")
    (self.training, self.validation, self.decay) = (training, validation, decay)
  }

  /// The model fitted to all training points, and V.
  public func fitted(
    from start: RegularizedLogisticRegression? = nil
  ) -> (model: RegularizedLogisticRegression, loss: Double) {
    let model = RegularizedLogisticRegression.fitted(to: training, decay: decay, from: start)
    let losses = model.losses(on: validation)
    return (model, losses.reduce(0, +) / Double(losses.count))
  }

  /// ∂V/∂x_c.
  ///
  /// - Parameters:
  ///   - point: Number of the training point that can move.
  ///   - model: A model fitted to all training points, including that one.
  public func gradient(ofPoint point: Int, model: RegularizedLogisticRegression) -> [Double] {
    let count = Double(validation.count)
    // ∇V is that of the validation loss without a penalty.
    let validationGradient = model.gradient(on: validation, decay: 0).map { $0 / count }
    let pulled = model.solvingCurvature(validationGradient, on: training, decay: decay)
    let row = training.row(point)
    let sign = training.signs[point]
    let output = dot(model.weights, row) + model.bias
    let share = sigmoid(-sign * output)
    let along = dot(pulled, row) + pulled[training.dimension]
    let bend = share * (1 - share) * along
    return (0..<training.dimension).map { share * sign * pulled[$0] - bend * model.weights[$0] }
  }

  /// Optimisation of one point.
  public struct Climb: Sendable {
    public let row: [Double]
    /// V before the first step and after each; never decreasing.
    public let losses: [Double]
    public let model: RegularizedLogisticRegression
  }

  /// Moves the last training point by projected gradient ascent.
  ///
  /// A step has length `stepSize` before clipping to the box; it is halved if V would not grow, and doubled again after
  /// a success. It ends after `stepCount` steps, or at a step below a thousandth of the first.
  ///
  /// - Parameter onStep: Called before each step; an error it throws ends the ascent.
  public func climbed(
    stepCount: Int, stepSize: Double, onStep: (Int) throws -> Void = { _ in }
  ) rethrows -> Climb {
    precondition(training.count > 0 && stepSize > 0, "there is a point to move, and a way to go")
    let last = training.count - 1
    var current = self
    var (model, loss) = fitted()
    var losses = [loss]
    var size = stepSize
    for step in 0..<stepCount {
      try onStep(step)
      let gradient = current.gradient(ofPoint: last, model: model)
      let length = dot(gradient, gradient).squareRoot()
      guard length > 0 else { break }
      var isHigher = false
      while !isHigher, size > stepSize / 1000 {
        let next = current.moving(
          last, to: zip(current.training.row(last), gradient).map { min(max($0 + size * $1 / length, 0), 1) })
        let fit = next.fitted(from: model)
        isHigher = fit.loss > loss
        if isHigher { (current, model, loss) = (next, fit.model, fit.loss) } else { size /= 2 }
      }
      guard isHigher else { break }
      losses.append(loss)
      size *= 2
    }
    return Climb(row: Array(current.training.row(last)), losses: losses, model: model)
  }

  /// The same problem with one more training point.
  public func adding(_ row: some Collection<Double>, sign: Double) -> LinearPoisoning {
    var training = training
    training.append(row, sign: sign)
    return LinearPoisoning(training: training, validation: validation, decay: decay)
  }

  /// Moves the last point, the only one that ever moves.
  private func moving(_ point: Int, to row: [Double]) -> LinearPoisoning {
    let others = training.selecting(Array(0..<point))
    return LinearPoisoning(training: others, validation: validation, decay: decay)
      .adding(row, sign: training.signs[point])
  }
}
