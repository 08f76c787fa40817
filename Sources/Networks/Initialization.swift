import Tensors

extension Network {
  /// Draws the initial weights of a graph.
  ///
  ///     followed by an activation f:  W ~ N(0, 1 / (m fanIn)),  m = E f(z)² for standard normal z
  ///     otherwise:                    W ~ N(0, 2 / (fanIn + fanOut))   Glorot, Bengio (2010)
  ///
  /// m is ½ of relu, which is the variance 2 / fanIn of He, Zhang, Ren, Sun (2015); a layer's ``WeightsBefore`` says its
  /// m, or that it has none, as sigmoid and tanh. Other parameters start as their layer's file says.
  ///
  /// Each parameter draws from its own stream of the seed, so adding a layer does not change the others' values.
  public init(initializing graph: Graph, seed: UInt64) {
    var tensors: [Tensor] = []
    for (index, parameter) in graph.parameters.enumerated() {
      func normals() -> [Float] {
        var generator = SeededGenerator(seed: seed, stream: RandomStream.initialization(parameter: index))
        return generator.normals(parameter.count)
      }
      switch parameter.start {
      case .constant(let value): tensors.append(Tensor(repeating: value, shape: parameter.shape))
      case .normal(let mean, let deviation):
        tensors.append(Tensor(shape: parameter.shape, elements: normals().map { mean + deviation * $0 }))
      case .asBehind:
        let node = graph.nodes.firstIndex { $0.parameters.contains(index) }!  // every parameter has a node
        let receptive = parameter.shape.dropFirst(2).reduce(1, *)
        let fanIn = parameter.shape[1] * receptive
        let fanOut = parameter.shape[0] * receptive
        let variance =
          graph.meanSquare(behind: node).map { 1 / (Double(fanIn) * $0) } ?? 2 / Double(fanIn + fanOut)
        let scale = Float(variance.squareRoot())
        tensors.append(Tensor(shape: parameter.shape, elements: normals().map { $0 * scale }))
      }
    }
    self.init(graph: graph, checked: tensors)
  }
}

extension Graph {
  /// The mean square that weights of a node are scaled to preserve: of the result of the first layer behind it that asks
  /// for one, for standard normal input; nil where none asks.
  func meanSquare(behind position: Int, isDirect: Bool = true) -> Double? {
    let readers = readers(of: position)
    guard let next = readers.first else { return nil }
    switch nodes[next].layer.definition.weightsBefore {
    case .any: return nil
    case .scaled(let meanSquare, let onlyDirectly):
      return onlyDirectly && !(isDirect && readers.count == 1) ? nil : meanSquare
    case .asBehind: return meanSquare(behind: next, isDirect: false)
    }
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
