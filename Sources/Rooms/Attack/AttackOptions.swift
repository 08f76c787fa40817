import Adversarial
import ArgumentParser
import Attacks
import Commands
import Foundation
import Lab

/// The command of an attack: what all attacks are told, and what this one is told besides.
package struct AttackOptions<Settings: AttackSettings>: ExperimentOptions {
  package static var command: CommandConfiguration {
    let card = Settings.card
    let example = "intrigue attack \(card.name) output/demo/model.safetensors"
    return CommandConfiguration(
      commandName: card.name, abstract: card.abstract,
      discussion: """
        Example: \(example)\(Settings.Options.Budget.example)

        Goal: \(card.goalWords). Access: \(card.access.words). \(card.paper.text).\
        \(card.discussion.isEmpty ? "" : " \(card.discussion)")

        Leaves adversarial.png (a sample of the images with their perturbations), adversarial/ (those that fool the network \
        as 8-bit files), triptychs/ (enlarged), adversarial.npy and image_ids.npy (all images), results.csv, \
        distortions.csv, figures/ and run.json.
        """)
  }

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: AttackedImagesOptions
  @OptionGroup(title: "Attack") var attack: Settings.Options
  @OptionGroup(title: "Attack") var target: TargetOption
  @OptionGroup(title: "Evaluation") var evaluation: AttackEvaluationOptions
  @OptionGroup(title: "Output") package var output: OutputOption
  @OptionGroup(title: "General") package var common: CommonOptions

  package init() {}

  package func validate() throws {
    if target.targeted != nil { try attack.checkTarget() }
    if target.isEvery, evaluation.bounds {
      throw ValidationError("--bounds is about one attack on each image, --targeted all makes many")
    }
  }

  private func data() throws -> DataSource {
    try dataOptions.shown.source(for: model.source, images: dataOptions.pair)
  }

  package var folderName: String {
    get throws {
      let name = URL(filePath: try data().name).deletingPathExtension().lastPathComponent
      return "attack-\(Settings.card.name)-\(name)"
    }
  }

  package func experiment() throws -> AttackExperiment {
    AttackExperiment(try configuration(), workerCount: common.workerCount)
  }

  package func run() throws {
    if target.isEvery {
      try run(EveryTargetExperiment(try configuration(), workerCount: common.workerCount))
    } else {
      try run(experiment())
    }
  }

  private func configuration() throws -> AttackExperiment.Configuration {
    AttackExperiment.Configuration(
      model: model.source, data: try data(), method: AttackMethod(attack.settings),
      norm: attack.budget.norm, epsilon: attack.budget.epsilon,
      goal: AttackGoal(argument: target.isEvery ? nil : target.targeted),
      imageCount: dataOptions.count, figureCount: evaluation.grid, seed: common.seed,
      hasBounds: evaluation.bounds)
  }
}

/// The images that are attacked.
struct AttackedImagesOptions: ParsableArguments {
  @OptionGroup var shown: ShownDataOptions

  @Option(
    help: ArgumentHelp(
      "Attack these images in place of a data set's: a .npy file, float32 in [0, 1] or uint8; needs --labels.",
      valueName: "FILE"), completion: .file())
  var images: String?

  @Option(
    help: ArgumentHelp("True classes of --images: a .npy file of integers.", valueName: "FILE"),
    completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Number of held-out images to attack, a random sample. Default: all.", valueName: "N"))
  var count: Int?

  func validate() throws {
    switch (shown.data, images, labels) {
    case (_, nil, nil), (nil, .some, .some): break
    case (nil, nil, .some): throw ValidationError("--labels needs --images")
    case (nil, .some, nil): throw ValidationError("--images needs --labels")
    default: throw ValidationError("give either --data or --images with --labels, not both")
    }
    if let count, count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
  }

  var pair: DataSource? {
    images.flatMap { images in labels.map { DataSource(images: images, labels: $0) } }
  }
}

/// What counts as a success.
struct TargetOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Target class: the next one, a random one, or one class for all images, by name or number; all: every class in turn. "
        + "Default: untargeted.",
      valueName: "next|random|all|CLASS"))
  var targeted: String?

  var isEvery: Bool { targeted == "all" }
}

/// What is computed and drawn of the attacked images.
struct AttackEvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Number of attacked images in adversarial.png, a random sample.", valueName: "N"))
  var grid = 12

  @Flag(
    help:
      "Compute certified lower bounds on the distance: exact for linear networks, else from the layers' norms (ℓ2)."
  )
  var bounds = false

  func validate() throws { try require("--grid", grid, in: 0...120) }
}

/// The commands of all attacks.
package enum AttackCommands {
  package static var all: [any ParsableCommand.Type] {
    func command<Settings: AttackSettings>(_: Settings.Type) -> any ParsableCommand.Type {
      RunCommand<AttackOptions<Settings>>.self
    }
    return AttackRegistry.all.map { command($0) }
  }
}
