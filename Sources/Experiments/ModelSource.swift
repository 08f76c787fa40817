import Datasets
import Foundation
import Networks
import Storage

/// Where a trained network comes from: a model file, or weights of another program with an architecture file.
public enum ModelSource: Codable, Equatable, Sendable {
  case model(path: String)
  case weights(path: String, architecture: String)

  /// - Parameter classNames: For weights, which carry none: those of the data, if their number fits.
  public func load(classNames: [String]? = nil) throws -> Model {
    switch self {
    case .model(let path): return try ModelFile.read(URL(filePath: path))
    case .weights(let path, let architecture):
      let network = try Self.match(path, architecture).network
      let names = classNames.flatMap { $0.count == network.classCount ? $0 : nil }
      return Model(
        network: network, classNames: names ?? (0..<network.classCount).map { "class \($0)" })
    }
  }

  /// Which tensor of the weights each parameter was given; nil for a model file, whose names are its own.
  public func weightMatch() throws -> WeightMatching.Match? {
    guard case .weights(let path, let architecture) = self else { return nil }
    return try Self.match(path, architecture)
  }

  private static func match(_ path: String, _ architecture: String) throws -> WeightMatching.Match {
    let file = URL(filePath: path)
    let graph = try Graph(Architecture(contentsOf: URL(filePath: architecture)))
    return try WeightMatching.match(SafetensorsFile(contentsOf: file), to: graph, file: file)
  }

  /// The model, if it is one for these images.
  ///
  /// - Throws: ``FileError`` naming the model's file when shape or number of classes differ.
  public func load(for images: LabelledImages) throws -> Model {
    let model = try load(classNames: images.classNames)
    try naming { try model.check(fits: images) }
    return model
  }

  /// Runs `body`; a ``NetworkError`` becomes one sentence about the model's file.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
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
