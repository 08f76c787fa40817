import Foundation
import Storage
import Tensors

/// Finds each parameter of a graph among the tensors of a file that may have been written by another program.
public enum WeightMatching {
  /// How the tensors were found.
  public enum Method: String, Sendable {
    case byName = "by name"
    case byOrder = "in order"
  }

  public struct Match: Sendable {
    public let network: Network
    public let method: Method
    /// For each parameter, in the graph's order, the tensor that it was given.
    public let pairs: [(parameter: String, tensor: String)]
  }

  /// Parameters whose names the file has take these; the others take what is left over, in order.
  ///
  /// In order means: a file's tensors are gathered into modules (the name up to its last dot) and the modules
  /// are tried in the order of their data, then by name with numbers compared as numbers; shapes must fit, and
  /// PyTorch's are expected (`[out, in]`, `[out, in / groups, height, width]`). Data in the alphabetical order of
  /// their names, as Python's safetensors writes them, say nothing about the order of layers ("10" comes before
  /// "2"): there the names alone are tried.
  ///
  /// - Throws: ``FileError`` when a tensor is missing, left over or of another shape.
  public static func match(_ container: SafetensorsFile, to graph: Graph, file: URL) throws -> Match {
    var given: [String: Tensor] = [:]
    for (name, tensor) in container.tensors { given[name] = tensor }
    let unnamed = graph.parameters.filter { given[$0.name] == nil }
    let named = Set(graph.parameters.map(\.name))
    let leftOver = container.tensors.filter { !named.contains($0.name) }
    var source: [String: String] = [:]
    for parameter in graph.parameters where given[parameter.name] != nil {
      source[parameter.name] = parameter.name
    }

    guard unnamed.count == leftOver.count else {
      throw FileError(
        file: file,
        problem: "does not fit architecture \(graph.architecture.name): no tensor for "
          + "\(listed(unnamed.map { "\($0.name) \($0.shape)" })), not used: "
          + listed(leftOver.map { "\($0.name) \($0.tensor.shape)" }))
    }
    if !unnamed.isEmpty {
      guard let found = inOrder(unnamed, leftOver) else {
        throw FileError(
          file: file,
          problem: "does not fit architecture \(graph.architecture.name): in no order do its tensors "
            + "\(listed(leftOver.map { "\($0.name) \($0.tensor.shape)" })) have the shapes of "
            + "\(listed(unnamed.map { "\($0.name) \($0.shape)" })); call the nodes as the file does")
      }
      source.merge(found) { first, _ in first }
    }
    let pairs = graph.parameters.map { (parameter: $0.name, tensor: source[$0.name]!) }
    let tensors = try zip(graph.parameters, pairs).map { parameter, pair in
      let tensor = given[pair.tensor]!
      guard tensor.shape == parameter.shape else {
        throw FileError(
          file: file,
          problem: "tensor \"\(pair.tensor)\" has shape \(tensor.shape), "
            + "architecture \(graph.architecture.name) expects \(parameter.shape)")
      }
      return tensor
    }
    return Match(
      network: try Network(graph: graph, parameters: tensors), method: unnamed.isEmpty ? .byName : .byOrder,
      pairs: pairs)
  }

  private static func inOrder(
    _ parameters: [Parameter], _ tensors: [(name: String, tensor: Tensor)]
  ) -> [String: String]? {
    func module(_ name: String) -> String { String(name[..<(name.lastIndex(of: ".") ?? name.startIndex)]) }
    func suffix(_ name: String) -> Substring {
      name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...]
    }
    func inFirstOccurrence(_ names: [String]) -> [String] {
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }
    }
    let wanted = inFirstOccurrence(parameters.map { module($0.name) })
    let stored = inFirstOccurrence(tensors.map { module($0.name) })
    guard wanted.count == stored.count else { return nil }
    let byName = stored.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    let isAlphabetical = tensors.map(\.name) == tensors.map(\.name).sorted()
    for order in isAlphabetical ? [byName] : [stored, byName] {
      var found: [String: String] = [:]
      for parameter in parameters {
        guard let position = wanted.firstIndex(of: module(parameter.name)) else { return nil }
        let candidate = tensors.first {
          module($0.name) == order[position] && suffix($0.name) == suffix(parameter.name)
        }
        guard let candidate, candidate.tensor.shape == parameter.shape else { break }
        found[parameter.name] = candidate.name
      }
      if found.count == parameters.count { return found }
    }
    return nil
  }

  private static func listed(_ items: [String]) -> String {
    guard !items.isEmpty else { return "none" }
    let shown = items.prefix(4).joined(separator: ", ")
    return items.count > 4 ? "\(shown) and \(items.count - 4) more" : shown
  }
}
