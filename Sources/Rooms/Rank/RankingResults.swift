import Directions
import Foundation
import Lab
import Storage
import Tensors

/// What a ranking of all images leaves, from one run or from merged parts.
///
/// Made from a ``RankingPart`` and nothing else, so that both leave the same bytes.
public struct RankingResults: Codable, Equatable, Sendable {
  public var layer: String
  public var basis: DirectionFamily
  public var directionCount: Int
  public var topCount: Int
  public var imageCount: Int
  /// Neurons after a rectifier that are above 0 for fewer than k images.
  public var deadCount: Int
  /// Directions along which all images have the same score.
  public var constantCount: Int
  /// Over the directions that are neither dead nor constant; nil when κ is not defined.
  public var meanKappa: Double?
  public var files: [String]

  /// One direction's line.
  private struct Line {
    let id: String
    let summary: ScoreSummary
    let agreement: LabelAgreement
    let threshold: Float
    let state: State

    enum State: String { case alive, dead, constant }
  }

  /// - Parameter part: Of all images.
  /// - Returns: Results, and the files they are in.
  static func make(from part: RankingPart, in folder: RunFolder) throws
    -> (results: RankingResults, files: [(name: String, data: Data)])
  {
    let subject = part.subject
    precondition(part.images == 0..<subject.imageCount, "only images \(part.images) were ranked")
    let labels = ClassLabels(part.labels, classCount: subject.classNames.count)
    let lines = zip(part.summaries, part.ranking.topImages).enumerated().map { row, found in
      let (summary, images) = found
      let isDead =
        subject.basis == .neurons && summary.minimum >= 0 && summary.positiveCount < subject.topCount
      return Line(
        id: subject.directionIDs[row], summary: summary,
        agreement: LabelAgreement(of: images.map(\.imageIndex), in: labels),
        threshold: images[images.count - 1].score,
        state: isDead ? .dead : summary.minimum == summary.maximum ? .constant : .alive)
    }
    var table = CSVWriter(columns: [
      "id", "state", "kappa", "top_class", "top_class_name", "top_class_count", "threshold", "mean",
      "standard_deviation", "minimum", "maximum", "positive", "zero",
    ])
    for line in lines {
      let summary = line.summary
      table.append([
        line.id, line.state.rawValue, line.agreement.kappa, line.agreement.topClass,
        line.agreement.topClass.map { subject.classNames[$0] } ?? "", line.agreement.topClassCount,
        line.threshold, summary.mean, summary.standardDeviation, summary.minimum,
        summary.maximum, summary.positiveCount, summary.zeroCount,
      ])
    }
    let kappas = lines.filter { $0.state == .alive }.compactMap(\.agreement.kappa)
    var files: [(name: String, data: Data)] = [("directions.csv", Data(table.text.utf8))]
    files += RankingPart.arrays(of: part.ranking, images: "images.npy", scores: "scores.npy").map {
      ($0.name, $0.array.encoded())
    }
    files.append(("ranking.json", try JSONFile.encoded(subject, file: folder.file("ranking.json"))))
    let results = RankingResults(
      layer: subject.features.layer, basis: subject.basis, directionCount: lines.count,
      topCount: subject.topCount, imageCount: subject.imageCount,
      deadCount: lines.count { $0.state == .dead }, constantCount: lines.count { $0.state == .constant },
      meanKappa: kappas.isEmpty ? nil : kappas.reduce(0, +) / Double(kappas.count),
      files: files.map(\.name) + [folder.recordName])
    return (results, files)
  }
}

extension Run {
  /// Writes several files that belong together, then the record: nothing has its name before all are on disk.
  func complete(with results: Results, _ files: [(name: String, data: Data)]) throws {
    let writers = try files.map { name, data in
      let writer = try AtomicFileWriter(folder.file(name))
      for start in stride(from: 0, to: data.count, by: 1 << 20) {
        let part = Data(data.dropFirst(start).prefix(1 << 20))
        try part.withUnsafeBytes { bytes in try writer.append(bytes) }
      }
      return writer
    }
    try begin()
    for writer in writers { try writer.commit() }
    try complete(with: results)
  }
}
