import Foundation
import Tensors

extension Network {
  /// Draws the initial weights of a graph.
  ///
  ///     followed by relu:         W ~ N(0, 2 / fanIn)              He, Zhang, Ren, Sun (2015)
  ///     otherwise:               W ~ N(0, 2 / (fanIn + fanOut))   Glorot, Bengio (2010)
  ///     followed by maxout of k:  W ~ N(0, 1 / (m_k fanIn)), m_k the mean square of the largest of k normal draws
  ///     rbf:                     μ ~ N(½, 0.01), the middle of the pixels;  β = 1 / √d, so that scores are of order √d
  ///     biases 0; batch normalization γ = 1, β = 0, running mean 0, running variance 1
  ///
  /// Each parameter draws from its own stream of the seed, so adding a layer does not change the others' values.
  public init(initializing graph: Graph, seed: UInt64) {
    var tensors: [Tensor] = []
    for (index, parameter) in graph.parameters.enumerated() {
      switch parameter.role {
      case .bias, .shift, .runningMean: tensors.append(Tensor(shape: parameter.shape))
      case .scale, .runningVariance: tensors.append(Tensor(repeating: 1, shape: parameter.shape))
      case .centre:
        var generator = SeededGenerator(seed: seed, stream: RandomStream.initialization(parameter: index))
        tensors.append(
          Tensor(
            shape: parameter.shape, elements: generator.normals(parameter.count).map { 0.5 + 0.1 * $0 }))
      case .logPrecision:
        tensors.append(Tensor(repeating: -0.5 * log(Float(parameter.shape[1])), shape: parameter.shape))
      case .weight:
        let node = graph.nodes.firstIndex { $0.parameters.contains(index) }!  // every parameter has a node
        let receptive = parameter.shape.dropFirst(2).reduce(1, *)
        let fanIn = parameter.shape[1] * receptive
        let fanOut = parameter.shape[0] * receptive
        let variance =
          if let pieces = graph.maxoutPieces(after: node) {
            1 / (Double(fanIn) * largestMeanSquare(of: pieces))
          } else if graph.leadsToReLU(node) { 2 / Double(fanIn) } else { 2 / Double(fanIn + fanOut) }
        var generator = SeededGenerator(seed: seed, stream: RandomStream.initialization(parameter: index))
        let scale = Float(variance.squareRoot())
        tensors.append(
          Tensor(shape: parameter.shape, elements: generator.normals(parameter.count).map { $0 * scale }))
      }
    }
    self.init(graph: graph, checked: tensors)
  }
}

/// E max(x₁ … x_k)² of standard normal draws: weights scaled by it preserve the mean square through a maxout.
///
///     ∫ x² k φ(x) Φ(x)^{k−1} dx
func largestMeanSquare(of count: Int) -> Double {
  let step = 0.01
  return stride(from: -9.0, through: 9, by: step).reduce(0) { sum, x in
    let density = exp(-x * x / 2) / (2 * .pi).squareRoot()
    return sum + step * x * x * Double(count) * density
      * pow(erfc(-x / 2.0.squareRoot()) / 2, Double(count - 1))
  }
}

extension Graph {
  /// Number of pieces of a maxout that is the node's only reader.
  func maxoutPieces(after position: Int) -> Int? {
    let readers = readers(of: position)
    guard readers.count == 1, case .maxout(let pieces) = nodes[readers[0]].layer else { return nil }
    return pieces
  }

  /// Whether the first activation after the node is a ReLU.
  func leadsToReLU(_ position: Int) -> Bool {
    for next in nodes.indices where nodes[next].inputs.contains(position) {
      switch nodes[next].layer {
      case .relu: return true
      case .batchNorm, .maxPool, .averagePool, .dropout, .flatten, .add: return leadsToReLU(next)
      default: return false
      }
    }
    return false
  }
}

/// The random streams used in training, defined in one place so that no two uses share one.
enum RandomStream {
  static func initialization(parameter: Int) -> UInt64 { 1 << 56 | UInt64(parameter) }
  static func shuffle(epoch: Int) -> UInt64 { 2 << 56 | UInt64(epoch) }
  static func augmentation(epoch: Int, image: Int) -> UInt64 { 3 << 56 | UInt64(epoch) << 32 | UInt64(image) }
  static func perturbation(epoch: Int, image: Int) -> UInt64 { 5 << 56 | UInt64(epoch) << 32 | UInt64(image) }
  static func dropout(step: Int, slot: Int, node: Int) -> UInt64 {
    4 << 56 | UInt64(node) << 48 | UInt64(slot) << 40 | UInt64(step)
  }
  static func lot(step: Int) -> UInt64 { 6 << 56 | UInt64(step) }
  static func noise(step: Int) -> UInt64 { 7 << 56 | UInt64(step) }

  /// The seed for draws within the passes of a step of private training, which are too many for the streams above.
  static func passSeed(seed: UInt64, step: Int) -> UInt64 {
    var generator = SeededGenerator(seed: seed, stream: 8 << 56 | UInt64(step))
    return generator.next()
  }
}
