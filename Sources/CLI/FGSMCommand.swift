import ArgumentParser
import Foundation
import Intrigue

struct FGSMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fgsm",
    abstract: "Fast gradient sign method: one step along the sign of the loss gradient.",
    discussion: """
      Goodfellow, Shlens, Szegedy (2015). Every held-out image that the network gets right is attacked; the others \
      are reported apart. A success is judged on the very pixels that are saved, and once more after rounding to \
      8 bits. Where the attack fails the original image is kept.

      Leaves adversarial.png (clean image, perturbation, perturbed image, with predictions), adversarial/ (one PNG \
      for each adversarial image of that sheet, at its own size), triptychs/ (the sheet's images enlarged), \
      adversarial.npy and image_ids.npy (all images), results.csv (a row for each) and run.json.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: DataOptions

  @Option(help: "How far a pixel may move (with --norm, how long the step may be); 0.1 or 8/255.")
  var epsilon: Epsilon

  @Option(help: "What measures the perturbation: linf, l2 or l1.")
  var norm: Norm = .linf

  @Option(
    help: ArgumentHelp(
      "Aim at a class: the next one, a random one, or one class for all, by name or number.",
      valueName: "next|random|CLASS"))
  var targeted: String?

  @Option(help: "Attack so many held-out images, drawn at random. Default: all of them.")
  var count: Int?

  @Option(help: "How many of the attacked images adversarial.png shows, drawn at random.")
  var grid = 12

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if norm == .linf, epsilon.value > 1 {
      throw ValidationError(
        "--epsilon is measured in pixels from 0 to 1, got \(epsilon.text); did you mean \(epsilon.text)/255?")
    }
    if let count, count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
    guard (0...120).contains(grid) else {
      throw ValidationError("--grid must be between 0 and 120, got \(grid)")
    }
  }

  func run() throws {
    let folder = output.folder(
      default: "attack-fgsm-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let experiment = AttackExperiment(
      AttackExperiment.Configuration(
        model: model.source, data: try dataOptions.source(), norm: norm,
        epsilon: epsilon.value,
        goal: AttackGoal(argument: targeted), imageCount: count, figureCount: grid, seed: common.seed),
      workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: results.sentence.split(separator: "; ").map(String.init) + [
        "look at    \(folder.file("adversarial.png").relativePath): "
          + "\(results.shownImages.count) of the attacked images",
        "           \(folder.file("triptychs").relativePath)/: the same, enlarged",
        "           \(folder.file("adversarial").relativePath)/: "
          + "\(results.savedImages.count) of them that fool the network, at their own size",
        "all images \(folder.file("results.csv").relativePath), \(folder.file("adversarial.npy").relativePath)",
      ])
  }
}

/// A perturbation's size as people write it: 0.1, or 8/255.
struct Epsilon: ExpressibleByArgument {
  let text: String
  let value: Float

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    let number: Double? =
      switch parts.count {
      case 1: parts[0]
      case 2: parts[0].flatMap { above in parts[1].map { above / $0 } }
      default: nil
      }
    guard let number, number >= 0, Float(number).isFinite else { return nil }
    text = argument
    value = Float(number)
  }
}

extension Norm: ExpressibleByArgument {}

extension AttackGoal {
  /// The argument of --targeted, if it was given.
  init(argument: String?) {
    switch argument {
    case nil: self = .untargeted
    case "next": self = .next
    case "random": self = .random
    case .some(let name): self = .fixed(name)
    }
  }
}
