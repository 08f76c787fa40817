import Foundation
import Tensors

/// How large the values of a network can become for any image: interval arithmetic with one number per node.
///
///     |W x + b|∞ ≤ max_j (Σ_i |W_ji| · |x|∞ + |b_j|),   |γ (x − μ) / √(σ² + ε) + β| the same, |σ(x)| ≤ 1, …
///
/// With finite parameters, NaN arises only from values beyond the largest Float: ∞ − ∞, 0 · ∞. A later clamp, such as
/// ReLU, turns it into 0 on these processors, and a wrong answer looks like any other. If the bounds stay far below
/// that, nothing has to be checked while the network runs.
struct ValueBound {
  /// The bound on pixels: far more than 1, so that noise and steps out of the box are covered as well.
  static let largestInput = 1e3
  /// Sums and transforms on the way to a result may be larger than it: the largest Float is 3.4 · 10³⁸.
  static let limit = 1e35

  /// Bound of each node; ∞ once it overflows a Double.
  let ofNodes: [Double]

  init(_ network: Network) {
    let graph = network.graph
    var bounds: [Double] = []
    for node in graph.nodes {
      let inputs = node.inputs.map { $0.map { bounds[$0] } ?? Self.largestInput }
      bounds.append(
        Self.bound(node.layer, inputs, network.parameters[node.parameters].map(\.elements)))
    }
    ofNodes = bounds
  }

  /// Whether no value can come near the largest Float.
  var isFar: Bool { ofNodes.allSatisfy { $0 < Self.limit } }

  private static func bound(_ layer: Layer, _ inputs: [Double], _ parameters: [[Float]]) -> Double {
    let input = inputs[0]
    switch layer {
    case .normalise(let mean, let deviation):
      return zip(mean, deviation).map { (input + abs(Double($0))) / Double($1) }.max() ?? input
    case .convolution, .linear:
      let weights = parameters[0]
      let biases = parameters.count > 1 ? parameters[1] : []
      let count: Int =
        switch layer {
        case .linear(let outputs, _): outputs
        case .convolution(let convolution): convolution.outputChannels
        default: 1
        }
      let length = weights.count / max(count, 1)
      return weights.withUnsafeBufferPointer { weights in
        (0..<count).map { row in
          let sum = weights[row * length..<(row + 1) * length].reduce(0.0) { $0 + Double(abs($1)) }
          return product(sum, input) + (biases.isEmpty ? 0 : Double(abs(biases[row])))
        }.max() ?? 0
      }
    case .batchNorm(let epsilon, _):
      let (scale, shift, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
      return scale.indices.map { channel in
        let deviation = (Double(variance[channel]) + Double(epsilon)).squareRoot()
        let reach = input + Double(abs(mean[channel]))
        return product(Double(abs(scale[channel])) / deviation, reach) + Double(abs(shift[channel]))
      }.max() ?? 0
    case .rbf(let outputs):
      let (centres, precisions) = (parameters[0], parameters[1])
      let length = centres.count / max(outputs, 1)
      return (0..<outputs).map { row in
        (row * length..<(row + 1) * length).reduce(0.0) { sum, index in
          let reach = input + Double(abs(centres[index]))
          return sum + product(exp(Double(precisions[index])), reach * reach)
        }
      }.max() ?? 0
    case .add: return inputs.reduce(0, +)
    case .sigmoid, .tanh: return 1
    case .maxPool, .averagePool, .globalAveragePool, .relu, .dropout, .flatten, .topK, .maxout: return input
    }
  }

  /// 0 · ∞ is 0 here; any other NaN means there is no bound.
  private static func product(_ first: Double, _ second: Double) -> Double {
    if first == 0 || second == 0 { return 0 }
    let result = first * second
    return result.isNaN ? .infinity : result
  }
}
