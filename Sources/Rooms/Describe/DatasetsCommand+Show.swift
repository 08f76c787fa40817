import ArgumentParser
import Commands
import Figures
import Foundation
import Lab

extension DatasetsCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count the images of a data set and draw some of each class.",
      discussion: """
        Example: intrigue datasets show fashion-mnist --per-class 5
        """)

    @Argument(
      help: ArgumentHelp("\(DataOptions.words).", valueName: "NAME|FOLDER"),
      completion: DataOptions.completion)
    var data: String

    @OptionGroup(title: "Data") var reading: ReadingOptions
    @OptionGroup(title: "Picture") var picture: Picture
    @OptionGroup(title: "General") var general: General

    struct Picture: ParsableArguments {
      @Option(
        name: [.short, .long],
        help: ArgumentHelp("File for the picture. Default: output/datasets/NAME.png.", valueName: "FILE.png"),
        completion: .file(extensions: ["png"]))
      var output: String?

      @Option(help: ArgumentHelp("Largest number of images per class, a random sample.", valueName: "N"))
      var perClass = 10

      @Option(
        help: ArgumentHelp("Part of the data to draw from: training or held-out.", valueName: "NAME"))
      var split = ImageSplit.training

      @Option(help: ArgumentHelp("Seed of the random sample.", valueName: "N"))
      var seed: UInt64 = 1

      func validate() throws {
        try OutputOption.check(output)
        try require("--per-class", perClass, in: 1...100)
      }
    }

    struct General: ParsableArguments {
      @Flag(help: "Print only errors and, with --json, results.")
      var quiet = false

      @Flag(help: "Print the description as JSON on standard output.")
      var json = false
    }

    func validate() throws {
      guard !data.isEmpty else { throw ValidationError("give a data set's name or a folder, got \"\"") }
    }

    func run() throws {
      let console = Console(quiet: general.quiet, json: general.json)
      let source = DataSource(name: data, options: try reading.options())
      let (dataset, file) = try console.run(resume: "Nothing is lost; run the command again.") { progress in
        // Its remarks are part of the description.
        let dataset = try source.load { event in
          if case .warning = event { return }
          try progress(event)
        }
        let file = URL(filePath: picture.output ?? "output/datasets/\(dataset.name).png")
        try RunFolder(file.deletingLastPathComponent()).check(isNot: dataset)
        let grid = ImageGrid(
          sampling: dataset, split: picture.split, perClass: picture.perClass, seed: picture.seed)
        try RunFolder(file.deletingLastPathComponent()).create()
        try grid.write(to: file)
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
