import Foundation
import OneDNN

/// Minus the squared distance of a vector from a centre per output, scaled along each axis.
///
///     z_k = −Σ_i β_ki (x_i − μ_ki)²,   β = exp(γ)
///
/// The shallow RBF network of Goodfellow, Shlens, Szegedy (2015), section 7, with a diagonal β. The paper prints no
/// minus sign, gives no form for several classes and leaves β general; here γ is trained, so that scores are never
/// positive and exp(z_k) is the paper's unnormalised p(y = k | x). <https://arxiv.org/abs/1412.6572>
///
/// Parameters: μ and γ, both `[outputs, inputs]`. They start at μ ~ N(½, 0.01), the middle of the pixels, and
/// β = 1 / √d, so that scores are of order √d.
struct RadialBasisScores: LayerKind {
  let outputs: Int

  static let word = "rbf"
  static let keys: [SettingKey] = [.outputs]

  init(outputs: Int) { self.outputs = outputs }

  init(from settings: LayerSettings) throws { outputs = try settings.value(.outputs) }

  func write(to settings: inout LayerSettingsWriter) throws { try settings.write(outputs, as: .outputs) }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    _ = try vector(inputs[0])
    guard outputs > 0 else { throw ShapeProblem("outputs must be positive, got \(outputs)") }
    return [outputs]
  }

  func parameters(of node: String, input: [Int]) -> [Parameter] {
    let shape = [outputs, input[0]]
    return [
      Parameter(
        name: "\(node).centre", role: .centre, shape: shape, start: .normal(mean: 0.5, deviation: 0.1)),
      Parameter(
        name: "\(node).log_precision", role: .logPrecision, shape: shape,
        start: .constant(-0.5 * log(Float(input[0])))),
    ]
  }

  var isReadout: Bool { true }
  var mayBeOverwritten: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double {
    let (centres, precisions) = (parameters[0], parameters[1])
    let length = centres.count / max(outputs, 1)
    return (0..<outputs).map { row in
      (row * length..<(row + 1) * length).reduce(0.0) { sum, index in
        let reach = inputs[0] + Double(abs(centres[index]))
        return sum + ValueBound.product(exp(Double(precisions[index])), reach * reach)
      }
    }.max() ?? 0
  }
  // No Lipschitz bound: a square is unbounded.

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerRBF(position, sources[0])
  }
}

/// Minus the squared distance of a vector from a centre per output, scaled along each axis.
///
///     z_k = −Σ_i β_ki (x_i − μ_ki)²,   β = exp(γ)
///     ∂z_k/∂x_i = −2 β_ki (x_i − μ_ki),   ∂z_k/∂μ_ki = 2 β_ki (x_i − μ_ki),   ∂z_k/∂γ_ki = −β_ki (x_i − μ_ki)²
///
/// Plain loops: there are only as many centres as classes.
struct RadialBasis {
  let inputs: Int
  let outputs: Int
  let images: Int

  /// - Parameter precisions: Room for β, `[outputs, inputs]`.
  func run(
    _ source: UnsafePointer<Float>, centres: UnsafePointer<Float>, logPrecisions: UnsafePointer<Float>,
    precisions: UnsafeMutablePointer<Float>, to scores: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<outputs * inputs { precisions[index] = exp(logPrecisions[index]) }
    for image in 0..<images {
      let pixels = source + image * inputs
      for output in 0..<outputs {
        let (centre, precision) = (centres + output * inputs, precisions + output * inputs)
        var sum = 0.0
        for index in 0..<inputs {
          let difference = pixels[index] - centre[index]
          sum -= Double(precision[index] * difference * difference)
        }
        scores[image * outputs + output] = Float(sum)
      }
    }
  }

  func runParameterGradient(
    _ source: UnsafePointer<Float>, gradient: UnsafePointer<Float>, centres: UnsafePointer<Float>,
    precisions: UnsafePointer<Float>, centreGradient: UnsafeMutablePointer<Float>,
    logPrecisionGradient: UnsafeMutablePointer<Float>
  ) {
    centreGradient.update(repeating: 0, count: outputs * inputs)
    logPrecisionGradient.update(repeating: 0, count: outputs * inputs)
    for image in 0..<images {
      let pixels = source + image * inputs
      for output in 0..<outputs {
        let upstream = gradient[image * outputs + output]
        let start = output * inputs
        for index in 0..<inputs {
          let difference = pixels[index] - centres[start + index]
          let pull = upstream * precisions[start + index] * difference
          centreGradient[start + index] += 2 * pull
          logPrecisionGradient[start + index] -= pull * difference
        }
      }
    }
  }

  func runSourceGradient(
    _ source: UnsafePointer<Float>, gradient: UnsafePointer<Float>, centres: UnsafePointer<Float>,
    precisions: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    target.update(repeating: 0, count: images * inputs)
    for image in 0..<images {
      let (pixels, row) = (source + image * inputs, target + image * inputs)
      for output in 0..<outputs {
        let upstream = -2 * gradient[image * outputs + output]
        let start = output * inputs
        for index in 0..<inputs {
          row[index] += upstream * precisions[start + index] * (pixels[index] - centres[start + index])
        }
      }
    }
  }
}

extension PlanBuilder {
  fileprivate func lowerRBF(_ position: Int, _ source: Value) throws -> Value {
    let node = graph.nodes[position]
    let training = trains(position)
    let inputs = graph.parameters[node.parameters.lowerBound].shape[1]
    let basis = RadialBasis(inputs: inputs, outputs: node.shape[0], images: microBatch)
    let read = try MemoryDescription.plain([microBatch, inputs])
    let from = try converted(source.memory, to: read)
    let first = node.parameters.lowerBound
    let (centres, logPrecisions) = (store.home(of: first), store.home(of: first + 1))
    let precisions = try allocate(.plain([node.shape[0], inputs]))
    let result = Value(
      try allocate(.plain([microBatch] + node.shape)), needsGradient: training || source.needsGradient)
    let to = result.memory
    emit("rbf") { _, _ in
      basis.run(
        from.floats, centres: centres.floats, logPrecisions: logPrecisions.floats,
        precisions: precisions.floats, to: to.floats)
    }
    onGradient { [self] in
      guard let gradient = result.gradient else { return }
      if training, let parameterGradients {
        let centreGradient = try store.gradient(of: first, in: parameterGradients)
        let logPrecisionGradient = try store.gradient(of: first + 1, in: parameterGradients)
        emit("rbf, gradient of its parameters") { _, _ in
          basis.runParameterGradient(
            from.floats, gradient: gradient.floats, centres: centres.floats, precisions: precisions.floats,
            centreGradient: centreGradient.floats, logPrecisionGradient: logPrecisionGradient.floats)
        }
      }
      guard source.needsGradient else { return }
      try contribute(to: source, in: read) { target in
        emit("rbf, gradient of its input") { _, _ in
          basis.runSourceGradient(
            from.floats, gradient: gradient.floats, centres: centres.floats, precisions: precisions.floats,
            to: target.floats)
        }
      }
    }
    return result
  }
}

extension Layer {
  /// Minus the squared distance of a vector from a centre per output, scaled along each axis.
  public static func rbf(outputs: Int) -> Layer { Layer(RadialBasisScores(outputs: outputs)) }

  /// Number of its outputs, if it is this kind of layer.
  public var rbf: Int? { (definition as? RadialBasisScores)?.outputs }
}
