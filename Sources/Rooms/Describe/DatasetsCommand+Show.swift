import ArgumentParser
import Commands
import Figures
import Foundation
import Lab

extension DatasetsCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count the images of a data set and draw some of each class.")

    @Argument(help: "A data set's name, or a folder of images or arrays.")
    var data: String

    @Option(name: [.short, .long], help: "The picture. Default: output/datasets/NAME.png.")
    var output: String?

    @Option(help: "How many images of each class to draw.")
    var perClass = 10

    @Option(
      help: ArgumentHelp("Which part of the data to draw from.", valueName: "training|held-out"),
      transform: Self.split)
    var split = ImageSplit.training

    @OptionGroup var reading: ReadingOptions

    @Option(help: "Number from which the images drawn are chosen.")
    var seed: UInt64 = 1

    @Flag(help: "Say nothing but errors and, with --json, results.")
    var quiet = false

    @Flag(help: "Print the description as JSON on standard output.")
    var json = false

    func validate() throws {
      try OutputOption.check(output)
      guard !data.isEmpty else { throw ValidationError("give a data set's name or a folder, got \"\"") }
      guard (1...100).contains(perClass) else {
        throw ValidationError("--per-class must be between 1 and 100, got \(perClass)")
      }
    }

    private static func split(_ argument: String) throws -> ImageSplit {
      guard let split = ImageSplit(rawValue: argument) else {
        throw ValidationError("expected training or held-out, got \(argument)")
      }
      return split
    }

    func run() throws {
      let console = Console(quiet: quiet, json: json)
      let source = DataSource(name: data, options: try reading.options())
      let (dataset, file) = try console.run(resume: "Nothing is lost; run the command again.") { progress in
        // The remarks stand in the description.
        let dataset = try source.load { event in
          if case .warning = event { return }
          try progress(event)
        }
        let file = URL(filePath: output ?? "output/datasets/\(dataset.name).png")
        try RunFolder(file.deletingLastPathComponent()).check(isNot: dataset)
        let picture = ImageGrid(sampling: dataset, split: split, perClass: perClass, seed: seed)
        try RunFolder(file.deletingLastPathComponent()).create()
        try picture.write(to: file)
        return (dataset, file)
      }
      let description = DatasetDescription(of: dataset)
      // Where no picture can be drawn, that was said.
      let isDrawn = FileManager.default.fileExists(atPath: file.path)
      try console.report(
        description, lines: description.lines + (isDrawn ? ["", "picture: \(file.relativePath)"] : []))
    }
  }
}
