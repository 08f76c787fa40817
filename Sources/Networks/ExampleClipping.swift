import CKernels
import OneDNN

/// Clips the gradient of each image to a bounded norm, in a plan whose trained parameters all belong to linear layers
/// that read vectors.
///
///     ‖g_i‖² = Σ_l (‖a_l,i‖² + 1) ‖δ_l,i‖²,   Σ_i f_i g_i: weights Σ_i (f_i δ_l,i) a_l,iᵀ, biases Σ_i f_i δ_l,i
///
/// a_l,i is the input of layer l for image i, δ_l,i the gradient of its result; without a bias the 1 is dropped. The
/// gradient of a layer's weights for one image is the outer product of the two, so its norm does not require forming
/// it. Goodfellow (2015). <https://arxiv.org/abs/1510.01799>
///
/// One backward pass computes all δ and the norms; then δ is scaled row by row and the weights' gradients are computed
/// from it: no second pass, and no per-image gradient.
final class ExampleClipping {
  let bound: Double
  /// Factor of every gradient after clipping.
  let share: Double
  private var squares: [Double]
  private(set) var factors: [Float]
  /// The steps still to be emitted once the factors are known.
  private var products: [() throws -> Void] = []

  init(bound: Double, share: Double, imageCount: Int) {
    self.bound = bound
    self.share = share
    squares = Array(repeating: 0, count: imageCount)
    factors = Array(repeating: 0, count: imageCount)
  }

  static func suits(_ graph: Graph, frozen: Set<Int>) -> Bool {
    graph.nodes.indices.allSatisfy { position in
      frozen.contains(position)
        || !graph.nodes[position].parameters.contains { graph.parameters[$0].isTrained }
        || LinearProduct(graph, node: position) != nil
    }
  }

  /// Factor for a gradient of the given squared norm.
  static func factor(square: Double, bound: Double, share: Double) -> Float {
    let length = square.squareRoot()
    return Float(length > bound ? share * bound / length : share)
  }

  /// Gradient norms of a plan's last backward pass.
  var lengths: [Double] { squares.map { $0.squareRoot() } }

  func start() {
    for image in squares.indices { squares[image] = 0 }
  }

  fileprivate func add(
    source: UnsafePointer<Float>, inputs: Int, gradient: UnsafePointer<Float>, outputs: Int, hasBias: Bool
  ) {
    for image in squares.indices {
      let read = privacy_square(source + image * inputs, inputs) + (hasBias ? 1 : 0)
      squares[image] += read * privacy_square(gradient + image * outputs, outputs)
    }
  }

  fileprivate func scale(
    _ gradient: UnsafePointer<Float>, outputs: Int, to scaled: UnsafeMutablePointer<Float>
  ) {
    for image in factors.indices {
      let factor = factors[image]
      for index in image * outputs..<(image + 1) * outputs { scaled[index] = factor * gradient[index] }
    }
  }

  fileprivate func conclude() {
    for image in squares.indices {
      factors[image] = Self.factor(square: squares[image], bound: bound, share: share)
    }
  }

  fileprivate func afterwards(_ product: @escaping () throws -> Void) { products.append(product) }

  fileprivate func takeProducts() -> [() throws -> Void] {
    defer { products = [] }  // they hold the builder
    return products
  }
}

extension PlanBuilder {
  /// Emits what is needed to clip the gradients of a linear layer, and defers computing them to the end of the pass.
  ///
  /// - Parameter form: Emits the gradients of weights and biases, given the gradient of the result.
  func clipLinear(
    _ product: LinearProduct, _ clipping: ExampleClipping, source: Memory, gradient: Memory, hasBias: Bool,
    form: @escaping (Memory) throws -> Void
  ) throws {
    emit("linear, lengths of its gradients") { _, _ in
      clipping.add(
        source: source.floats, inputs: product.inputs, gradient: gradient.floats, outputs: product.outputs,
        hasBias: hasBias)
    }
    let scaled = try allocate(.plain([microBatch, product.outputs]))
    clipping.afterwards { [self] in
      emit("linear, gradients clipped") { _, _ in
        clipping.scale(gradient.floats, outputs: product.outputs, to: scaled.floats)
      }
      try form(scaled)
    }
  }

  /// Emits what `clipLinear` deferred, after all norms.
  func concludeClipping(_ clipping: ExampleClipping) throws {
    emit("factors of the gradients") { _, _ in clipping.conclude() }
    for product in clipping.takeProducts() { try product() }
  }
}
