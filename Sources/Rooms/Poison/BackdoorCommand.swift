import ArgumentParser
import Commands
import Foundation
import Poisoning

package struct BackdoorCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "backdoor",
    abstract: "A trigger on a share of the training images, with the attacker's label.",
    discussion: """
      BadNets (Gu et al. 2017): whoever shows the trigger later gets the attacker's class, and without it nobody notices. \
      The defence clusters the features of each label's images (activation clustering, Chen et al. 2018) and trains again \
      without the clusters that look planted.

      Leaves figures/, backdoor.csv, clusters.csv, parts/ and run.json.
      """)

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var victim: VictimOptions

  @Option(help: "The attacker's class, by name or number.")
  var target = "0"

  @Option(
    help:
      "Shares of poisoned images among all, with commas between; 0 is always among them. Default: \(usualShares), as far as there are images for it."
  )
  var shares: String?

  private static let usualShares = "0,0.001,0.003,0.01,0.03,0.1"

  @Option(help: "Side of the checkered white patch, in pixels.")
  var patch = 3

  @Option(help: "Noise over the whole image with this opacity, in the place of the patch.")
  var blend: Double?

  @Option(help: "What features are reduced by: independent or principal components.")
  var reduction: ActivationClustering.Reduction = .independent

  @Option(help: "Components.")
  var components = 10

  @Option(help: "A label is suspicious if its smaller cluster has at most this share of its images …")
  var sizeLimit = 0.35

  @Option(help: "… and the silhouette of the two is at least this.")
  var silhouette = 0.1

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    guard (1...1000).contains(patch) else {
      throw ValidationError("--patch must be in 1...1000, got \(patch)")
    }
    if let blend {
      guard blend > 0, blend <= 1 else {
        throw ValidationError("--blend must be above 0 and at most 1, got \(blend)")
      }
    }
    guard (1...1000).contains(components) else {
      throw ValidationError("--components must be in 1...1000, got \(components)")
    }
    guard (0...1).contains(sizeLimit) else {
      throw ValidationError("--size-limit must be between 0 and 1, got \(sizeLimit)")
    }
    guard (-1...1).contains(silhouette) else {
      throw ValidationError("--silhouette must be between −1 and 1, got \(silhouette)")
    }
    _ = try VictimOptions.shares(shares ?? Self.usualShares, option: "--shares")
  }

  package func run() throws {
    let folder = output.folder(
      default: "poison-backdoor-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let experiment = BackdoorExperiment(
      BackdoorExperiment.Configuration(
        data: try dataOptions.source(), victim: try victim.training(seed: common.seed),
        trigger: blend.map { .blend(opacity: $0) } ?? .patch(side: patch), target: target,
        shares: try VictimOptions.shares(shares ?? Self.usualShares, option: "--shares"),
        repetitions: victim.networks,
        clustering: ActivationClustering.Settings(
          reduction: reduction, componentCount: components, sizeLimit: sizeLimit,
          silhouetteLimit: silhouette)),
      areSharesGiven: shares != nil, workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "The same command goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(results, in: folder)
  }
}

extension ActivationClustering.Reduction: ExpressibleByArgument {}
