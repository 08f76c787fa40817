import Adversarial
import Datasets
import Figures
import Images
import Lab
import Tensors

/// The findings, figures and table of `intrigue substitute`.
struct SubstituteExhibits {
  let results: SubstituteResults
  /// λ
  let step: Float
  let provenance: Provenance
  let asked: [SubstituteResults.AskedImage]
  let images: LabelledImages

  /// The largest number of seed images that are shown, one of each of the first classes, and of rounds.
  static let shownCount = 10
  static let roundLimit = 8

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Black-box attack through a substitute model", findings: findings,
      basis:
        "n = \(results.imageCount) held-out images, \(results.whiteBox.total) of them classified correctly by the black box and "
        + "attacked; \(sample.counted), \(results.differences). Intervals over substitutes: Student's, 95 %; of single shares: "
        + "Wilson's, 95 %.",
      listing: TextTable.lines(listing))
    exhibits.chart(
      "figures/substitute",
      "Attack success rate on the black box, and the substitute's agreement with it, by number of queries.",
      alternative: "Curves of success rate and agreement; the table has the numbers.", chart)
    exhibits.figure("figures/queries.png", "Some of the queried images.") { strip }
    exhibits.table("substitute.csv", "All substitutes and rounds.", of: rows, columns)
    exhibits.cite(.papernot2017practical)
    return exhibits
  }

  // MARK: Table

  private typealias Row = (substitute: Int, number: Int, round: SubstituteResults.Round)

  private var rows: [Row] {
    results.substitutes.enumerated().flatMap { place, rounds in
      rounds.enumerated().map { (place + 1, $0.offset, $0.element) }
    }
  }

  private var columns: [TableColumn<Row>] {
    [
      TableColumn("substitute", article: "substitute") { $0.substitute },
      TableColumn("round") { $0.number },
      TableColumn("queries", article: "queries") { $0.round.queryCount },
    ] + .counted("success", article: (nil, nil, "success rate")) { $0.round.success }
      + .counted("agreement", article: (nil, nil, "agreement")) { $0.round.agreement }
      + .counted("accuracy", article: (nil, nil, "accuracy")) { $0.round.accuracy }
  }

  // MARK: Figures

  private var budget: String { "\(results.attack.words), ℓ∞ ≤ \(Numbers.epsilon(results.epsilon))" }

  /// nil if the black box classifies no image correctly.
  var chart: Chart? {
    let success = results.means(\.success)
    guard let first = success.first, let last = success.last else { return nil }
    func points(_ means: [(queries: Int, mean: MeanWithInterval)]) -> [Chart.Point] {
      means.map { $0.mean.percentPoint(at: Double($0.queries)) }
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
      caption: provenance.caption(
        "A black-box attack through a substitute",
        "Adversarial examples for the substitute (\(budget)), shown to the black box, for the \(results.whiteBox.total) of "
          + "\(results.imageCount) held-out images that it classifies correctly; agreement on all \(results.imageCount).",
        ["\(sample.caption) Each round doubles the queried images."]),
      lines: [
        Chart.Line(name: "success on the black box", look: .role(.neurons), points: points(success)),
        Chart.Line(
          name: "agreement with the black box", look: .role(.random),
          points: points(results.means(\.agreement))),
        level("white-box attack", results.whiteBox, .control),
        level("random signs", results.noise, .other(1)),
      ].compactMap(\.self),
      across: Chart.Axis("queries", isLogarithmic: true, places: success.map { Double($0.queries) }),
      up: Chart.Axis("images (%)"))
  }

  private var strip: ImageStrip {
    ImageStrip(
      caption: provenance.caption(
        "Queried images",
        "Rows: an image that the attacker began with, and the images derived from it, each by a step of "
          + "\(Numbers.epsilon(step)) in every pixel along the substitute's gradient; the direction is reversed after every "
          + "\(SubstituteTraining.period) rounds.",
        [
          "Border and tag: class predicted by the black box. Red corner: not the class of the first image. First substitute; "
            + "first seed image of each class, at most \(Self.shownCount) classes and \(Self.roundLimit) rounds."
        ]),
      classNames: images.classNames,
      tiles: asked.flatMap { row in
        row.pixels.indices.map { round in
          ContactSheet.Tile(
            image: Bitmap(row.pixels[round], of: images.shape),
            caption: round == 0 ? "seed" : "round \(round)",
            classIndex: row.answers[round], isMisclassified: row.answers[round] != row.label)
        }
      }, columnCount: asked.first?.pixels.count ?? 1)
  }

  // MARK: Words

  private var sample: MeanSample { MeanSample(results.substitutes.count, "substitute") }

  private var findings: [String] {
    let (success, agreement) = (results.means(\.success), results.means(\.agreement))
    guard let first = success.first, let last = success.last, let likeness = agreement.last else {
      return [
        "The black box classifies none of \(results.imageCount) images correctly: there is nothing to attack."
      ]
    }
    return [
      "Adversarial examples for the substitute (\(budget)) fool the black box with a success rate of \(last.mean.percent) on "
        + "\(results.whiteBox.total) correctly classified images, after \(last.queries) label queries (\(sample.words)). The same "
        + "attack on the black box itself (white-box): \(results.whiteBox.rate); random signs of the same size: "
        + "\(results.noise.rate)."
    ]
      + (success.count > 1
        ? ["After \(first.queries) queries the success rate was \(first.mean.percent)."] : []) + [
        "The substitute, \(results.substitute), agrees with the black box, \(results.modelName), on \(likeness.mean.percent) of "
          + "\(results.imageCount) held-out images."
      ]
  }

  private var listing: [[String]] {
    let success = results.means(\.success)
    guard !success.isEmpty else { return [] }
    let (agreement, accuracy) = (results.means(\.agreement), results.means(\.accuracy))
    return [["queries", "success rate", "agreement", "accuracy of the substitute"]]
      + success.map { round in
        func cell(_ means: [(queries: Int, mean: MeanWithInterval)]) -> String {
          means.first { $0.queries == round.queries }?.mean.percent ?? "–"
        }
        return ["\(round.queries)", round.mean.percent, cell(agreement), cell(accuracy)]
      }
  }
}
