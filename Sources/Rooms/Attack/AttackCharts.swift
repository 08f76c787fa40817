import Adversarial
import Figures
import Foundation
import Lab
import Tensors

/// What an attack that looks for the smallest perturbation leaves to look at: accuracy against distance, and how far
/// images had to be moved.
struct AttackCharts {
  let configuration: AttackExperiment.Configuration
  let results: AttackExperiment.Results
  let data: DataRecord
  let images: [AttackedImage]

  static let folderName = "figures"

  /// Before anything is drawn: no number is lost where a picture cannot be.
  func writeTable(in folder: RunFolder) throws {
    try queries?.table.write(to: folder.file(QueryFigures.tableName))
  }

  func write(in folder: RunFolder) throws {
    try queries?.chart(caption)?.write(
      named: QueryFigures.figureName, in: try folder.folder(Self.folderName).url)
    try writeDistances(in: folder)
  }

  /// nil of an attack that knows more than answers.
  private var queries: QueryFigures? {
    guard configuration.method.kind.knowledge.isBlackBox else { return nil }
    return QueryFigures(
      attacks: [.init(name: results.attack, images: images)], reference: nil, norm: configuration.norm,
      isMinimal: configuration.epsilon == nil)
  }

  /// Nothing for an attack with a budget, whose distances are the budget, or without a success.
  private func writeDistances(in folder: RunFolder) throws {
    guard results.hasCharts else { return }
    let distances = images.filter { $0.verdict == .succeeded }.map {
      $0.distortion.length(in: configuration.norm)
    }
    guard let largest = distances.max(), largest > 0, let median = Statistics.median(distances) else {
      return
    }
    let place = try folder.folder(Self.folderName).url
    let curve = RobustAccuracyCurve(minimalDistances: images, norm: configuration.norm)
    try Chart.robustAccuracy(
      caption: caption(
        "Accuracy left at each distance",
        "An upper bound: a better attack could only lower it. \(results.sentence)"),
      curves: [
        Chart.AccuracyCurve(
          name: results.attack, role: .neurons,
          steps: curve.points.map {
            Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0)  // of all images: there are some
          })
      ], largest: largest * 1.05, axis: "\(configuration.norm) size of the perturbation, pixels in [0, 1]"
    ).write(named: "robust-accuracy", in: place)
    try Chart.distortions(
      caption: caption(
        "How far images had to be moved",
        "\(distances.count) successes; images that the attack did not reach have no distance and are not here."
      ),
      distances: distances, median: median, axis: "\(configuration.norm) distance to the adversarial image"
    ).write(named: "distortions", in: place)
  }

  private func caption(_ title: String, _ subtitle: String) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: [
        "\(configuration.method.title(configuration.norm)); \(data.name), \(results.imageCount) held-out images; model "
          + "\(results.modelName), checksum \(results.modelChecksum.prefix(8)); seed \(configuration.seed)",
        "Intrigue \(RunEnvironment.toolVersion)",
      ] + data.remarkLines, text: [])
  }
}
