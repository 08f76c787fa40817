import Networks
import Tensors

/// A Lipschitz bound of a network: the product of the bounds of its layers.
///
///     ‖φ(x) − φ(x + r)‖₂ ≤ L ‖r‖₂,   L = Π L_k,   for a sum of two branches L = L_a + L_b
///
/// Szegedy et al. (2013), section 4.3. <https://arxiv.org/abs/1312.6199>
///
///     normalise           max 1/σ_c                    relu, tanh, flatten, dropout, maxout   1
///     linear, conv2d      ‖W‖, see ``SpectralNorm``    sigmoid                        1/4
///     batchNorm           max |γ_c| / √(σ²_c + ε)      maxPool                        √o
///     globalAveragePool   1/√(h w)                     averagePool                    √(o / k)
///
/// k is the area of a window and o = ⌈k₁/s₁⌉ ⌈k₂/s₂⌉ the number of windows that can contain a pixel. A maximum changes
/// by at most the largest change in its window, so the sum over windows counts each pixel's change at most o times. The
/// paper calls max pooling contractive, which holds for o = 1; its own network pools 3 × 3 with stride 2, where o = 4.
///
/// A small L rules out nearby adversarial examples; a large one is uninformative.
public struct LipschitzBound: Equatable, Codable, Sendable {
  public struct LayerBound: Equatable, Codable, Sendable {
    /// Name of the node.
    public let name: String
    public let kind: String
    /// L_k; for a layer with weights, including the slack of its ``SpectralNorm``.
    public let bound: Double
    /// Result of power iteration, for layers with weights.
    public let estimate: Double?
  }

  /// In the order of the graph. An addition has bound 1: it adds its branches' bounds.
  public let layers: [LayerBound]
  /// L from the image, in pixels, to the logits.
  public let logits: Double
  /// L from the image to the input of the last node, if that node is linear: bounds for pairs of classes do not need
  /// the norm of its whole matrix.
  public let lastInput: Double?

  /// - Parameters:
  ///   - iterationCount: Number of power iterations for each layer with weights.
  ///   - seed: Seeds their random starts.
  /// - Throws: ``LipschitzError`` for a layer without a bound.
  public init(of network: Network, iterationCount: Int = 300, seed: UInt64 = 0) throws {
    let graph = network.graph
    let input = [network.inputShape.channels, network.inputShape.height, network.inputShape.width]
    var layers: [LayerBound] = []
    var bounds: [Double] = []
    for node in graph.nodes {
      let shape = node.inputs[0].map { graph.nodes[$0].shape } ?? input
      let weights = node.parameters.map { network.parameters[$0].elements.map(Double.init) }
      let norm: SpectralNorm
      switch node.layer {
      case .linear(let outputs, _):
        norm = SpectralNorm(
          of: LinearOperator(matrix: weights[0], rows: outputs, columns: shape.reduce(1, *)),
          iterationCount: iterationCount, seed: seed)
      case .convolution(let convolution):
        norm = SpectralNorm(
          of: LinearOperator(convolution, weights: weights[0], input: shape, output: node.shape),
          iterationCount: iterationCount, seed: seed)
      default:
        guard let bound = Self.bound(of: node.layer, input: shape, parameters: weights) else {
          throw LipschitzError.noBound(layer: node.name, kind: node.layer.kind)
        }
        norm = SpectralNorm(estimate: bound, upperBound: bound)
      }
      let sources = node.inputs.map { $0.map { bounds[$0] } ?? 1 }
      bounds.append(norm.upperBound * sources.reduce(0, +))
      let hasWeights =
        switch node.layer {
        case .linear, .convolution: true
        default: false
        }
      layers.append(
        LayerBound(
          name: node.name, kind: node.layer.kind, bound: norm.upperBound,
          estimate: hasWeights ? norm.estimate : nil))
    }
    self.layers = layers
    logits = bounds[bounds.count - 1]
    let last = graph.nodes[graph.nodes.count - 1]
    if case .linear = last.layer {
      lastInput = last.inputs[0].map { bounds[$0] } ?? 1
    } else {
      lastInput = nil
    }
  }

  /// The bound of layers that need no spectral norm; `nil` if there is no bound at all.
  private static func bound(of layer: Layer, input: [Int], parameters: [[Double]]) -> Double? {
    func overlap(_ pooling: Pooling) -> Double {
      func windows(_ kernel: Int, _ stride: Int) -> Int { (kernel + stride - 1) / stride }
      return Double(
        windows(pooling.kernel.height, pooling.stride.height)
          * windows(pooling.kernel.width, pooling.stride.width))
    }
    switch layer {
    case .normalise(_, let deviation): return deviation.map { 1 / Double($0) }.max()
    case .relu, .tanh, .dropout, .flatten, .add, .maxout: return 1  // pieces of maxout share no value
    case .sigmoid: return 0.25
    case .maxPool(let pooling): return overlap(pooling).squareRoot()
    case .averagePool(let pooling):
      return (overlap(pooling) / Double(pooling.kernel.height * pooling.kernel.width)).squareRoot()
    case .globalAveragePool: return 1 / Double(input[1] * input[2]).squareRoot()
    case .batchNorm(let epsilon, _):
      // Scale, shift, running mean, running variance.
      return zip(parameters[0], parameters[3]).map { abs($0) / ($1 + Double(epsilon)).squareRoot() }.max()
    // topK jumps where two values swap ranks; a square is unbounded.
    case .topK, .rbf, .linear, .convolution: return nil
    }
  }
}

/// A network without a Lipschitz bound.
public enum LipschitzError: Error, Equatable, CustomStringConvertible {
  case noBound(layer: String, kind: String)

  public var description: String {
    switch self {
    case .noBound(let layer, let kind):
      "layer \"\(layer)\" (\(kind)) can lengthen a change without limit, so that no bound on the network's changes exists"
    }
  }
}
