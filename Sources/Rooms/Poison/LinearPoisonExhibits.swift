import Figures
import Images
import Lab
import Tensors

/// The findings, figures and table of `intrigue poison linear`.
struct LinearPoisonExhibits {
  typealias Results = LinearPoisonExperiment.Results
  typealias Outcome = LinearPoisonExperiment.Outcome

  let results: Results
  let classNames: [String]
  let shape: ImageShape
  let provenance: Provenance

  private static let paper =
    "Biggio, Nelson, Laskov (2012) print \(LinearPoisonExperiment.printed), for a linear support vector machine; the model here "
    + "is logistic regression, so the numbers are not of the same quantity."

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Poisoning a linear classifier", findings: results.sentences,
      basis:
        "n = \(results.trainingCount) training points and \(results.validationCount) validation points, "
        + "\(results.sample.counted) for each pair of classes; logistic regression. Intervals: Student's, 95 %, over draws.",
      listing: TextTable.lines(listing, textColumns: [0]))
    for pair in results.pairs.indices {
      exhibits.chart(
        "figures/error-\(pair + 1)",
        "Held-out error against the number of poison points, \(Self.words(results.pairs[pair])).",
        alternative: "Curves of the held-out error; the table has the numbers.", chart(pair))
    }
    exhibits.figure("figures/points.png", "The first poison point of each pair before and after.") { strip }
    exhibits.table("linear.csv", "Every number of points in every draw.", of: rows, columns)
    exhibits.cite(.biggio2012poisoning, .munoz2017towards)
    return exhibits
  }

  // MARK: Table

  private typealias Row = (outcome: Outcome, points: Int)

  private var rows: [Row] {
    results.outcomes.flatMap { outcome in outcome.moved.indices.map { (outcome, $0) } }
  }

  private var columns: [TableColumn<Row>] {
    [
      TableColumn("attacking", article: "attacking") { results.pairs[$0.outcome.pair][0] },
      TableColumn("attacked", article: "attacked") { results.pairs[$0.outcome.pair][1] },
      TableColumn("repetition", article: "draw") { $0.outcome.repetition },
      TableColumn("points", article: "points") { $0.points },
      TableColumn("validation_loss") { $0.outcome.losses[$0.points] },
      TableColumn("trimmed_poisons") { $0.outcome.trimmedPoisons[$0.points] },
    ] + .counted("error", article: ("errors", "of", nil)) { $0.outcome.moved[$0.points] }
      + .counted("flipped_error", article: ("flipped only", nil, nil)) { $0.outcome.flipped[$0.points] }
      + .counted("trimmed_error", article: ("trimmed", nil, nil)) { $0.outcome.trimmed[$0.points] }
      + .counted("clean_trimmed_error") { $0.outcome.price[$0.points] }
  }

  // MARK: Figures

  func chart(_ pair: Int) -> Chart {
    let outcomes = results.outcomes(of: pair)
    let counts = outcomes.first?.moved.indices ?? 0..<0
    func line(_ name: String, _ role: Chart.Role, _ errors: (Outcome) -> [Proportion?]) -> Chart.Line? {
      let points = counts.compactMap { points in
        MeanWithInterval(shares: outcomes.compactMap { errors($0)[points] })?.percentPoint(at: Double(points))
      }
      return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
    }
    let names = results.pairs[pair]
    return Chart.lines(
      caption: provenance.caption(
        "Poison points labelled \(names[0]) against class \(names[1])",
        "Logistic regression (λ = \(Numbers.threeDigits(results.decay))) on \(results.trainingCount) training points; poison "
          + "optimised on \(results.validationCount) validation points; error on \(outcomes.first?.moved[0].total ?? 0) held-out "
          + "images. \(results.sample.caption)",
        results.standBesideThePaper ? [Self.paper] : []),
      lines: [
        line("optimised", .neurons) { $0.moved },
        line("only label flipped", .control) { $0.flipped },
        line("optimised, as many points dropped", .random) { $0.trimmed },
        line("clean, as many points dropped", .other(0)) { $0.price },
      ].compactMap(\.self),
      across: .init("poison points", places: (counts.isEmpty ? 0..<1 : counts).map(Double.init)),
      up: .init("held-out error, %"))
  }

  private var strip: ImageStrip {
    let shown = results.pairs.indices.compactMap { pair in
      results.outcomes(of: pair).first { !$0.shown.isEmpty }
    }
    let tiles = [0, 1].flatMap { row in
      shown.map { outcome in
        ContactSheet.Tile(
          image: Bitmap(outcome.shown[row], of: shape), caption: row == 0 ? "before" : "after",
          classIndex: classNames.firstIndex(of: results.pairs[outcome.pair][0]))
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        "The first poison point",
        "For each pair, in the first draw: an image of the attacked class before and after its optimisation. Border and tag: "
          + "the label that it carries."),
      classNames: classNames, tiles: tiles, columnCount: max(shown.count, 1))
  }

  // MARK: Words

  /// `7 vs 1`, the attacking class first.
  private static func words(_ pair: [String]) -> String { "\(pair[0]) vs \(pair[1])" }

  /// The mean over the draws in which a class of each kind is left.
  private static func mean(_ outcomes: [Outcome], _ points: Int, _ errors: (Outcome) -> [Proportion?])
    -> String
  {
    let known = outcomes.compactMap { errors($0)[points] }
    return (MeanWithInterval(shares: known)?.percent ?? "undefined")
      + (known.count == outcomes.count ? "" : " (\(known.count) of \(outcomes.count) draws)")
  }

  private var listing: [[String]] {
    [
      [
        "pair", "points", "optimised", "only label flipped", "after trimming", "poisons dropped",
        "clean, after trimming",
      ]
    ]
      + results.pairs.indices.flatMap { pair -> [[String]] in
        let outcomes = results.outcomes(of: pair)
        let largest = Self.largest(outcomes)
        return Set([0, min(1, largest), largest]).sorted().map { points in
          [
            Self.words(results.pairs[pair]), "\(points)", Self.mean(outcomes, points, \.moved),
            Self.mean(outcomes, points, \.flipped), Self.mean(outcomes, points, \.trimmed),
            "\(Self.dropped(outcomes, points)) of \(points * outcomes.count)",
            Self.mean(outcomes, points, \.price),
          ]
        }
      }
  }

  /// The largest number of points.
  private static func largest(_ outcomes: [Outcome]) -> Int { (outcomes.first?.moved.count ?? 1) - 1 }

  private static func dropped(_ outcomes: [Outcome], _ points: Int) -> Int {
    outcomes.reduce(0) { $0 + $1.trimmedPoisons[points] }
  }

  static func findings(_ results: Results) -> [String] {
    let pairs = results.pairs.indices.map {
      (words: words(results.pairs[$0]), outcomes: results.outcomes(of: $0))
    }
    .filter { !$0.outcomes.isEmpty }
    let first = pairs.map { pair in
      "\(pair.words) \(mean(pair.outcomes, 1, \.moved)) vs \(mean(pair.outcomes, 1, \.flipped)) with only its label flipped and "
        + "\(mean(pair.outcomes, 0, \.moved)) without it"
    }
    return [
      "Held-out error with one optimised poison point among \(results.trainingCount) training points: "
        + first.joined(separator: "; ") + " (attacking vs attacked class; \(results.sample.words))."
    ]
      + pairs.map { pair in
        let (outcomes, points) = (pair.outcomes, largest(pair.outcomes))
        return
          "\(pair.words), \(outcomes[0].moved[0].total) held-out images: with \(points) optimised points the error is "
          + "\(mean(outcomes, points, \.moved)), with their labels flipped only \(mean(outcomes, points, \.flipped)). Dropping "
          + "the \(points) points of largest loss removes \(dropped(outcomes, points)) of \(points * outcomes.count) poison "
          + "points, over \(MeanSample(outcomes.count, "draw").counted), and gives \(mean(outcomes, points, \.trimmed)); "
          + "dropping \(points) of the clean points gives \(mean(outcomes, points, \.price)) vs "
          + "\(mean(outcomes, 0, \.moved)) without dropping."
      } + (results.standBesideThePaper ? [paper] : [])
  }
}

extension LinearPoisonExperiment.Results {
  fileprivate func outcomes(of pair: Int) -> [LinearPoisonExperiment.Outcome] {
    outcomes.filter { $0.pair == pair }
  }
  fileprivate var sample: MeanSample { MeanSample(repetitions, "draw") }
}
