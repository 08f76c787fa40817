import Adversarial
import Figures
import Storage
import Tensors

/// What black-box attacks have after so many queries: a chart, and the table behind it.
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

  /// What an attack that knows the gradient does to the same images, which no query changes.
  package struct Reference {
    package let name: String
    package let success: Proportion
    /// nil: of fewer than half.
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
  /// Whether the attacks look for the smallest perturbation, so that distances are drawn and not shares.
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

  /// A row for each attack and number of queries.
  package var table: CSVWriter {
    var table = CSVWriter(
      columns: ["attack", "queries"] + CSVWriter.columns(counted: "success") + ["median_distance"])
    for (name, curve) in curves {
      for point in curve.points {
        table.append(
          [name, point.queries] + CSVWriter.fields(counted: point.success)
            + [point.medianDistance])
      }
    }
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
    // Who has asked all that it asks keeps what it has.
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
          name: "\(reference.name), which knows the gradient", look: .role(.control),
          points: [Chart.Point(x: first, value: level), Chart.Point(x: max(last, first + 1), value: level)],
          hasMarks: false))
    }
    let count = attacks.first.map { attack in attack.images.count { !$0.verdict.isSkipped } } ?? 0
    return Chart.lines(
      caption: caption(
        isMinimal
          ? "How near black-box attacks come, query by query"
          : "How many images black-box attacks fool, query by query",
        isMinimal
          ? "Median over the \(count) images attacked; those not fooled yet count as infinitely far, so a curve begins where half are."
          : "Share of the \(count) images attacked that were fooled by then."),
      lines: lines, across: Chart.Axis("queries for each image", isLogarithmic: true),
      up: Chart.Axis(isMinimal ? "median \(norm) distance" : "images fooled (%)", isLogarithmic: isMinimal))
  }
}
