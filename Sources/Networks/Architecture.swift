import Tensors

/// A network without its weights: named layers in an order in which each reads only earlier ones.
public struct Architecture: Equatable, Sendable {
  /// What `Node.inputs` calls the images.
  public static let inputName = "input"

  public struct Node: Equatable, Sendable {
    /// Unique; parameters are called after it.
    public var name: String
    public var layer: Layer
    /// Names of the nodes it reads; empty means the node before it.
    public var inputs: [String]

    public init(_ name: String, _ layer: Layer, inputs: [String] = []) {
      self.name = name
      self.layer = layer
      self.inputs = inputs
    }
  }

  public var name: String
  public var input: ImageShape
  /// The last one gives the logits.
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
