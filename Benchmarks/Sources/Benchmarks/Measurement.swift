/// One side of one row.
struct Measurement: Codable {
  let versions: [String: String]
  let settings: [String: String]
  /// Every repetition after the warm-up, in order.
  let seconds: [Double]
  let minimum: Double
  let median: Double
  let peakMemoryBytes: Int?

  init(versions: [String: String], settings: [String: String], seconds: [Double], peakMemoryBytes: Int?) {
    precondition(!seconds.isEmpty, "a measurement needs a repetition")
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    self.versions = versions
    self.settings = settings
    self.seconds = seconds
    self.peakMemoryBytes = peakMemoryBytes
    minimum = sorted[0]
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// One kind of work, measured on both sides in turn. A side that could not take part is nil.
struct Row: Codable {
  let workload: Workload
  let imageCount: Int
  let intrigue: Measurement?
  let peer: Measurement?
  /// How many times faster Intrigue is, by medians; nil where a side is.
  let ratio: Double?

  init(workload: Workload, imageCount: Int, intrigue: Measurement?, peer: Measurement?) {
    self.workload = workload
    self.imageCount = imageCount
    self.intrigue = intrigue
    self.peer = peer
    ratio = if let intrigue, let peer { peer.median / intrigue.median } else { nil }
  }
}

/// A whole run, as it is written to a file.
struct Results: Codable {
  /// ISO 8601, UTC.
  let date: String
  /// The commit of Intrigue, with `-dirty` where files differ from it; nil outside a Git checkout.
  let commit: String?
  let machine: Machine
  let rows: [Row]
}
