import Foundation
import OneDNN

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
  func lowerRBF(_ position: Int, _ source: Value) throws -> Value {
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
