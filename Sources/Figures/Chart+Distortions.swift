import Images
import Storage

extension Chart {
  /// Perturbation sizes: a histogram, with the median.
  ///
  /// - Parameters:
  ///   - distances: Distances of the successes, at least one, finite.
  ///   - axis: For example `L2 distance to the adversarial image`.
  public static func distortions(
    caption: FigureCaption, distances: [Double], median: Double, axis: String
  ) -> Chart {
    precondition(
      !distances.isEmpty && distances.allSatisfy(\.isFinite), "a histogram has finite values, at least one")
    let bins = Bins(distances)
    let range = ChartScale.range(of: [bins.lower, bins.upper, median], share: 0.04)
    let frame = ChartFrame(caption)
    var (table, plot) = histogram(of: bins, range, in: frame, axis: axis, countName: "images", headroom: 0.2)
    plot.addRule(across: median, width: 2, dash: [9, 4], Style.ink)
    plot.addLines([("median \(Numbers.threeDigits(median))", ChartFrame.font, Style.ink)], beside: median)
    return Chart(caption, table, frame, [plot])
  }
}
