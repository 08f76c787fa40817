import Foundation

extension EvaluateExperiment.Results {
  /// Accuracy with its interval and a table of classes, a line each.
  public var lines: [String] {
    let heading = "class"
    let width = (classes.map(\.name) + [heading]).map(\.count).max() ?? 0
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
      + classes.map {
        "\(padded($0.name))  \(String(format: "%8d", $0.imageCount))  \(percent($0.recall))   \(percent($0.precision))"
      }
  }
}
