import Directions
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// From trained networks to a study: which directions are asked about, the trials, their pictures and the key.
///
/// Neurons are drawn at random from those that can be asked about, random directions are uniform on the sphere.
/// Rated sheets show directions that no question is about. With several networks, each gives as many directions as
/// the others, or one more. The same configuration gives the same bytes for any number of workers.
public struct StudyPreparation: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    /// Run folders.
    public var runs: [String]
    public var seed: UInt64
    public var negatives: ChoiceTrials.Variant
    /// K
    public var referenceCount: Int
    /// n, at most: less where there are few images.
    public var questionsPerDirection: Int
    public var directionsPerKind: Int
    public var sheetsPerKind: Int
    public var margin: Double

    public init(
      runs: [String], seed: UInt64 = 1, negatives: ChoiceTrials.Variant = .vsRandom, referenceCount: Int = 9,
      questionsPerDirection: Int = 20, directionsPerKind: Int = 10, sheetsPerKind: Int = 6,
      margin: Double = 0.1
    ) {
      precondition(
        !runs.isEmpty && referenceCount > 0 && questionsPerDirection > 0 && directionsPerKind > 0
          && sheetsPerKind >= 0 && margin > 0,
        "a study has a run, a reference, a question, a direction of each kind and a positive margin")
      self.runs = runs
      self.seed = seed
      self.negatives = negatives
      self.referenceCount = referenceCount
      self.questionsPerDirection = questionsPerDirection
      self.directionsPerKind = directionsPerKind
      self.sheetsPerKind = sheetsPerKind
      self.margin = margin
    }
  }

  static let sheetImageCount = 9
  static let practiceCount = 3
  static let catchCount = 3

  public let configuration: Configuration
  public let workerCount: Int
  /// nil: features are computed and not kept.
  public let cache: FeatureCache?

  public init(_ configuration: Configuration, workerCount: Int, cache: FeatureCache?) {
    (self.configuration, self.workerCount, self.cache) = (configuration, workerCount, cache)
  }

  /// A trial with the network whose images it shows.
  private struct Placed {
    var made: TrialMaker.Made
    var network: Int
  }

  /// - Throws: ``FileError`` where a run is none, or too small for the study asked for, or where the folder holds a
  ///   study already; what loading throws. Nothing is written before everything is known to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> StudyDesign {
    try checkFolder(folder)
    let materials = try configuration.runs.map {
      try RunModel(
        of: URL(filePath: $0), workerCount: workerCount, cache: cache, for: folder, progress: progress)
    }
    let questionCount = min(
      configuration.questionsPerDirection,
      materials.map { $0.images.count / (2 * (configuration.referenceCount + 1)) }.min() ?? 0)
    guard questionCount > 0 else {
      throw FileError(
        file: URL(filePath: configuration.runs[0]),
        problem: "has too few held-out images for a question: expected "
          + "\(2 * (configuration.referenceCount + 1)), found \(materials.map(\.images.count).min() ?? 0)")
    }
    let layout = ChoiceTrials.Layout(
      referenceCount: configuration.referenceCount, trialCount: questionCount)
    var design = StudyDesign(
      format: StudyDesign.currentFormat, toolVersion: RunEnvironment.toolVersion, seed: configuration.seed,
      networks: materials.map(StudyDesign.Network.init), negatives: configuration.negatives,
      referenceCount: layout.referenceCount, questionsPerDirection: questionCount,
      directionsPerKind: configuration.directionsPerKind, sheetsPerKind: configuration.sheetsPerKind,
      sheetImageCount: Self.sheetImageCount, practiceCount: Self.practiceCount, catchCount: Self.catchCount,
      margin: configuration.margin,
      rules: ExclusionRules(questionCount: 2 * configuration.directionsPerKind + Self.catchCount),
      keyChecksum: "")

    var directions: [StudyKey.Direction] = []
    var placed: [Placed] = []
    for (number, material) in materials.enumerated() {
      try progress(.stage("choosing directions of \(design.networks[number].name)"))
      let maker = TrialMaker(
        features: material.features, labels: material.labels, layout: layout,
        variant: configuration.negatives,
        seed: Self.hiddenSeed(design), workerCount: workerCount)
      try add(material, maker, number, to: &directions, &placed, &design)
    }
    try write(directions, placed, materials, design, to: folder, progress)
    return try StudyFiles(folder.url).design
  }

  /// Directions and trials of one network.
  private func add(
    _ material: RunModel, _ maker: TrialMaker, _ network: Int,
    to directions: inout [StudyKey.Direction], _ placed: inout [Placed], _ design: inout StudyDesign
  ) throws {
    func share(_ total: Int) -> Int {
      total / design.networks.count + (network < total % design.networks.count ? 1 : 0)
    }
    let (asked, rated) = (share(design.directionsPerKind), share(design.sheetsPerKind))
    let (caught, practised) = (share(design.catchCount), share(design.practiceCount))
    var generator = SeededGenerator(seed: design.seed, purpose: "study neurons", index: network)
    let dimension = material.features.dimension
    let units = maker.candidates(
      asked + rated, of: .neurons(generator.permutation(dimension), dimension: dimension),
      firstIndex: 2 * network * Self.indexRoom, topCount: design.sheetImageCount)
    design.networks[network].passedOverUnits = units.passedOver
    let spare = 4 * (asked + rated + caught)
    let random = maker.candidates(
      asked + rated + caught,
      of: .randomSphere(count: spare, dimension: dimension, seed: design.seed &+ UInt64(network)),
      firstIndex: (2 * network + 1) * Self.indexRoom, topCount: design.sheetImageCount)
    for (found, needed, words) in [
      (units, asked + rated, "neurons"), (random, asked + rated + caught, "random directions"),
    ] where found.found.count < needed {
      throw FileError(
        file: URL(filePath: configuration.runs[network]),
        problem: "has too few \(words) to ask about in \(material.space.words): expected \(needed), found "
          + "\(found.found.count)" + (found.reason.map { "; of others, \($0)" } ?? "")
          + ". Ask for fewer with --directions and --sheets")
    }
    for (kind, found) in [(StudyKind.neuron, units.found), (.randomDirection, random.found)] {
      for candidate in found.prefix(asked) {
        let number = directions.count
        directions.append(StudyKey.Direction(network: network, kind: kind, name: candidate.name))
        placed += maker.questions(about: candidate, direction: number).map {
          Placed(made: $0, network: network)
        }
      }
      for candidate in found.dropFirst(asked).prefix(rated) {
        let number = directions.count
        directions.append(StudyKey.Direction(network: network, kind: kind, name: candidate.name))
        placed.append(sheet(of: candidate.top, direction: number, network: network))
      }
    }
    let sets = RandomImageSet.draw(
      count: share(design.randomSheetCount), size: design.sheetImageCount, imageCount: material.images.count,
      seed: design.seed &+ UInt64(network))
    for set in sets {
      let number = directions.count
      directions.append(StudyKey.Direction(network: network, kind: .randomImages, name: set.id))
      placed.append(sheet(of: set.imageIndices, direction: number, network: network))
    }
    for (number, candidate) in random.found.suffix(caught).enumerated() {
      placed.append(
        Placed(
          made: maker.catchTrial(about: candidate, number: network * Self.catchCount + number),
          network: network))
    }
    for number in 0..<practised {
      guard let made = maker.practice(number: network * Self.practiceCount + number) else {
        throw FileError(
          file: URL(filePath: configuration.runs[network]),
          problem: "has no class with two held-out images, and two images of others, to practise with")
      }
      placed.append(Placed(made: made, network: network))
    }
  }

  /// Streams that one kind of directions of one network may use.
  private static let indexRoom = 1 << 20

  private func sheet(of images: [Int], direction: Int, network: Int) -> Placed {
    // The highest score first would tell nothing, and random images have no order: all are shuffled.
    var generator = SeededGenerator(seed: configuration.seed, purpose: "study sheet", index: direction)
    return Placed(
      made: TrialMaker.Made(
        part: .sheet, direction: direction, images: generator.permutation(images.count).map { images[$0] }),
      network: network)
  }

  // MARK: Files

  private func checkFolder(_ folder: RunFolder) throws {
    for name in [StudyFiles.designName, AnswerStore.fileName] where folder.exists(name) {
      throw FileError(
        file: folder.url, problem: "holds a study already (\(name)): give another folder with --output")
    }
    guard !folder.exists(folder.recordName) else {
      throw FileError(
        file: folder.url,
        problem:
          "holds another run (\(folder.recordName)), which the results of a study would replace: give another "
          + "folder with --output")
    }
  }

  private static func hiddenSeed(_ design: StudyDesign) -> UInt64 {
    StudySeed.hidden(design.seed, design.networks.flatMap { [$0.modelChecksum, $0.dataChecksum] })
  }

  private func write(
    _ directions: [StudyKey.Direction], _ placed: [Placed], _ materials: [RunModel],
    _ design: StudyDesign, to folder: RunFolder, _ progress: ProgressHandler
  ) throws {
    // Identifiers at random, files and lists in their order: where a trial stands says nothing about it.
    var generator = SeededGenerator(seed: Self.hiddenSeed(design), purpose: "study identifiers")
    var known: Set<String> = []
    let named = placed.map { trial -> (id: String, Placed) in
      while true {
        let digits = String(generator.next(), radix: 16)
        let id = String(repeating: "0", count: 16 - digits.count) + digits
        if known.insert(id).inserted { return (id, trial) }
      }
    }.sorted { $0.id < $1.id }
    let folder = try folder.locked()
    try folder.warnWithoutLock(progress)
    _ = try folder.folder("trials")
    try progress(.stage("drawing \(named.count) trials"))
    for (number, (id, trial)) in named.enumerated() {
      let picture = StudyTiles.picture(of: trial.made.images, in: materials[trial.network].images)
      try PNGFile.write(picture, to: folder.file(StudyFiles.picture(of: id)))
      if number % 20 == 0 { try progress(.step(done: number, total: named.count, unit: "trials")) }
    }
    try folder.write(
      named.map { id, trial in
        let shape = materials[trial.network].images.shape
        return StudyTrial(
          id: id, referenceCount: trial.made.referenceCount, tileCount: trial.made.images.count,
          tileWidth: shape.width, tileHeight: shape.height)
      }, to: StudyFiles.trialsName)
    let keyFile = folder.file(StudyFiles.keyName)
    let key = StudyKey(
      directions: directions,
      entries: named.map { id, trial in
        StudyKey.Entry(
          trial: id, part: trial.made.part, direction: trial.made.direction, question: trial.made.question,
          highQuery: trial.made.highQuery, images: trial.made.images)
      })
    let encoded = try JSONFile.encoded(key, file: keyFile)
    try AtomicFile.write(encoded, to: keyFile, permissions: StudyFiles.ownerOnly)
    var design = design
    design.keyChecksum = Checksum.hexadecimal(of: encoded)
    // Last: a folder without it is no study.
    try folder.write(design, to: StudyFiles.designName)
  }
}

extension StudyDesign.Network {
  fileprivate init(_ run: RunModel) {
    self.init(
      name: "\(run.model.network.graph.architecture.name) of \(run.name)", modelChecksum: run.modelChecksum,
      dataName: run.dataName, dataChecksum: run.dataChecksum, imageCount: run.images.count,
      layer: run.space.words, unitCount: run.space.unitCount, passedOverUnits: [])
  }
}
