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
    /// What was assumed or ignored, each a sentence without its full stop.
    public let remarks: [String]
  }

  /// A count that PyTorch stores with batch normalization's averages, which affects no output.
  private static let unread = "num_batches_tracked"

  /// Parameters whose names are in the file get these; then those whose names its metadata list as aliases of a tensor,
  /// as safetensors writes weights shared by several modules; the others are matched with the remaining tensors in
  /// order.
  ///
  /// In order means: a file's tensors are gathered into modules (the name up to its last dot) and the modules are tried
  /// in the order of their data, then by name with numbers compared as numbers; shapes must match, and PyTorch's are
  /// expected (`[out, in]`, `[out, in / groups, height, width]`). Data in the alphabetical order of their names, as
  /// Python's safetensors writes them, carry no information about the order of layers ("10" comes before "2"): there
  /// only the names are tried.
  ///
  /// - Throws: ``FileError`` when a tensor is missing, left over or of a different shape.
  public static func match(_ container: SafetensorsFile, to graph: Graph, file: URL) throws -> Match {
    var given: [String: Tensor] = [:]
    for (name, tensor) in container.tensors { given[name] = tensor }
    var source: [String: String] = [:]
    for parameter in graph.parameters {
      if given[parameter.name] != nil {
        source[parameter.name] = parameter.name
      } else if let shared = container.metadata[parameter.name], given[shared] != nil {
        source[parameter.name] = shared
      }
    }
    let aliases = source.filter { $0.key != $0.value }
    let unnamed = graph.parameters.filter { source[$0.name] == nil }
    let used = Set(source.values)
    let leftOver = container.tensors.filter { !used.contains($0.name) && !isUnread($0.name) }

    guard unnamed.count == leftOver.count else {
      // A missing tensor may be among those that could not be read.
      let unreadable = container.skippedTensors.filter { !isUnread($0.name) }
      throw FileError(
        file: file,
        problem: "does not fit architecture \(graph.architecture.name): "
          + [
            unnamed.isEmpty
              ? nil
              : "it has no tensor for \(listed(unnamed.map { "\($0.name) \($0.shape)" }))",
            leftOver.isEmpty
              ? nil
              : "the architecture has no layer for \(listed(leftOver.map { "\($0.name) \($0.tensor.shape)" }))",
            unreadable.isEmpty
              ? nil
              : "not read were \(listed(unreadable.map { "\($0.name) of type \($0.elementType)" })), expected F32, "
                + "F16, BF16 or F64",
          ].compactMap(\.self).joined(separator: "; "))
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
    do {
      return Match(
        network: try Network(graph: graph, parameters: tensors), method: unnamed.isEmpty ? .byName : .byOrder,
        pairs: pairs, remarks: remarks(aliases: aliases, container))
    } catch let error as NetworkError {
      throw FileError(file: file, problem: error.description)
    }
  }

  private static func isUnread(_ name: String) -> Bool { name == unread || name.hasSuffix("." + unread) }

  private static func remarks(aliases: [String: String], _ container: SafetensorsFile) -> [String] {
    let shared = aliases.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" }
    let passedOver =
      container.tensors.filter { isUnread($0.name) }.map(\.name)
      + container.skippedTensors.map { "\($0.name) (\($0.elementType))" }
    return (shared.isEmpty ? [] : ["shared weights, by the file's metadata: \(listed(shared))"])
      + (passedOver.isEmpty ? [] : ["tensors of the file that are not read: \(listed(passedOver))"])
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
    let shown = items.prefix(4).joined(separator: ", ")
    return items.count > 4 ? "\(shown) and \(items.count - 4) more" : shown
  }
}
