import Directions
import Foundation

extension EvaluateExperiment.Results {
  private static let longestTable = 40

  /// Accuracy with its interval and a table of classes, a line each; of many classes those with the lowest recall.
  public var lines: [String] {
    let heading = "class"
    let shown =
      classes.count <= Self.longestTable
      ? classes
      : classes.enumerated().filter { $1.recall != nil }
        .sorted { ($0.element.recall!, $0.offset) < ($1.element.recall!, $1.offset) }
        .prefix(Self.longestTable / 4).map(\.element)
    let width = (shown.map(\.name) + [heading]).map(\.count).max() ?? 0
    func padded(_ name: String) -> String { name + String(repeating: " ", count: width - name.count) }
    func percent(_ share: Double?) -> String {
      share.map { String(format: "%6.2f %%", 100 * $0) } ?? "       –"
    }
    let interval =
      accuracyInterval95.map {
        String(format: " (95 %% interval %.2f to %.2f %%)", 100 * $0[0], 100 * $0[1])
      } ?? ""
    return [
      String(format: "accuracy %.2f %%", 100 * accuracy) + interval
        + ": \(correctCount) of \(imageCount) held-out images",
      "\(padded(heading))    images    recall  precision",
    ]
      + shown.map {
        "\(padded($0.name))  \(String(format: "%8d", $0.imageCount))  \(percent($0.recall))   \(percent($0.precision))"
      }
      + (shown.count == classes.count
        ? []
        : ["the \(shown.count) classes with the lowest recall of \(classes.count); all are in classes.csv"])
  }
}
