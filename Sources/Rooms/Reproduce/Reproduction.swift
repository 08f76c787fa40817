import Lab
import PoisonRoom
import Tensors

/// A table of a paper measured again, each number beside the printed one, or an answer to the lecture's questions.
public struct Reproduction: Codable, Equatable, Sendable {
  public enum Unit: String, Codable, Sendable {
    /// 0 to 100.
    case percent
    /// Root mean square of a perturbation, pixels in [0, 1].
    case distortion
    case number
  }

  /// What a number was measured on, again and again.
  public enum Sample: String, Codable, Sendable {
    case images
    /// Or other repetitions with seeds of their own.
    case networks
  }

  /// One number, in its printed unit.
  public struct Value: Codable, Equatable, Sendable {
    /// As printed; nil: the paper has none.
    public var paper: Double?
    /// nil: not measured, or there was nothing to measure.
    public var ours: Double?
    /// 95 %: of a share over its images, of a mean over networks over these.
    public var interval: [Double]?
    /// How many images a share is of, or a mean is over.
    public var count: Int?
    public var sample: Sample

    public init(
      paper: Double? = nil, ours: Double? = nil, interval: [Double]? = nil, count: Int? = nil,
      sample: Sample = .images
    ) {
      self.paper = paper
      self.ours = ours
      self.interval = interval
      self.count = count
      self.sample = sample
    }

    /// The mean over networks, with Student's interval; of shares in percent, and the interval cut to what shares can be.
    ///
    /// - Parameter shares: nil among them, or none: nothing to say.
    init(paper: Double? = nil, shares: [Double?]) {
      let known = shares.compactMap(\.self)
      let mean = known.count == shares.count && !known.isEmpty ? MeanShare(known) : nil
      self.init(
        paper: paper, ours: mean.map { 100 * $0.mean },
        interval: mean.flatMap { mean in
          mean.lower95.flatMap { low in mean.upper95.map { [100 * low, 100 * $0] } }
        },
        count: known.count, sample: .networks)
    }

    /// The mean over networks of anything else.
    init(paper: Double? = nil, values: [Double?]) {
      let known = values.compactMap(\.self)
      self.init(paper: paper, known.count == values.count ? MeanWithInterval(known) : nil)
    }

    init(paper: Double? = nil, _ mean: MeanWithInterval?) {
      self.init(
        paper: paper, ours: mean?.mean, interval: mean?.interval95, count: mean?.count, sample: .networks)
    }

    /// A share in percent.
    public init(paper: Double? = nil, _ proportion: Proportion) {
      self.init(
        paper: paper, ours: proportion.value.map { 100 * $0 },
        interval: proportion.interval95.map { [100 * $0.lowerBound, 100 * $0.upperBound] },
        count: proportion.total)
    }

    public var difference: Double? {
      guard let paper, let ours else { return nil }
      return ours - paper
    }
  }

  public struct Column: Codable, Equatable, Sendable {
    public var name: String
    public var unit: Unit

    public init(_ name: String, _ unit: Unit) { (self.name, self.unit) = (name, unit) }
  }

  public struct Row: Codable, Equatable, Sendable {
    public var name: String
    /// One for each column; nil: the cell does not exist.
    public var values: [Value?]

    public init(_ name: String, _ values: [Value?]) { (self.name, self.values) = (name, values) }
  }

  public struct Section: Codable, Equatable, Sendable {
    public var title: String
    public var columns: [Column]
    public var rows: [Row]
    /// What must be known to read it: what the paper leaves open or prints wrongly, what was done otherwise here.
    public var remarks: [String]
    /// Columns of the picture, where it shows more than the printed numbers; empty: none of them.
    public var shown: [Int]

    public init(
      _ title: String, columns: [Column], rows: [Row], shown: [Int] = [], remarks: [String] = []
    ) {
      precondition(
        rows.allSatisfy { $0.values.count == columns.count },
        "a row has a value for each of \(columns.count) columns")
      self.title = title
      self.columns = columns
      self.rows = rows
      self.shown = shown
      self.remarks = remarks
    }

    /// The printed numbers that were measured here too, with where they stand.
    public var pairs: [(row: String, column: Column, value: Value)] {
      rows.flatMap { row in
        zip(columns, row.values).compactMap { column, value in
          value?.difference == nil ? nil : value.map { (row.name, column, $0) }
        }
      }
    }
  }

  public var table: PaperTable
  public var sections: [Section]
  /// Of training and measuring.
  public var seconds: Double
}

extension Reproduction.Value: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(interval, "interval")
  }
}

extension Reproduction.Section: Checked {
  public func check() throws(CheckFailure) {
    for row in rows { try requireCount(row.values.count, columns.count, "rows") }
    for column in shown { try requirePlace(column, of: columns.count, "shown") }
  }
}
