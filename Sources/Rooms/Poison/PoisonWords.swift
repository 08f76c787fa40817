import Datasets
import Figures
import Foundation
import Images
import Inference
import Lab
import Networks
import Storage
import Tensors

/// The mean of a share over several networks, draws or pairs of classes, with Student's interval: these are the sample,
/// not images. The interval is cut to [0, 1], beyond which no share lies.
///
/// Where all shares are equal there is none.
public struct MeanShare: Codable, Equatable, Sendable {
  public var networkCount: Int
  public var mean: Double
  /// 95 %; nil of one network, and where all have the same share.
  public var lower95: Double?
  public var upper95: Double?

  /// - Parameter values: At least one.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a mean is over one network at least")
    networkCount = values.count
    mean = values.reduce(0, +) / Double(values.count)
    let interval = StudentInterval.interval(ofMeanOf: values)
    (lower95, upper95) = (interval.map { max(0, $0.lower) }, interval.map { min(1, $0.upper) })
  }

  /// nil where one of the shares is of nothing, or there are none.
  package init?(_ shares: [Proportion]) {
    let values = shares.compactMap(\.value)
    guard values.count == shares.count, !values.isEmpty else { return nil }
    self.init(values)
  }

  /// `12.3 % [11.0, 13.6]`; of several networks without a spread `12.3 % (all alike)`.
  package var words: String {
    func number(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
    guard let lower95, let upper95 else {
      return "\(number(mean)) %" + (networkCount > 1 ? " (all alike)" : "")
    }
    return "\(number(mean)) % [\(number(lower95)), \(number(upper95))]"
  }

  package var interval: ClosedRange<Double>? {
    lower95.flatMap { lower in upper95.map { lower...max(lower, $0) } }
  }

  package func point(at x: Double) -> Chart.Point {
    Chart.Point(
      x: x, value: 100 * mean, interval: interval.map { 100 * $0.lowerBound...100 * $0.upperBound })
  }

  package static func columns(_ name: String) -> [String] {
    ["\(name)_mean", "\(name)_lower_95", "\(name)_upper_95"]
  }

  static func fields(_ share: MeanShare?) -> [any CSVValue] {
    [share?.mean, share?.lower95, share?.upper95].map { $0 as any CSVValue }
  }
}

package enum PoisonWords {
  /// A share as its user wrote it: `0.1` becomes `10 %`, `0.001` `0.1 %`.
  package static func percent(_ share: Double) -> String {
    var text = String(format: "%.6f", 100 * share)
    while text.hasSuffix("0") { text.removeLast() }
    return (text.hasSuffix(".") ? String(text.dropLast()) : text) + " %"
  }

  /// What stands under a figure about its intervals.
  package static func intervals(_ count: Int, of what: String) -> String {
    "Mean of \(count) \(what), Student's 95 % interval, none where all are alike."
  }

  /// A number as its user wrote it, without powers of ten: `0.000009`, `1`.
  package static func plain(_ value: Double) -> String {
    var text = String(format: "%.9f", value)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}

extension LabelledImages {
  /// The pixels of one image, as a picture.
  package func bitmap(_ number: Int) -> Bitmap { bitmap(Array(tensor(of: [number]).elements)) }

  package func bitmap(_ pixels: [Float]) -> Bitmap {
    Bitmap(planar: pixels, channels: shape.channels, height: shape.height, width: shape.width)
  }
}

/// What stands at the foot of every figure of a poisoning experiment.
struct PoisonProvenance {
  let command: String
  let data: DataRecord
  let seed: UInt64
  let victim: String

  func caption(title: String, subtitle: String, _ footer: [String] = []) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(victim) on \(data.name), data \(data.checksum.prefix(8)) · seed \(seed) · intrigue \(command) "
          + RunEnvironment.toolVersion
      ] + data.remarkLines,
      text: [
        ("Data", data.name), ("Data checksum", data.checksum), ("Network", victim), ("Seed", "\(seed)"),
        ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
      ].map { FigureCaption.Pair(key: $0.0, value: $0.1) })
  }
}

extension MeanShare: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(networkCount, "networkCount")
    if let lower95, let upper95 { try requireEnds([lower95, upper95], "upper95") }
  }
}
