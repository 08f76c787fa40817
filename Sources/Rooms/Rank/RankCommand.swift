import ArgumentParser
import Commands
import Foundation
import Lab
import Networks

package struct RankCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "rank",
    abstract:
      "Rank images along many directions: numbers without pictures, in bounded memory, in parts if need be.",
    discussion: """
      Leaves images.npy and scores.npy (a row per direction, best first), directions.csv, ranking.json and run.json.

      With --shard I/N only the I-th of N parts of the images is ranked, on this machine or another, now or later; \
      intrigue merge joins the parts. Features are kept on disk block by block, so a run that was stopped goes on \
      where it was.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(
    help:
      "Directions: neurons; random: sphere, haar (a random rotation of the axes), rademacher, pairs, cosine, whitened, non-negative; from training images: class-means, pca, ica, nmf, kmeans, sae (sparse autoencoder)."
  )
  var basis: DirectionFamily = .neurons

  @Option(help: "How many directions. Default: as many as the layer has units.")
  var directions: Int?

  @Option(help: "Images per direction. Default: 9, or all there are.")
  var top: Int?

  @Option(
    help:
      "Which layer: a name that intrigue inspect lists, or input for the pixels. Default: the feature layer.")
  var layer: String?

  @Option(help: "What makes a unit of each map of a layer: mean, max or centre; none: each place is a unit.")
  var pooling: MapPooling = .mean

  @Option(help: "Read the layer before (pre) or after (post) its activation. Default: as it is named.")
  var activation: ActivationReading?

  @Option(help: "held-out, or training: the images the network was fitted to.")
  var split: ImageSplit = .heldOut

  @Option(help: "Rank one part of the images only: I/N, for example 2/4.")
  var shard: Shard?

  @Option(help: "Folder for the features of earlier runs.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Hold the features in memory and do not keep them.")
  var noCache = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    if let directions, basis == .neurons {
      throw ValidationError(
        "--directions \(directions) needs another --basis, such as sphere: every neuron is ranked")
    }
    for (name, value, limit) in [("directions", directions ?? 1, 1_000_000), ("top", top ?? 1, 10_000)]
    where !(1...limit).contains(value) {
      throw ValidationError("--\(name) must be between 1 and \(limit), got \(value)")
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let part = shard.map { "-shard-\($0.number)-of-\($0.count)" } ?? ""
    let folder = output.folder(default: "rank-\(data.shortName)\(part)")
    let console = Console(common)
    let experiment = RankExperiment(
      RankExperiment.Configuration(
        model: model.source, data: data, layer: layer, pooling: pooling,
        activation: activation, basis: basis,
        directionCount: directions, topCount: top ?? 9, seed: common.seed, split: split, shard: shard),
      isTopCountGiven: top != nil, workerCount: common.workerCount,
      cache: noCache ? nil : FeatureCache(folder: URL(filePath: cache)))
    let results = try console.run(
      resume: "The same command goes on after the last block of features that is on disk."
    ) {
      try experiment.run(in: folder, progress: $0)
    }
    let lines =
      if let ranking = results.ranking {
        ranking.lines(in: folder)
      } else {
        [
          "images \(results.firstImage) to \(results.firstImage + results.imageCount - 1) ranked along "
            + "\(results.directionCount) directions: join the parts with intrigue merge"
        ] + results.files.map { folder.file($0).relativePath }
      }
    try console.report(results, lines: lines)
  }
}

extension RankingResults {
  /// For people.
  func lines(in folder: RunFolder) -> [String] {
    let kappa =
      meanKappa.map { String(format: "mean κ %.3f", $0) } ?? "κ is not defined for one image or one class"
    let silent = deadCount + constantCount
    let left = silent == 0 ? "" : " of the \(directionCount - silent) others"
    return [
      "\(imageCount) images, layer \(layer), top \(topCount) along \(directionCount) directions: "
        + "\(deadCount) dead, \(constantCount) constant, \(kappa)\(left)"
    ] + files.map { folder.file($0).relativePath }
  }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
