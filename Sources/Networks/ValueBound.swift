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
        node.layer.definition.valueBound(inputs, network.parameters[node.parameters].map(\.elements)))
    }
    ofNodes = bounds
  }

  /// Whether no value can come near the largest Float.
  var isFar: Bool { ofNodes.allSatisfy { $0 < Self.limit } }

  /// The bound of sums of products: max_j (Σ_i |W_ji| · |x|∞ + |b_j|).
  ///
  /// - Parameter parameters: W, one output after the other, and b if there is one.
  static func ofProduct(_ input: Double, _ parameters: [[Float]], outputs: Int) -> Double {
    let weights = parameters[0]
    let biases = parameters.count > 1 ? parameters[1] : []
    let length = weights.count / max(outputs, 1)
    return weights.withUnsafeBufferPointer { weights in
      (0..<outputs).map { row in
        let sum = weights[row * length..<(row + 1) * length].reduce(0.0) { $0 + Double(abs($1)) }
        return product(sum, input) + (biases.isEmpty ? 0 : Double(abs(biases[row])))
      }.max() ?? 0
    }
  }

  /// 0 · ∞ is 0 here; any other NaN means there is no bound.
  static func product(_ first: Double, _ second: Double) -> Double {
    if first == 0 || second == 0 { return 0 }
    let result = first * second
    return result.isNaN ? .infinity : result
  }
}
