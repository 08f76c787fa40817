/// One side of one row.
struct Measurement: Codable {
  let versions: [String: String]
  let settings: [String: String]
  /// Every repetition after the warm-up, in order.
  let seconds: [Double]
  let minimum: Double
  let median: Double
  let peakMemoryBytes: Int?
  /// What became of the images, where the amount of work depends on it.
  let counts: [String: Int]?
  /// Floating-point operations of one repetition by the direct algorithm; nil where none are counted.
  let operationCount: Double?
  /// Operations over the median time, in 10⁹ per second.
  let gigaflopsPerSecond: Double?

  init(
    versions: [String: String] = [:], settings: [String: String] = [:], seconds: [Double],
    peakMemoryBytes: Int?, counts: [String: Int]? = nil, operationCount: Double? = nil
  ) {
    precondition(!seconds.isEmpty, "a measurement needs a repetition")
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    self.versions = versions
    self.settings = settings
    self.seconds = seconds
    self.peakMemoryBytes = peakMemoryBytes
    self.counts = counts
    self.operationCount = operationCount
    self.median = median
    minimum = sorted[0]
    gigaflopsPerSecond = operationCount.map { $0 / median / 1e9 }
  }
}
