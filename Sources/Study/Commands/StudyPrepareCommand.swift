import ArgumentParser
import Commands
import Directions
import Escapes
import Foundation
import Inference
import Lab

struct StudyPrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare", abstract: "Make the questions of a study, and their key.",
    discussion: """
      RUN is what intrigue train, demo, gallery, rank or attack left: its network, layer and held-out images. Several give as many \
      directions each. Questions show images with the highest scores of a neuron or a random direction, beside others; \
      sheets show the nine highest.

      Leaves study.json (what is asked and how it will be judged), trials.json, trials/ (pictures without a word) and \
      key.json, which must not be seen by those who answer.
      """)

  @Argument(help: "Run folders with a network, such as output/demo.")
  var runs: [String]

  @Option(help: "Neurons, and as many random directions, that each participant is asked about once.")
  var directions = 10

  @Option(help: "Sheets of neurons, and as many of random directions, that each participant rates. 0: none.")
  var sheets = 6

  @Option(help: "Reference images on each side of a question.")
  var references = 9

  @Option(
    help: "Questions that exist about a direction; participants take turns. Fewer where images are few.")
  var questions = 20

  @Option(
    help: ArgumentHelp(
      "What the high images are told from: random images, random images of the same classes, or those with the lowest scores (for signed layers only).",
      valueName: "random|same-label|min"))
  var negatives: ChoiceTrials.Variant = .vsRandom

  @Option(help: "Smallest difference of interest between the two shares of right answers.")
  var margin = 0.1

  @Option(help: "Folder for the features of earlier runs.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Compute the features anew and do not keep them.")
  var noCache = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("give a run folder, such as output/demo") }
    for (name, value, range) in [
      ("directions", directions, 1...200), ("sheets", sheets, 0...200), ("references", references, 1...36),
      ("questions", questions, 1...200),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(name) must be between \(range.lowerBound) and \(range.upperBound), got \(value)")
    }
    guard margin >= CoherenceVerdict.leastMargin, margin < 1 else {
      throw ValidationError(
        "--margin must be between \(CoherenceVerdict.leastMargin) and 1, got \(margin)")
    }
  }

  func run() throws {
    let folder = output.folder(default: "study")
    let console = Console(common)
    let preparation = StudyPreparation(
      StudyPreparation.Configuration(
        runs: runs, seed: common.seed, negatives: negatives, referenceCount: references,
        questionsPerDirection: questions, directionsPerKind: directions, sheetsPerKind: sheets, margin: margin
      ),
      workerCount: common.workerCount, cache: noCache ? nil : FeatureCache(folder: URL(filePath: cache)))
    let design = try console.run(resume: "Run the same command again.") {
      try preparation.run(in: folder, progress: $0)
    }
    try console.report(design, lines: lines(design, in: folder))
  }

  private func lines(_ design: StudyDesign, in folder: RunFolder) -> [String] {
    let passedOver = design.networks.map { network in
      network.passedOverUnits.isEmpty
        ? nil
        : "\(network.name): \(network.passedOverUnits.count) units passed over, which too few images excite"
    }
    return [
      "each participant: \(design.practiceCount) practice, \(design.choiceCount) + \(design.catchCount) control "
        + "questions, \(design.sheetCount) sheets",
      "about \(design.directionsPerKind) neurons and \(design.directionsPerKind) random directions, "
        + "\(design.questionsPerDirection) questions each, \(design.negatives.words)",
    ] + passedOver.compactMap { $0 } + [
      "key        \(folder.file(StudyFiles.keyName).relativePath), SHA-256 \(design.keyChecksum)",
      "serve      intrigue study serve \(ShellWord.quoted(folder.url.relativePath))",
    ]
  }
}

extension ChoiceTrials.Variant: ExpressibleByArgument {
  private static let names: [(String, Self)] = [
    ("random", .vsRandom), ("same-label", .vsSameLabel), ("min", .vsMin),
  ]

  public init?(argument: String) {
    guard let known = Self.names.first(where: { $0.0 == argument }) else { return nil }
    self = known.1
  }

  public static var allValueStrings: [String] { names.map(\.0) }
  public var defaultValueDescription: String { Self.names.first { $0.1 == self }?.0 ?? rawValue }
}
