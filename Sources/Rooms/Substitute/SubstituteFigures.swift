import Datasets
import Figures
import Images
import Lab
import Tensors

/// The pictures of `intrigue substitute`.
struct SubstituteFigures {
  let configuration: SubstituteExperiment.Configuration
  let results: SubstituteResults
  let data: DataRecord

  /// Images whose way is shown, one of each of the first classes, and rounds of it.
  static let shownCount = 10
  static let roundLimit = 8

  func write(
    asked: [SubstituteResults.AskedImage], of images: LabelledImages, in folder: RunFolder
  ) throws {
    let figures = try folder.folder("figures")
    if let chart { try chart.write(named: "substitute", in: figures.url) }
    try strip(asked, images).write(to: figures.file("queries.png"))
  }

  private func caption(_ title: String, _ subtitle: String, _ notes: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: notes + [
        "\(data.name), \(results.imageCount) held-out images attacked; black box \(results.modelName), checksum "
          + "\(results.modelChecksum.prefix(8)); substitute \(results.substitute); seed \(configuration.seed) · Intrigue "
          + RunEnvironment.toolVersion
      ] + data.remarkLines, text: [])
  }

  /// nil where the black box is right about nothing.
  var chart: Chart? {
    let success = results.means(\.success)
    guard let first = success.first, let last = success.last else { return nil }
    func points(_ means: [(queries: Int, mean: MeanWithInterval)]) -> [Chart.Point] {
      means.map { queries, mean in
        Chart.Point(
          x: Double(queries), value: 100 * mean.mean,
          interval: mean.range.map { 100 * max($0.lowerBound, 0)...100 * min($0.upperBound, 1) })
      }
    }
    func level(_ name: String, _ share: Proportion, _ look: Chart.Role) -> Chart.Line? {
      share.value.map { value in
        Chart.Line(
          name: name, look: .role(look),
          points: [first.queries, max(last.queries, first.queries + 1)].map {
            Chart.Point(x: Double($0), value: 100 * value)
          }, hasMarks: false)
      }
    }
    return Chart.lines(
      caption: caption(
        "A network is attacked by asking what it sees",
        "Images made for a substitute (\(results.attack.words), L∞ ≤ "
          + "\(Numbers.epsilon(results.epsilon))) and shown to the black box; "
          + "\(results.whiteBox.total) of \(results.imageCount) it gets right and can be fooled about.",
        [
          "Points: means of \(results.substitutes.count) substitutes; bars: Student's 95 % interval over them. Each round "
            + "doubles the images asked about."
        ]),
      lines: [
        Chart.Line(name: "black box fooled", look: .role(.neurons), points: points(success)),
        Chart.Line(
          name: "substitute agrees with it", look: .role(.random), points: points(results.means(\.agreement))),
        level("attack that knows its gradient", results.whiteBox, .control),
        level("random signs", results.noise, .other(1)),
      ].compactMap(\.self),
      across: Chart.Axis("queries", isLogarithmic: true, places: success.map { Double($0.queries) }),
      up: Chart.Axis("images (%)"))
  }

  private func strip(_ asked: [SubstituteResults.AskedImage], _ images: LabelledImages) -> ImageStrip {
    let shape = images.shape
    let columnCount = asked.first?.pixels.count ?? 1
    return ImageStrip(
      caption: caption(
        "What was asked",
        "Each row: an image that the attacker began with, then what it was moved to in each round, a step of "
          + "\(Numbers.epsilon(configuration.step)) in every pixel along the substitute's gradient, for three "
          + "rounds; then against it for three, and so on.",
        [
          "Frame and letter: the class the black box names. Red corner: another class than that of the first image. Of the "
            + "first substitute; the first seed image of each class, of ten classes and eight rounds at most."
        ]),
      classNames: images.classNames,
      tiles: asked.flatMap { row in
        row.pixels.indices.map { round in
          ContactSheet.Tile(
            image: Bitmap(
              planar: row.pixels[round], channels: shape.channels, height: shape.height, width: shape.width),
            caption: round == 0 ? "seed" : "round \(round)", classIndex: row.answers[round],
            isMisclassified: row.answers[round] != row.label)
        }
      }, columnCount: columnCount)
  }
}
