import Tensors

/// A network without its weights: named layers, each reading only earlier ones.
public struct Architecture: Equatable, Sendable {
  /// The name of the images in `Node.inputs`.
  public static let inputName = "input"

  public struct Node: Equatable, Sendable {
    /// Unique; the prefix of its parameters' names.
    public var name: String
    public var layer: Layer
    /// Names of the nodes it reads; empty for the preceding node.
    public var inputs: [String]

    public init(_ name: String, _ layer: Layer, inputs: [String] = []) {
      self.name = name
      self.layer = layer
      self.inputs = inputs
    }
  }

  public var name: String
  public var input: ImageShape
  /// In order; the last one gives the logits.
  public var nodes: [Node]

  public init(name: String, input: ImageShape, nodes: [Node]) {
    self.name = name
    self.input = input
    self.nodes = nodes
  }
}

/// Everything that is wrong with an architecture, in one error.
public struct ArchitectureError: Error, Equatable, CustomStringConvertible {
  public let name: String
  public let problems: [String]

  public var description: String { "architecture \(name): \(complaint)" }

  /// All problems as one clause.
  var complaint: String { problems.joined(separator: "; ") }
}
