/// A whole run, as it is written to a file.
struct Results: Codable {
  /// ISO 8601, UTC.
  let date: String
  /// The commit of Intrigue, with `-dirty` where files differ from it; nil outside a Git checkout.
  let commit: String?
  let machine: Machine
  /// Nil where no rows were asked for.
  var peak: Peak?
  var rows: [Row] = []
  /// Nil where the section was not asked for.
  var startup: [StartupRow]?
  /// Nil where the section was not asked for.
  var scaling: [ScalingSeries]?

  var isEmpty: Bool {
    rows.allSatisfy { $0.intrigue == nil && $0.peer == nil }
      && (startup ?? []).allSatisfy { $0.intrigue == nil && $0.peer == nil }
      && (scaling ?? []).allSatisfy { $0.points.isEmpty }
  }
}

/// One kind of work, measured on all sides in turn. A side that could not take part is nil.
struct Row: Codable {
  let workload: Workload
  let imageCount: Int
  let intrigue: Measurement?
  let peer: Measurement?
  /// PyTorch as people write it first, where that was measured as well.
  let plainPeer: Measurement?
  /// How many times faster Intrigue is, by medians; nil where a side is.
  let ratio: Double?

  init(workload: Workload, imageCount: Int, _ sides: [Side: Measurement]) {
    self.workload = workload
    self.imageCount = imageCount
    intrigue = sides[.intrigue]
    peer = sides[.peer]
    plainPeer = sides[.plainPeer]
    ratio = speedRatio(intrigue, peer)
  }
}

/// How many times faster Intrigue is than the other, by medians.
func speedRatio(_ intrigue: Measurement?, _ other: Measurement?) -> Double? {
  if let intrigue, let other { other.median / intrigue.median } else { nil }
}
