import ArgumentParser
import Commands
import Foundation
import Tensors

package struct PatternCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pattern",
    abstract: "Does the adversarial perturbation have a pattern? Many of them, looked at together.",
    discussion: """
      Attacks held-out images, untargeted and at a random class each, and compares the perturbations with images and with \
      noise of the same norm: means of each pair of classes, power spectrum, principal directions, cosines. Then makes one \
      perturbation for all images (Moosavi-Dezfooli et al. 2017) and judges it on images it was not made from.

      Leaves figures/, spectrum.csv, components.csv, cosines.csv, pairs.csv, universal.csv, universal.npy and run.json.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(help: "The attack: ddn (fast) or lbfgs.")
  var attack = PatternExperiment.Method.ddn

  @Option(help: "Draw so many held-out images; each is attacked twice.")
  var count = 1000

  @Option(help: "Make the universal perturbation from so many training images.")
  var universalCount = 300

  @Option(help: "What measures the universal perturbation: linf or l2.")
  var universalNorm: Norm = .linf

  @Option(help: "How large the universal perturbation may be; 0.3 or 8/255.")
  var universalEpsilon = Epsilon(argument: "0.3")!

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    if count < 2 { throw ValidationError("--count must be at least 2, got \(count)") }
    if universalCount < 1 {
      throw ValidationError("--universal-count must be at least 1, got \(universalCount)")
    }
    guard universalNorm == .linf || universalNorm == .l2 else {
      throw ValidationError("--universal-norm is linf or l2, got \(universalNorm.rawValue)")
    }
    try checkRadius(universalEpsilon, name: "--universal-epsilon")
    guard universalEpsilon.value > 0, universalNorm == .l2 || universalEpsilon.value <= 1 else {
      throw ValidationError(
        "--universal-epsilon is positive and in linf at most 1, got \(universalEpsilon.text)")
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(default: "pattern-\(data.shortName)")
    let experiment = PatternExperiment(
      PatternExperiment.Configuration(
        model: model.source, data: data, method: attack, imageCount: count,
        universalCount: universalCount, universalNorm: universalNorm,
        universalRadius: Double(universalEpsilon.value.description) ?? Double(universalEpsilon.value),
        seed: common.seed),
      workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: pattern.png, means-untargeted.png, means-targeted.png",
        "numbers    \(folder.file("spectrum.csv").relativePath), components.csv, cosines.csv, pairs.csv, universal.csv",
      ])
  }
}

extension PatternExperiment.Method: ExpressibleByArgument {}
