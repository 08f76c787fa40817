import Datasets
import Directions
import Foundation
import GalleryRoom
import Images
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// Is a neuron special? Trains several networks, compares the units of a layer with rotations of them in each,
/// and judges over the networks.
///
///     Δ_s = T_s − mean_b T_{s,b}      network s; T: mean κ of the neurons, T_b: of rotation b
///
/// The replicate is the trained network: one network, however many directions are drawn through it, cannot tell
/// its own accident from a property of networks.
///
/// Leaves `protocol.json` first of all, then the reference network and a folder per network, and at the end
/// `comparison.json`, `verdict.txt`, tables, figures, contact sheets of the first network and `run.json`. A killed
/// run goes on with the network it was at and leaves the same bytes; a folder with another protocol is refused.
public struct CompareExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var networks: ComparedNetworks
    public var reference: ReferenceNetwork
    /// Other images to show the same networks; nil: none.
    public var secondData: DataSource?
    /// What the run is told of the reference and of the second data is entered before it is written down.
    public var declared: ComparisonProtocol

    public init(
      data: DataSource, networks: ComparedNetworks, reference: ReferenceNetwork = .trained,
      secondData: DataSource? = nil, declared: ComparisonProtocol
    ) {
      precondition(networks.count > 0, "a comparison needs a network")
      self.data = data
      self.networks = networks
      self.reference = reference
      self.secondData = secondData
      self.declared = declared
    }
  }

  public private(set) var configuration: Configuration
  /// Whether k was asked for; else it gives way to what there is.
  public let isTopCountGiven: Bool
  public let workerCount: Int
  public let startsFresh: Bool
  /// nil: features are computed for each run.
  public let cache: FeatureCache?

  public init(
    _ configuration: Configuration, isTopCountGiven: Bool = true, workerCount: Int, startsFresh: Bool = false,
    cache: FeatureCache? = nil
  ) {
    self.configuration = configuration
    self.isTopCountGiven = isTopCountGiven
    self.workerCount = workerCount
    self.startsFresh = startsFresh
    self.cache = cache
  }

  public struct Outcome: Sendable {
    public let comparison: Comparison
    /// Names inside the run folder, the one to look at first in front.
    public let files: [String]
  }

  static let networksFolder = "networks"
  static let referenceFolder = "reference"
  static let sheetsFolder = "sheets"
  private static let partName = "comparison.json"
  /// Images in a row of a sheet, where k is more.
  private static let sheetColumns = 25

  /// Raised when what is measured of the same network under the same protocol has other numbers than before.
  static let revision = 1

  /// Everything but data and models that decides what is measured of a network.
  private struct Settings: Codable, Equatable {
    var protocolHash: String
    var number: Int
  }

  /// - Throws: Before anything is written: ``ProtocolConflict`` when the folder holds a comparison under another protocol,
  ///   ``RunConflict`` when it holds networks that were trained with other settings.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Outcome {
    var sources = configuration.networks.sources
    if case .given(let reference) = configuration.reference { sources.append(reference) }
    let read = try GivenModels(
      sources, shown: configuration.data, split: configuration.declared.split, progress)
    let dataset = read.dataset
    let images = configuration.declared.split.images(of: dataset)
    if case .trained(let recipe, _) = configuration.networks {
      _ = try recipe.architecture.architecture(for: dataset.training)
    }
    var usual = UsualSetting()
    var fitted = self
    fitted.configuration.data = read.data
    fitted.configuration.networks = configuration.networks.reading(read.data)
    // More than a class has cannot all be of it, and all images there are would be the same set for every direction.
    let smallest = images.countOfEachClass.filter { $0 > 1 }.min() ?? images.count
    usual.fit(
      &fitted.configuration.declared.topCount, atMost: smallest, isGiven: isTopCountGiven,
      "images of a top set",
      because: "the smallest class has no more \(configuration.declared.split.words)")
    usual.noteLargestKappa(
      topCount: fitted.configuration.declared.topCount, in: images.classLabels,
      configuration.declared.split.words)
    var remarks = usual.remarks
    for (number, model) in read.models.enumerated() {
      let name = number < configuration.networks.sources.count ? "network \(number + 1)" : "reference network"
      remarks += model.remarks(on: dataset).map { "\(name): \($0)" }
    }
    return try fitted.run(read, in: folder, remarks: remarks, progress: progress)
  }

  /// - Parameter read: The networks of the configuration that exist, then the reference network if it does.
  private func run(
    _ read: GivenModels, in folder: RunFolder, remarks: [String], progress: @escaping ProgressHandler
  ) throws -> Outcome {
    let dataset = read.dataset
    let images = configuration.declared.split.images(of: dataset)
    guard configuration.declared.topCount <= images.count else {
      throw GalleryError.topBeyondImages(
        asked: configuration.declared.topCount, images: images.count, split: configuration.declared.split)
    }
    let given = Array(read.models.prefix(configuration.networks.sources.count))
    let (secondData, shown) = try secondData(besides: dataset, shownTo: given, progress)
    let reference = try reference(on: dataset, given: given, read.models.last)
    var declared = configuration.declared
    declared.reference = try reference?.words
    declared.secondData = secondData?.name
    let hash = try declared.hash()
    try checkLayer(of: given, dataset)
    try checkProtocol(declared, in: folder)
    try checkConflicts(reference, on: dataset, in: folder)
    try secondData.map(folder.check(isNot:))
    let record = RunRecord<Configuration, Comparison>(
      experiment: "compare", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    let run = try Run(record, on: dataset, in: folder, remarks: remarks + shown, progress)
    let (folder, progress) = (run.folder, run.progress)
    let kept = run.parts(revisions: ["compare": Self.revision])
    if startsFresh { try folder.remove(Self.networksFolder, Self.referenceFolder, Self.sheetsFolder) }
    try folder.write(declared, to: ComparisonProtocol.fileName)

    let material = try ComparisonMaterial(
      dataset, declared, reference: try model(of: reference, dataset, in: folder, progress),
      secondData: secondData, workerCount: workerCount, progress: progress)
    let comparer = NetworkComparer(
      declared: declared, material: material, workerCount: workerCount, cache: cache)
    var parts: [NetworkComparison] = []
    var first: Model?
    for number in 1...configuration.networks.count {
      let place = try folder.folder(Self.place(of: number))
      let tell = stages(of: "network \(number) of \(configuration.networks.count)", progress)
      let (model, untrained) = try network(number, dataset, given: given, in: place, progress: tell)
      if number == 1 { first = model }
      var checksums = ["data": dataset.checksum, "model": try model.checksum]
      checksums["secondData"] = secondData?.checksum
      checksums["reference"] = material.referenceChecksum
      parts.append(
        try kept.kept(
          Self.partName, in: place, checksums: checksums,
          settings: Settings(protocolHash: hash, number: number), files: Self.tableNames
        ) {
          let (result, reports) = try comparer.compare(
            model, number: number, untrained: untrained, progress: tell)
          try Self.table(of: reports.neurons).write(to: place.file(Self.tableNames[0]))
          try Self.table(of: reports.random).write(to: place.file(Self.tableNames[1]))
          return result
        })
    }
    if let other = parts.first(where: { $0.lengths != parts[0].lengths }) {
      throw FileError(
        file: folder.file("\(Self.networksFolder)/\(other.number)/\(Self.partName)"),
        problem: "does not fit what was measured on network \(parts[0].number); delete it to measure it again"
      )
    }
    let comparison = Comparison(
      protocolHash: hash, declared: declared, dataName: dataset.name,
      duplicateImageCount: material.duplicates.redundant.count, networks: parts)
    try run.measured(comparison)
    let report = ComparisonReport(
      comparison: comparison, parts: parts, duplicates: material.duplicates,
      remarkLines: DataRecord(dataset).remarkLines)
    let numbers = try report.writeNumbers(to: folder)
    let sheets = try drawSheets(of: first!, dataset, hash, in: folder, progress)
    try progress(.stage("drawing charts"))
    try report.writeVerdict(to: folder)
    let figures = try report.drawCharts(in: folder)
    try run.complete(with: comparison)
    return Outcome(
      comparison: comparison,
      files: [ComparisonReport.verdictName] + figures + numbers + sheets + [folder.recordName])
  }

  private static let tableNames = ["metrics-neurons.csv", "metrics-random.csv"]

  /// A row for each direction.
  private static func table(of report: CoherenceReport) -> CSVWriter {
    var table = CSVWriter(columns: report.tableColumns)
    for row in report.tableRows { table.append([row.id] + row.metrics + row.classes + row.texts) }
    return table
  }

  /// Contact sheets of the first network: rows drawn at random, under the protocol's hash.
  private func drawSheets(
    of model: Model, _ dataset: Dataset, _ hash: String, in folder: RunFolder,
    _ progress: @escaping ProgressHandler
  ) throws -> [String] {
    let declared = configuration.declared
    let graph = model.network.graph
    let position = try graph.featurePosition(declared.layer, activation: declared.activation)
    let unitCount = FeatureSpace(of: graph, at: position, pooling: declared.pooling).unitCount
    let source: ModelSource =
      switch configuration.networks {
      case .trained: .model(path: "\(Self.networksFolder)/1/\(RunFolder.modelName)")
      case .given(let sources): sources[0]
      }
    let gallery = GalleryExperiment(
      GalleryExperiment.Configuration(
        model: source, data: configuration.data, layer: declared.layer,
        pooling: declared.pooling, activation: declared.activation,
        neuronCount: min(8, unitCount), topCount: min(declared.topCount, Self.sheetColumns),
        seed: declared.seed, split: declared.split),
      workerCount: workerCount, cache: cache)
    let place = try folder.folder(Self.sheetsFolder)
    let results = try gallery.run(
      model, on: dataset, in: place, note: "protocol \(hash.prefix(12)), network 1", progress: progress)
    return results.files.filter { $0.utf8.suffix(4).elementsEqual(".png".utf8) }.map {
      "\(Self.sheetsFolder)/\($0)"
    }
  }

  /// Sees that every network has the layer, before one is trained.
  private func checkLayer(of given: [Model], _ dataset: Dataset) throws {
    var graphs = given.map(\.network.graph)
    if case .trained(let recipe, _) = configuration.networks {
      graphs.append(try Graph(recipe.architecture.architecture(for: dataset.training)))
    }
    for graph in graphs {
      _ = try graph.featurePosition(
        configuration.declared.layer, activation: configuration.declared.activation)
    }
  }

  /// Sees that the folder's protocol is the same, if there is one.
  private func checkProtocol(_ declared: ComparisonProtocol, in folder: RunFolder) throws {
    guard folder.exists(ComparisonProtocol.fileName), !startsFresh else { return }
    // One that cannot be read is of another version.
    let earlier = try? JSONFile.read(ComparisonProtocol.self, from: folder.file(ComparisonProtocol.fileName))
    guard earlier == declared else { throw ProtocolConflict(folder: folder.url) }
  }

  /// Asks the folders of all networks before the first one is changed.
  private func checkConflicts(_ reference: Reference?, on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh else { return }
    if case .recipe(let recipe) = reference {
      try trainExperiment(recipe).check(
        on: dataset, in: RunFolder(folder.file(Self.referenceFolder)), of: folder)
    }
    guard case .trained(var recipe, _) = configuration.networks else { return }
    for number in 1...configuration.networks.count {
      try trainExperiment(recipe).check(
        on: dataset, in: RunFolder(folder.file(Self.place(of: number))), of: folder)
      recipe.training.seed &+= 1
    }
  }

  private func trainExperiment(_ recipe: TrainExperiment.Configuration) -> TrainExperiment {
    TrainExperiment(recipe, workerCount: workerCount, isPart: true)
  }

  private static func place(of number: Int) -> String { "\(networksFolder)/\(number)" }

  // MARK: What is compared

  /// - Returns: The data, and what is to be remarked on them.
  private func secondData(
    besides dataset: Dataset, shownTo given: [Model], _ progress: @escaping ProgressHandler
  ) throws -> (Dataset?, [String]) {
    guard var source = configuration.secondData else { return (nil, []) }
    source.trainedImagesToo = configuration.data.trainedImagesToo
    let other = try source.load(progress)
    guard other.training.shape == dataset.training.shape else {
      throw SecondDataMismatch(
        name: other.name, shape: "\(other.training.shape)", expected: "\(dataset.training.shape)")
    }
    let images = configuration.declared.split.images(of: other)
    guard configuration.declared.topCount <= images.count else {
      throw GalleryError.topBeyondImages(
        asked: configuration.declared.topCount, images: images.count, split: configuration.declared.split)
    }
    guard configuration.declared.split == .heldOut else { return (other, []) }
    return (other, try source.remarks(onTrainedImagesOf: given, among: other).map(\.sentence))
  }

  /// Who gives the second opinion, before it is trained.
  private enum Reference {
    case recipe(TrainExperiment.Configuration)
    case model(Model)

    /// For the protocol.
    var words: String {
      get throws {
        switch self {
        case .recipe(let recipe):
          guard case .named(let name) = recipe.architecture else { return "trained" }
          return "\(name), \(recipe.training.epochCount) epochs, seed \(recipe.training.seed)"
        case .model(let model):
          return try "\(model.network.graph.architecture.name), model \(model.checksum.prefix(12))"
        }
      }
    }
  }

  /// - Parameter model: Of a reference network that exists.
  private func reference(on dataset: Dataset, given: [Model], _ model: Model?) throws -> Reference? {
    switch configuration.reference {
    case .none: return nil
    case .given: return model.map(Reference.model)
    case .trained:
      let architectures: [Architecture] =
        switch configuration.networks {
        case .trained(let recipe, _): [try recipe.architecture.architecture(for: dataset.training)]
        case .given: given.map(\.network.graph.architecture)
        }
      return .recipe(
        ReferenceNetwork.recipe(
          besides: architectures, on: dataset.training, data: configuration.data,
          seed: configuration.declared.seed))
    }
  }

  private func model(
    of reference: Reference?, _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Model? {
    switch reference {
    case nil: return nil
    case .model(let model): return model
    case .recipe(let recipe):
      let place = try folder.folder(Self.referenceFolder)
      _ = try trainExperiment(recipe).run(
        on: dataset, in: place, progress: stages(of: "reference network", progress))
      return try ModelFile.read(place.file(RunFolder.modelName))
    }
  }

  /// The trained network and its state before training.
  private func network(
    _ number: Int, _ dataset: Dataset, given: [Model], in place: RunFolder,
    progress: @escaping ProgressHandler
  ) throws -> (Model, Network) {
    switch configuration.networks {
    case .trained(var recipe, _):
      recipe.training.seed &+= UInt64(number - 1)
      _ = try trainExperiment(recipe).run(on: dataset, in: place, progress: progress)
      let model = try ModelFile.read(place.file(RunFolder.modelName))
      return (model, Network(initializing: model.network.graph, seed: recipe.training.seed))
    case .given:
      let model = given[number - 1]
      for remark in model.remarks(on: dataset) { try progress(.warning(remark)) }
      return (model, Network(initializing: model.network.graph, seed: UInt64(number)))
    }
  }
}

/// A folder whose question was another one.
public struct ProtocolConflict: Error, CustomStringConvertible {
  public let folder: URL

  public var description: String {
    "\(folder.path): holds a comparison under another protocol; choose another --output, or discard it with --fresh"
  }
}

/// Images of another shape cannot be shown to the same networks.
public struct SecondDataMismatch: Error, CustomStringConvertible {
  public let name: String
  public let shape: String
  public let expected: String

  public var description: String {
    "\(name): images of \(shape) (channels×height×width), expected \(expected), like the data that the networks are for"
  }
}
