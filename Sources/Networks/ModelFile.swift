import Foundation
import Storage
import Tensors

/// Models as safetensors files: parameters under PyTorch's names, the rest as text in the metadata.
///
/// A public format: docs/file-formats.md.
public enum ModelFile {
  private enum Key {
    static let format = "format"
    static let architecture = "architecture"
    static let classNames = "classNames"
    static let provenance = "provenance"
  }

  private static let format = "intrigue-model-1"

  public static func write(_ model: Model, to file: URL) throws {
    try container(of: model, file: file).write(to: file)
  }

  static func container(of model: Model, file: URL) throws -> SafetensorsFile {
    let names = model.network.graph.parameters.map(\.name)
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try JSONFile.encoded(value, file: file), as: UTF8.self)
    }
    return SafetensorsFile(
      tensors: zip(names, model.network.parameters).map { ($0, $1) },
      metadata: [
        Key.format: format, Key.architecture: try model.network.graph.architecture.json,
        Key.classNames: try text(model.classNames), Key.provenance: try text(model.provenance),
      ])
  }

  /// - Throws: ``FileError`` when the file is broken or of another version, has no architecture, or its tensors
  ///   do not fit it.
  public static func read(_ file: URL) throws -> Model {
    let container = try SafetensorsFile(contentsOf: file)
    guard let json = container.metadata[Key.architecture] else {
      throw FileError(
        file: file,
        problem: "has no architecture in its metadata: it is not a model of Intrigue; give the architecture "
          + "as a JSON file beside these weights")
    }
    if let found = container.metadata[Key.format], found.hasPrefix("intrigue-"), found != format {
      throw FileError(file: file, problem: "has the format \(found): expected \(format)")
    }
    let graph = try Graph(decode(Architecture.self, json, Key.architecture, file), from: file)
    let network = try WeightMatching.match(container, to: graph, file: file).network
    let classNames =
      try container.metadata[Key.classNames].map { try decode([String].self, $0, Key.classNames, file) }
      ?? Model.unnamedClasses(graph.classCount)
    guard classNames.count == graph.classCount else {
      throw FileError(
        file: file, problem: "names \(classNames.count) classes, the network has \(graph.classCount)")
    }
    if let problem = classNames.lazy.compactMap(LongestName.problem).first {
      throw FileError(file: file, problem: "has for a class \(problem)")
    }
    let provenance =
      try container.metadata[Key.provenance].map {
        try decode(Model.Provenance.self, $0, Key.provenance, file)
      }
    return Model(network: network, classNames: classNames, provenance: provenance ?? Model.Provenance())
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ json: String, _ key: String, _ file: URL
  ) throws -> Value {
    do {
      return try JSONFile.decode(type, from: Data(json.utf8), file: file)
    } catch let error as FileError {
      throw FileError(file: file, problem: "metadata \"\(key)\" \(error.problem)")
    }
  }
}
