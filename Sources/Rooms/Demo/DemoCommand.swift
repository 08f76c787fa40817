import ArgumentParser
import Commands
import Foundation
import GalleryRoom
import Lab
import Networks
import Reports

package struct DemoCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Do the whole job once: train, rank by neurons and by random directions, draw, attack.",
    discussion: "Takes about a minute on two cores. After Ctrl-C the same command goes on.")

  @Option(help: "A data set's name or a folder.")
  var data = "fashion-mnist"

  @Option(help: "An architecture's name.")
  var architecture: Architecture.Named = .lenet

  @Option(help: "Epochs of training.")
  var epochs: Int?

  @Flag(help: "Train anew instead of going on with what the folder holds.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    try DataOptions.check(data)
    if let epochs, !(0...100_000).contains(epochs) {
      throw ValidationError("--epochs must be between 0 and 100000, got \(epochs)")
    }
  }

  package func run() throws {
    let folder = output.folder(default: "demo")
    let console = Console(common)
    let experiment = DemoExperiment(
      DemoExperiment.Configuration(
        data: DataSource(name: data), architecture: architecture, epochCount: epochs, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    let report = folder.file("report")
    try console.run(resume: "The same command, without --fresh, goes on.") {
      try Report(
        title: "\(architecture.rawValue) on \(URL(filePath: data).lastPathComponent)", of: [folder.url]
      ).files().write(to: report, $0)
    }
    func kappa(_ agreement: GalleryExperiment.Results.Agreement) -> String {
      agreement.mean.map { String(format: "%.2f", $0) } ?? "not defined"
    }
    let gallery = results.gallery
    try console.report(
      results,
      lines: [
        String(
          format: "accuracy %.2f %% on %d held-out images, all done in %.0f s",
          100 * results.training.heldOutAccuracy, results.training.heldOutCount, results.seconds),
        "label agreement κ of the top \(gallery.topCount ?? 0) images, mean: "
          + "\(kappa(gallery.neurons)) over \(gallery.neurons.count) neurons, "
          + "\(kappa(gallery.randomDirections)) over \(gallery.randomDirections.count) random directions, "
          + "0 for random images (a description of one network, no test)",
        results.attack.sentence, "", "Look at",
      ]
        + [
          ("report/index.html", "all of it on one page, for a browser"),
          ("gallery.png", "neurons on the left, random directions on the right"),
          ("neurons.png", "the neurons alone"), ("random.png", "the random directions alone"),
          ("adversarial.png", "clean image, perturbation, perturbed image"),
          ("adversarial/", "the adversarial images of that sheet, one file each"),
          ("rankings.csv", "who is where"),
          ("figures/training.png", "loss and accuracy over the epochs"),
          ("model.safetensors", "the network; try intrigue inspect"),
          ("run.json", "what was run, and with what"),
        ].map { name, words in
          "  \(folder.file("").relativePath)/\(name)".replacingOccurrences(of: "//", with: "/") + "  \(words)"
        })
  }
}

extension Architecture.Named: ExpressibleByArgument {}
