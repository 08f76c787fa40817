import Foundation

/// How time and memory grow with one quantity while the others stay.
struct ScalingSeries: Codable {
  enum Axis: String, Codable { case workers, images, directions }

  let workload: Workload
  let axis: Axis
  let points: [ScalingPoint]
}

struct ScalingPoint: Codable {
  /// Threads, on the peer's side.
  let workers: Int
  let imageCount: Int
  /// Of a ranking; nil otherwise.
  let directionCount: Int?
  let intrigue: Measurement?
  /// Measured where workers vary, if the rows of the same run have found its best settings.
  let peer: Measurement?
}

struct Scaling {
  private static let mostRepetitions = 3

  let repetitions: Int
  let programs: Programs
  let coreCount: Int
  let workloads: [Workload]
  /// What this run has measured already: at full size, with the peer's best settings.
  let rows: [Row]

  func run() throws -> [ScalingSeries] {
    let full: [(workload: Workload, images: Int)] = [
      (.training, 60_000), (.features, 60_000), (.fgsm, 10_000), (.ranking, 60_000),
    ]
    var series: [ScalingSeries] = []
    for (workload, images) in full where workloads.contains(workload) {
      let byWorkers = try workerCounts.map { try point(workload, $0, images / 4, peer: true) }
      series.append(ScalingSeries(workload: workload, axis: .workers, points: byWorkers))
      let byImages = [
        try point(workload, coreCount, images / 16), byWorkers[byWorkers.count - 1],
        try point(workload, coreCount, images),
      ]
      series.append(ScalingSeries(workload: workload, axis: .images, points: byImages))
      if workload == .ranking {
        let byDirections = try [256, 1024].map { try point(workload, coreCount, images, directions: $0) }
        series.append(
          ScalingSeries(workload: workload, axis: .directions, points: byDirections + [byImages[2]]))
      }
    }
    return series
  }

  /// 1, 2, 4, … and all.
  private var workerCounts: [Int] {
    Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < coreCount }) + [coreCount]
  }

  private func point(
    _ workload: Workload, _ workers: Int, _ images: Int, directions: Int? = nil,
    peer takesPeer: Bool = false
  ) throws -> ScalingPoint {
    let row = rows.first { $0.workload == workload }
    let directions = workload.isRanking ? directions ?? workload.directionCount : nil
    func point(_ measured: Row) -> ScalingPoint {
      ScalingPoint(
        workers: workers, imageCount: images, directionCount: directions,
        intrigue: measured.intrigue, peer: takesPeer ? measured.peer : nil)
    }
    if let row, row.intrigue != nil, row.imageCount == images, workers == coreCount,
      directions == nil || directions == workload.directionCount
    {
      return point(row)
    }
    Progress.report(
      "\(workload.rawValue), \(images) images, \(directions.map { "\($0) directions, " } ?? "")"
        + "\(workers) of \(coreCount) workers")
    var sides: [(side: Side, settings: [String: String]?)] = [(.intrigue, nil)]
    if takesPeer, let settings = row?.peer?.settings {
      sides.append((.peer, settings.merging(["threads": String(workers)]) { $1 }))
    }
    return point(
      try Race(
        workload: workload,
        size: WorkSize(workers: workers, images: images, directions: directions),
        repetitions: min(repetitions, Self.mostRepetitions), programs: programs
      ).run(sides))
  }
}
