import Datasets
import Foundation
import Networks
import Storage

/// Where a trained network comes from: a model file, or weights of another program with an architecture file.
public enum ModelSource: Codable, Equatable, Sendable {
  case model(path: String)
  case weights(path: String, architecture: String)

  /// Weights carry no names of classes; they are then "class 0" and so on.
  public func load() throws -> Model {
    switch try resolved() {
    case .model(let path): return try ModelFile.read(URL(filePath: path))
    case .weights(let path, let architecture):
      let network = try Self.match(path, architecture).network
      return Model(network: network, classNames: Model.unnamedClasses(network.classCount))
    }
  }

  /// The network that a run's folder stands for: its own, or the one that it is about.
  ///
  /// - Throws: ``FileError`` naming a folder that stands for none, or for several.
  package func resolved() throws -> ModelSource {
    guard case .model(let path) = self, Self.isFolder(path) else { return self }
    let run = RunFolder(URL(filePath: path))
    if run.exists(RunFolder.modelName) {
      return .model(path: run.file(RunFolder.modelName).relativePath)
    }
    if let named = ModelRecord(in: run)?.source(in: run) {
      guard case .model(let inner) = named, Self.isFolder(inner) else { return named }
      // Once more, and no further: a record that names its own folder ends here.
      let inside = RunFolder(URL(filePath: inner))
      if inside.exists(RunFolder.modelName) {
        return .model(path: inside.file(RunFolder.modelName).relativePath)
      }
    }
    let networks = run.file("networks").path
    let advice =
      Self.isFolder(networks)
      ? "it has several in networks/: name one of those folders"
      : "expected a model file (.safetensors), or the folder of a run of train or of one that names its model"
    throw FileError(file: URL(filePath: path), problem: "is a folder that stands for no network; \(advice)")
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The data of the run in whose folder the model lies, as they were given there.
  var recordedData: DataSource? {
    guard case .model(let path)? = try? resolved() else { return nil }
    return ModelRecord(in: RunFolder(URL(filePath: path).deletingLastPathComponent()))?.data
  }

  /// The name of the data that the network was trained on, as it can be given to a command.
  ///
  /// - Throws: ``UnknownTrainingData`` where neither the record of its run nor the model itself says which.
  public func trainingDataName() throws -> String {
    if let recorded = recordedData { return recorded.name }
    let model = try load()
    guard let name = model.provenance.dataName.flatMap({ DatasetCatalogue.entry(named: $0)?.name }) else {
      throw UnknownTrainingData(model: model.network.graph.architecture.name)
    }
    return name
  }

  /// Which tensor of the weights each parameter was given; nil for a model file, whose names are its own.
  public func weightMatch() throws -> WeightMatching.Match? {
    guard case .weights(let path, let architecture) = try resolved() else { return nil }
    return try Self.match(path, architecture)
  }

  private static func match(_ path: String, _ architecture: String) throws -> WeightMatching.Match {
    let file = URL(filePath: path)
    let graph = try Graph(Architecture(contentsOf: URL(filePath: architecture)))
    return try WeightMatching.match(SafetensorsFile(contentsOf: file), to: graph, file: file)
  }

  /// Runs `body`; a ``NetworkError`` becomes one sentence about the model's file.
  package func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NetworkError {
      let path =
        switch self {
        case .model(let path), .weights(let path, _): path
        }
      throw FileError(file: URL(filePath: path), problem: error.description)
    }
  }
}

/// A command that was told of a network and of no data, and the network does not say which it was trained on.
public struct UnknownTrainingData: Error, Equatable, CustomStringConvertible {
  package let model: String

  public var description: String {
    "\(model) does not say where the data are that it was trained on: give --data"
  }
}
