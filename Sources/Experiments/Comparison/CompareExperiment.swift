import Datasets
import Directions
import Foundation
import Images
import Networks
import Storage
import Tensors

/// Is a neuron special? Trains several networks, compares the units of a layer with rotations of them in each,
/// and judges over the networks.
///
///     Δ_s = T_s − mean_b T_{s,b}      network s; T: mean κ of the neurons, T_b: of rotation b
///
/// The replicate is the trained network: one network, however many directions are drawn through it, cannot tell
/// its own accident from a property of networks.
///
/// Leaves `protocol.json` first of all, then a folder per network, and at the end `comparison.json`,
/// `verdict.txt`, tables, figures and `run.json`. A killed run goes on with the network it was at and leaves the
/// same bytes; a folder with another protocol is refused.
public struct CompareExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var networks: ComparedNetworks
    public var declared: ComparisonProtocol

    public init(data: DataSource, networks: ComparedNetworks, declared: ComparisonProtocol) {
      precondition(networks.count > 0, "a comparison needs a network")
      self.data = data
      self.networks = networks
      self.declared = declared
    }
  }

  public let configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool
  /// nil: features are computed for each run.
  public let cache: FeatureCache?

  public init(
    _ configuration: Configuration, workerCount: Int, startsFresh: Bool = false, cache: FeatureCache? = nil
  ) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
    self.cache = cache
  }

  /// Names written, the one to look at first in front.
  public static let fileNames = ComparisonReport.fileNames

  static let networksFolder = "networks"
  private static let partName = "comparison.json"

  /// What a network's folder holds once it was measured.
  private struct Part: Codable {
    var protocolHash: String
    var dataChecksum: String
    var toolVersion: String
    var network: NetworkComparison
  }

  /// - Throws: ``RunConflict`` when the folder holds a comparison under another protocol.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Comparison {
    let dataset = try configuration.data.load(progress)
    let images = configuration.declared.split.images(of: dataset)
    guard configuration.declared.topCount <= images.count else {
      throw GalleryError.topBeyondImages(
        asked: configuration.declared.topCount, images: images.count, split: configuration.declared.split)
    }
    let hash = try declare(in: folder)
    let record = RunRecord<Configuration, Comparison>(
      experiment: "compare", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    try folder.write(record)

    let comparer = NetworkComparer(
      configuration.declared, on: dataset, workerCount: workerCount, cache: cache)
    let parts = try (1...configuration.networks.count).map { number in
      let name = "\(Self.networksFolder)/\(number)"
      let place = try folder.folder(name)
      let words = "network \(number) of \(configuration.networks.count)"
      let (model, untrained) = try network(number, dataset, in: place) { event in
        if case .stage(let stage) = event {
          try progress(.stage("\(words): \(stage)"))
        } else {
          try progress(event)
        }
      }
      if let part = try known(in: place, hash, dataset, model) { return part.network }
      let result = try comparer.compare(model, number: number, untrained: untrained) { event in
        if case .stage(let stage) = event {
          try progress(.stage("\(words): \(stage)"))
        } else {
          try progress(event)
        }
      }
      try place.write(
        Part(
          protocolHash: hash, dataChecksum: dataset.checksum, toolVersion: RunEnvironment.toolVersion,
          network: result), to: Self.partName)
      return result
    }
    let comparison = Comparison(
      protocolHash: hash, declared: configuration.declared, dataName: dataset.name, networks: parts)
    try progress(.stage("drawing"))
    try ComparisonReport(comparison: comparison, parts: parts).write(to: folder)
    try folder.write(record.completed(with: comparison))
    return comparison
  }

  /// Writes the protocol, or sees that the folder's is the same.
  private func declare(in folder: RunFolder) throws -> String {
    let file = folder.file(ComparisonProtocol.fileName)
    if folder.exists(ComparisonProtocol.fileName), !startsFresh {
      let earlier = try JSONFile.read(ComparisonProtocol.self, from: file)
      guard earlier == configuration.declared else {
        throw ProtocolConflict(folder: folder.url)
      }
    } else {
      try folder.create()
      let networks = folder.file(Self.networksFolder)
      if startsFresh, FileManager.default.fileExists(atPath: networks.path) {
        try FileManager.default.removeItem(at: networks)
      }
      try folder.write(configuration.declared, to: ComparisonProtocol.fileName)
    }
    return try configuration.declared.hash()
  }

  /// The trained network and its state before training.
  private func network(
    _ number: Int, _ dataset: Dataset, in place: RunFolder, progress: @escaping ProgressHandler
  ) throws -> (Model, Network) {
    switch configuration.networks {
    case .trained(var recipe, _):
      recipe.training.seed += UInt64(number - 1)
      _ = try TrainExperiment(recipe, workerCount: workerCount).run(
        on: dataset, in: place, progress: progress)
      let model = try ModelFile.read(place.file(TrainExperiment.modelName))
      return (model, Network(initializing: model.network.graph, seed: recipe.training.seed))
    case .given(let sources):
      let source = sources[number - 1]
      let model = try source.load(for: configuration.declared.split.images(of: dataset))
      for remark in model.remarks(on: dataset) { try progress(.warning(remark)) }
      return (model, Network(initializing: model.network.graph, seed: UInt64(number)))
    }
  }

  /// What an earlier run measured on this very network under this very protocol.
  private func known(in place: RunFolder, _ hash: String, _ dataset: Dataset, _ model: Model) throws -> Part?
  {
    guard place.exists(Self.partName) else { return nil }
    let part = try JSONFile.read(Part.self, from: place.file(Self.partName))
    let checksum = try model.checksum
    let isSame =
      part.protocolHash == hash && part.dataChecksum == dataset.checksum
      && part.network.modelChecksum == checksum && part.toolVersion == RunEnvironment.toolVersion
    return isSame ? part : nil
  }
}

/// A folder whose question was another one.
public struct ProtocolConflict: Error, CustomStringConvertible {
  public let folder: URL

  public var description: String {
    "\(folder.path): holds a comparison under another protocol; choose another --output, or discard it with --fresh"
  }
}
