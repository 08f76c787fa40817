import Foundation
import Storage
import Tensors

/// A validated architecture: every name resolved, every shape and parameter known.
public struct Graph: Equatable, Sendable {
  public struct Node: Equatable, Sendable {
    public let name: String
    public let layer: Layer
    /// Positions in `nodes`; nil for the images.
    public let inputs: [Int?]
    /// The shape for one image: `[channels, height, width]` or `[length]`.
    public let shape: [Int]
    /// Positions in `Graph.parameters`.
    public let parameters: Range<Int>
  }

  /// The most values that a node may give for one image. A description that requires more would exhaust the memory long
  /// before it could be run.
  static let valueLimit = 1 << 26
  /// The most parameters of a network.
  static let parameterLimit = 1 << 28

  public let architecture: Architecture
  public let nodes: [Node]
  public let parameters: [Parameter]
  public let classCount: Int

  /// - Throws: ``ArchitectureError`` with every problem found up to the first node whose shape is unknown.
  public init(_ architecture: Architecture) throws {
    var problems: [String] = []
    func complain(_ problem: String) { problems.append(problem) }
    var nodes: [Node] = []
    var parameters: [Parameter] = []
    var positions: [String: Int] = [:]

    if architecture.nodes.isEmpty { complain("it has no nodes") }
    let input = [architecture.input.channels, architecture.input.height, architecture.input.width]
    guard Self.count(of: input) != nil else {
      complain("its images of \(architecture.input) have more than \(Self.valueLimit) values")
      throw ArchitectureError(name: architecture.name, problems: problems)
    }
    var parameterCount = 0
    for (position, node) in architecture.nodes.enumerated() {
      let here = "node \"\(node.name)\""
      if node.name.isEmpty || node.name == Architecture.inputName || positions[node.name] != nil {
        complain("\(here): names must be unique, not empty and not \"\(Architecture.inputName)\"")
        break
      }
      let named =
        node.inputs.isEmpty
        ? [position == 0 ? Architecture.inputName : nodes[position - 1].name] : node.inputs
      guard named.count == node.layer.inputCount else {
        complain("\(here): \(node.layer.kind) reads \(node.layer.inputCount) nodes, got \(named.count)")
        break
      }
      var inputs: [Int?] = []
      var shapes: [[Int]] = []
      for name in named {
        if name == Architecture.inputName {
          inputs.append(nil)
          shapes.append(input)
        } else if let found = positions[name] {
          inputs.append(found)
          shapes.append(nodes[found].shape)
        } else {
          complain("\(here): its input \"\(name)\" is no earlier node")
        }
      }
      guard inputs.count == named.count else { break }
      if case .normalise = node.layer, position != 0 || inputs != [nil] {
        complain("\(here): normalise must be the first node and read the images")
      }
      if position > 0, inputs.contains(nil), case .normalise = architecture.nodes[0].layer {
        complain("\(here): reads the images beside normalise; read \"\(architecture.nodes[0].name)\" instead")
      }
      switch node.layer.output(of: shapes) {
      case .failure(let problem):
        complain("\(here): \(problem.text)")
      case .success(let shape):
        let own = node.layer.parameters(of: node.name, input: shapes[0])
        let counts = own.map { checkedProduct($0.shape) ?? .max }
        guard Self.count(of: shape) != nil else {
          complain("\(here): its result \(shape) has more than \(Self.valueLimit) values for one image")
          break
        }
        guard counts.allSatisfy({ $0 <= Self.parameterLimit }),
          parameterCount + counts.reduce(0, +) <= Self.parameterLimit
        else {
          complain(
            "\(here): with its parameters of shape \(own[0].shape) the network has more than "
              + "\(Self.parameterLimit)")
          break
        }
        parameterCount += counts.reduce(0, +)
        nodes.append(
          Node(
            name: node.name, layer: node.layer, inputs: inputs, shape: shape,
            parameters: parameters.count..<parameters.count + own.count))
        parameters += own
        positions[node.name] = position
      }
      guard nodes.count == position + 1 else { break }
    }
    if problems.isEmpty, let last = nodes.last {
      if last.shape.count != 1 || last.shape[0] < 2 {
        complain("the last node must give a vector of at least two logits, it gives \(last.shape)")
      }
      let read = Set(nodes.flatMap(\.inputs))
      for (position, node) in nodes.dropLast().enumerated() where !read.contains(position) {
        complain("node \"\(node.name)\" is read by none")
      }
      if !nodes.contains(where: { $0.layer.isReadout }) {
        complain("it has no linear layer and no rbf, so no feature layer")
      }
    }
    guard problems.isEmpty else { throw ArchitectureError(name: architecture.name, problems: problems) }
    self.architecture = architecture
    self.nodes = nodes
    self.parameters = parameters
    classCount = nodes[nodes.count - 1].shape[0]
  }

  /// The graph of an architecture described in `file`.
  ///
  /// - Throws: ``FileError`` naming the file, with every problem found.
  init(_ architecture: Architecture, from file: URL) throws {
    do {
      try self.init(architecture)
    } catch let error as ArchitectureError {
      throw FileError(file: file, problem: "describes no network: \(error.complaint)")
    }
  }

  /// Position of the feature layer: the input of the last linear or rbf layer, that is, after its activation.
  ///
  /// Dropout and flatten do not change values outside of training and are skipped. Nil when that layer reads the images
  /// directly: then the pixels are the features.
  public var featureLayer: Int? {
    let last = nodes.lastIndex { $0.layer.isReadout }!  // checked by init
    var position = nodes[last].inputs[0]
    while let here = position {
      switch nodes[here].layer {
      case .dropout, .flatten: position = nodes[here].inputs[0]
      default: return here
      }
    }
    return position
  }

  /// Bytes of all parameters as stored in a ``Network``.
  var parameterByteCount: Int { parameters.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride }

  /// - Throws: ``MemoryShortage`` when there is not enough memory for the parameters of a network.
  public func checkMemory() throws {
    try MemoryShortage.check(parameterByteCount, for: "a network \(architecture.name)")
  }

  /// Position of the node with the given name.
  public func position(of name: String) -> Int? { nodes.firstIndex { $0.name == name } }

  /// The mean and standard deviation used by the first node; nil if it does not normalise.
  public var normalisation: (mean: [Float], standardDeviation: [Float])? {
    guard case .normalise(let mean, let deviation) = nodes[0].layer else { return nil }
    return (mean, deviation)
  }

  /// Values per image, unless there are too many.
  private static func count(of shape: [Int]) -> Int? {
    checkedProduct(shape).flatMap { $0 <= valueLimit ? $0 : nil }
  }

  public static func == (first: Graph, second: Graph) -> Bool { first.architecture == second.architecture }
}
