import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import Tensors

/// What every attack is told: whom, which images, towards what, how many, and where to.
struct AttackOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions

  @OptionGroup var shown: ShownDataOptions

  @Option(
    help:
      "Attack these images instead of a data set's: a .npy file, float32 in [0, 1] or uint8; needs --labels.")
  var images: String?

  @Option(help: "Their true classes: a .npy file of integers.")
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Aim at a class: the next one, a random one, or one class for all, by name or number; all: at every class in turn.",
      valueName: "next|random|all|CLASS"))
  var targeted: String?

  @Option(help: "Attack so many held-out images, drawn at random. Default: all of them.")
  var count: Int?

  @Option(help: "How many of the attacked images adversarial.png shows, drawn at random.")
  var grid = 12

  @Flag(
    help:
      "Also distances that no attack can undercut: exact for linear networks, else from the layers' norms (L2)."
  )
  var bounds = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    switch (shown.data, images, labels) {
    case (_, nil, nil), (nil, .some, .some): break
    case (nil, nil, .some): throw ValidationError("--labels needs --images")
    case (nil, .some, nil): throw ValidationError("--images needs --labels")
    default: throw ValidationError("give either --data or --images with --labels, not both")
    }
    if let count, count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
    guard (0...120).contains(grid) else {
      throw ValidationError("--grid must be between 0 and 120, got \(grid)")
    }
    if targeted == "all", bounds {
      throw ValidationError("--bounds is about one attack on each image, --targeted all makes many")
    }
  }

  /// Runs the attack, or one attack for each class, and tells what came out.
  ///
  /// - Parameter epsilon: nil: the attack looks for the smallest perturbation.
  func run(_ method: AttackMethod, norm: Norm, epsilon: Float?) throws {
    guard method.kind.norms.contains(norm) else {
      let known = method.kind.norms.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "\(method.kind.rawValue) is not defined for --norm \(norm.rawValue): there are \(known)")
    }
    let pair = images.flatMap { images in labels.map { DataSource(images: images, labels: $0) } }
    let data = try shown.source(for: model.source, images: pair)
    let name = URL(filePath: data.name).deletingPathExtension().lastPathComponent
    let folder = output.folder(default: "attack-\(method.kind.rawValue)-\(name)")
    let configuration = AttackExperiment.Configuration(
      model: model.source, data: data, method: method, norm: norm, epsilon: epsilon,
      goal: AttackGoal(argument: targeted == "all" ? nil : targeted), imageCount: count, figureCount: grid,
      seed: common.seed, hasBounds: bounds)
    let console = Console(common)
    guard targeted == "all" else {
      let experiment = AttackExperiment(configuration, workerCount: common.workerCount)
      let results = try console.run(resume: "Nothing is lost; run the command again.") {
        try experiment.run(in: folder, progress: $0)
      }
      try console.report(results, lines: results.lines(in: folder))
      return
    }
    let experiment = EveryTargetExperiment(configuration, workerCount: common.workerCount)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(results, lines: results.lines(in: folder))
  }
}

extension AttackExperiment.Results {
  /// For people.
  package func lines(in folder: RunFolder) -> [String] {
    var lines = sentence.split(separator: "; ").map(String.init)
    if summary.success.count > 0 {
      lines.append(
        String(
          format: "distance of the successes: median L2 %.3f, median L∞ %.3f, mean √(Σd²/n) %.4f",
          summary.medianL2 ?? 0, summary.medianLinf ?? 0, summary.meanDistortion ?? 0))
    }
    if let forwards = summary.forwardsPerImage, let backwards = summary.backwardsPerImage {
      lines.append(
        String(format: "%.1f forward and %.1f backward passes for each attacked image", forwards, backwards))
    }
    if saved.count > summary.survival.count {
      lines.append(
        "\(saved.count) of \(saved.total) after a push of single levels back over the boundary")
    }
    if let optimality {
      lines.append(
        String(
          format:
            "cosine between perturbation and gradient of the margin: median %.3f (1 at a nearest point)",
          optimality))
    }
    if let bounds { lines.append(bounds.sentence) }
    lines += warnings.map { "warning: \($0)" }
    func path(_ name: String) -> String { folder.file(name).relativePath }
    lines += [
      "look at    \(path("adversarial.png")): \(shownImages.count) of the attacked images",
      "           \(path("triptychs"))/: the same, enlarged",
    ]
    if !savedImages.isEmpty {
      lines.append(
        "           \(path("adversarial"))/: \(savedImages.count) of them that fool the network, at their own size"
      )
    }
    if AttackKind(rawValue: attack)?.knowledge.isBlackBox == true {
      lines.append("           \(path("figures/queries.png")): what it had after so many queries")
    }
    if summary.success.count > 0, hasCharts {
      lines.append("           \(path("figures"))/: accuracy against distance, distances")
    }
    return lines + ["all images \(path("results.csv")), \(path("adversarial.npy"))"]
  }
}
