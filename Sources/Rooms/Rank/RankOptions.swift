import ArgumentParser
import Commands
import Directions
import Foundation
import Lab
import Networks

public struct RankOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "rank",
    abstract:
      "Rank images along many directions: numbers without pictures, in bounded memory, in parts if need be.",
    discussion: """
      Example: intrigue rank output/train-lenet-mnist-seed1 --basis pca --top 20

      Leaves images.npy and scores.npy (a row per direction, best first), directions.csv, ranking.json and run.json.

      With --shard I/N only the I-th of N parts of the images is ranked, on this machine or another; intrigue merge joins \
      the parts. Features are cached on disk block by block, so an interrupted run resumes where it stopped.
      """)

  public static let resume = Resume.blocks

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Features") var features: FeatureOptions
  @OptionGroup(title: "Ranking") var ranking: Ranking
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Ranking: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Directions: neurons; random: sphere, haar (a random rotation of the axes), rademacher, pairs, cosine, whitened, non-negative; from training images: class-means, pca, ica, nmf, kmeans, sae (sparse autoencoder).",
        valueName: "NAME"))
    var basis: DirectionFamily = .neurons

    @Option(help: ArgumentHelp("Number of directions. Default: the number of units.", valueName: "N"))
    var directions: Int?

    @Option(help: ArgumentHelp("Images per direction. Default: 9, or all there are.", valueName: "N"))
    var top: Int?

    @Option(help: ArgumentHelp("Rank one part of the images only, for example 2/4.", valueName: "I/N"))
    var shard: Shard?

    func validate() throws {
      if let directions, basis == .neurons {
        throw ValidationError(
          "--directions \(directions) needs another --basis, such as sphere: every neuron is ranked")
      }
      try require("--directions", directions, in: 1...1_000_000)
      try require("--top", top, in: 1...10_000)
    }
  }

  public init() {}

  public var folderName: String {
    get throws {
      let part = ranking.shard.map { "-shard-\($0.number)-of-\($0.count)" } ?? ""
      return "rank-\(try dataOptions.source(for: model.source).shortName)\(part)"
    }
  }

  public func experiment() throws -> RankExperiment {
    RankExperiment(
      RankExperiment.Configuration(
        model: model.source, data: try dataOptions.source(for: model.source), layer: features.layer,
        pooling: features.pooling, activation: features.activation, basis: ranking.basis,
        directionCount: ranking.directions, topCount: ranking.top ?? 9, seed: common.seed,
        split: features.split, shard: ranking.shard),
      isTopCountGiven: ranking.top != nil, workerCount: common.workerCount, cache: features.featureCache)
  }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
