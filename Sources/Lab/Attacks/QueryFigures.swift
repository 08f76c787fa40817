import Adversarial
import Figures
import Storage
import Tensors

/// The success of black-box attacks by number of queries: a chart, and the table behind it.
package struct QueryFigures {
  /// One attack on the images.
  package struct Attack {
    package let name: String
    package let images: [AttackedImage]

    package init(name: String, images: [AttackedImage]) {
      self.name = name
      self.images = images
    }
  }

  /// The result of a white-box attack on the same images, which no query changes.
  package struct Reference {
    package let name: String
    package let success: Proportion
    /// nil: fewer than half were fooled.
    package let medianDistance: Double?

    package init(name: String, images: [AttackedImage], norm: Norm) {
      self.name = name
      let attacked = images.filter { !$0.verdict.isSkipped }
      success = Proportion(attacked.count { $0.verdict == .succeeded }, of: attacked.count)
      let median = Statistics.median(
        attacked.map { $0.verdict == .succeeded ? $0.distortion.length(in: norm) : .infinity })
      medianDistance = median.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  package let attacks: [Attack]
  package let reference: Reference?
  package let norm: Norm
  /// Whether the attacks look for the smallest perturbation, so that distances are drawn instead of success rates.
  package let isMinimal: Bool

  package init(attacks: [Attack], reference: Reference?, norm: Norm, isMinimal: Bool) {
    self.attacks = attacks
    self.reference = reference
    self.norm = norm
    self.isMinimal = isMinimal
  }

  package static let figureName = "queries"
  package static let tableName = "queries.csv"

  private var curves: [(name: String, curve: QueryCurve)] {
    attacks.map { ($0.name, QueryCurve(of: $0.images)) }
  }

  typealias Row = (name: String, point: QueryCurve.Point)

  /// A row for each attack and number of queries.
  var rows: [Row] { curves.flatMap { name, curve in curve.points.map { (name, $0) } } }

  static var columns: [TableColumn<Row>] {
    [
      TableColumn("attack", article: "attack", isIdentifier: true) { $0.name },
      TableColumn("queries", article: "queries", isIdentifier: true) { $0.point.queries },
    ] + .counted("success", article: ("fooled", "of", nil)) { $0.point.success } + [
      TableColumn("median_distance", article: "median distance") { $0.point.medianDistance }
    ]
  }

  package var table: CSVWriter {
    var table = CSVWriter(columns: Self.columns.map(\.name))
    for row in rows { table.append(Self.columns.map { $0.value(row) }) }
    return table
  }

  /// nil where nothing can be drawn: no image was attacked, or no attack came to a median.
  package func chart(_ caption: (_ title: String, _ subtitle: String) -> FigureCaption) -> Chart? {
    let looks: [Chart.Role] = [.neurons, .random, .other(0), .other(1), .other(2), .other(3)]
    func value(_ point: QueryCurve.Point) -> Double? {
      isMinimal ? point.medianDistance : point.success.value.map { 100 * $0 }
    }
    var lines: [Chart.Line] = []
    for (index, (name, curve)) in curves.enumerated() {
      let points = curve.points.compactMap { point in
        value(point).map { Chart.Point(x: Double(point.queries), value: $0) }
      }
      guard !points.isEmpty else { continue }
      lines.append(
        Chart.Line(name: name, look: .role(looks[index % looks.count]), points: points, hasMarks: false))
    }
    let ends = lines.flatMap(\.points).map(\.x)
    guard let first = ends.min(), let last = ends.max() else { return nil }
    // An attack that has used all its queries keeps what it has.
    for index in lines.indices {
      if let end = lines[index].points.last, end.x < last {
        lines[index].points.append(Chart.Point(x: last, value: end.value))
      }
    }
    if let reference,
      let level = isMinimal ? reference.medianDistance : reference.success.value.map({ 100 * $0 })
    {
      lines.append(
        Chart.Line(
          name: "\(reference.name), white-box", look: .role(.control),
          points: [Chart.Point(x: first, value: level), Chart.Point(x: max(last, first + 1), value: level)],
          hasMarks: false))
    }
    let count = attacks.first.map { attack in attack.images.count { !$0.verdict.isSkipped } } ?? 0
    return Chart.lines(
      caption: caption(
        isMinimal
          ? "Distance of the smallest perturbation by number of queries"
          : "Attack success rate by number of queries",
        isMinimal
          ? "Median over the \(count) attacked images. Images not yet fooled count as infinitely far, so a curve begins where half are fooled."
          : "Percentage of the \(count) attacked images that are fooled within so many queries."),
      lines: lines, across: Chart.Axis("queries per image", isLogarithmic: true),
      up: Chart.Axis(
        isMinimal ? "median \(norm.symbol) distance" : "attack success rate (%)", isLogarithmic: isMinimal))
  }
}

extension Exhibits {
  /// The chart and the table of black-box attacks; nil: there are none.
  package mutating func queries(
    _ figures: QueryFigures?, caption: (_ title: String, _ subtitle: String) -> FigureCaption
  ) {
    guard let figures else { return }
    chart(
      "figures/\(QueryFigures.figureName)",
      figures.isMinimal
        ? "Median distance of the smallest perturbation by number of queries per image."
        : "Attack success rate by number of queries per image.",
      alternative: "A curve for each attack; the numbers are in \(QueryFigures.tableName).",
      figures.chart(caption))
    table(
      QueryFigures.tableName, "Black-box attacks by number of queries.", of: figures.rows,
      QueryFigures.columns)
  }
}
