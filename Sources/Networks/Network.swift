import Tensors

/// A graph with the values of its parameters. A value type: training returns a new one.
public struct Network: Equatable, Sendable {
  public let graph: Graph
  /// One per `graph.parameters`, in that order and of those shapes.
  public let parameters: [Tensor]

  /// - Throws: ``NetworkError/notFinite(parameter:)`` when a value is NaN or infinite, and
  ///   ``NetworkError/negativeVariance(parameter:_:)`` when a running variance is negative: its root is NaN, which a
  ///   following ReLU turns into 0.
  public init(graph: Graph, parameters: [Tensor]) throws {
    precondition(
      parameters.map(\.shape) == graph.parameters.map(\.shape),
      "parameters must have the shapes \(graph.parameters.map(\.shape)), got \(parameters.map(\.shape))")
    for (tensor, parameter) in zip(parameters, graph.parameters) where tensor.firstNonFiniteIndex != nil {
      throw NetworkError.notFinite(parameter: parameter.name)
    }
    for (tensor, parameter) in zip(parameters, graph.parameters) where parameter.role == .runningVariance {
      if let least = tensor.elements.min(), least < 0 {
        throw NetworkError.negativeVariance(parameter: parameter.name, least)
      }
    }
    self.graph = graph
    self.parameters = parameters
  }

  /// Without the search for NaN: values that were just drawn.
  init(graph: Graph, checked parameters: [Tensor]) {
    self.graph = graph
    self.parameters = parameters
  }

  public var inputShape: ImageShape { graph.architecture.input }
  public var classCount: Int { graph.classCount }

  /// Number of values changed by the optimizer.
  public var trainedParameterCount: Int {
    graph.parameters.filter(\.isTrained).map(\.count).reduce(0, +)
  }

  public subscript(parameter name: String) -> Tensor? {
    graph.parameters.firstIndex { $0.name == name }.map { parameters[$0] }
  }
}

/// Mismatches of a network and its data, and numerical failures.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  case notFinite(parameter: String)
  case negativeVariance(parameter: String, Float)
  case notFiniteOutput(image: Int, layer: String)
  case diverged(epoch: Int, step: Int)
  case unknownLayer(String, known: [String])
  case noActivation(layer: String, known: [String])
  case wrongImageShape(expected: ImageShape, found: ImageShape)
  case wrongClassCount(expected: Int, found: Int)
  case wrongDecayCount(expected: Int, found: Int)
  case lossNotFixed(cause: String)
  case lossNeedsDistances

  public var description: String {
    switch self {
    case .notFinite(let parameter): "the network's parameter \(parameter) has a NaN or infinite value"
    case .negativeVariance(let name, let value):
      "the network's running variance \(name) has the value \(value): expected 0 or more"
    case .notFiniteOutput(let image, let layer):
      "the output of layer \"\(layer)\" for image \(image) is NaN or infinite"
    case .diverged(let epoch, let step):
      "training diverged: the loss is not finite in epoch \(epoch), step \(step); try a smaller learning rate"
    case .unknownLayer(let name, let known):
      "no layer is called \"\(name)\"; there are \(known.joined(separator: ", "))"
    case .noActivation(let name, let known):
      "layer \"\(name)\" has no activation of its own, so no side of one to read; there are "
        + known.joined(separator: ", ")
    case .wrongImageShape(let expected, let found):
      "the network reads images of \(expected) (channels×height×width), these are \(found)"
    case .wrongClassCount(let expected, let found):
      "the network tells \(expected) classes apart, the data have \(found)"
    case .wrongDecayCount(let expected, let found):
      "\(found) decays for a network with \(expected) trained layers that have weights; give one for each, "
        + "or one for all"
    case .lossNeedsDistances:
      "the loss exponential is of distances, in which the network does not end: train rbf with it, or use softmax or sigmoid"
    case .lossNotFixed(let cause):
      "L-BFGS needs a loss that only the parameters decide, and \(cause) changes it from one pass to the next"
    }
  }
}
