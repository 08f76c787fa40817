import Foundation

/// Measures both sides of one row in turn, so that a machine that drifts drifts for both.
struct Race {
  let workload: Workload
  /// Counted for each side; one more before them warms it up.
  let repetitions: Int

  private enum Side: String, CaseIterable {
    case intrigue = "Intrigue"
    case peer = "PyTorch"
  }

  func run(intrigue: (Workload) throws -> Worker, peer: (Workload) throws -> Worker) throws -> Row {
    report(workload.title)
    var workers: [Side: Worker] = [:]
    defer { for worker in workers.values { worker.finish() } }
    // One after the other: the peer chooses its settings on an idle machine.
    workers[.intrigue] = try available(.intrigue) { try intrigue(workload) }
    workers[.peer] = try available(.peer) { try peer(workload) }

    var seconds: [Side: [Double]] = [:]
    for repetition in 0...repetitions {
      for side in Side.allCases {
        guard let worker = workers[side] else { continue }
        let taken = try worker.repetition()
        let name = repetition == 0 ? "warm-up" : "\(repetition) of \(repetitions)"
        report("  \(side.rawValue), \(name): \(taken.formatted(.number.precision(.fractionLength(3)))) s")
        if repetition > 0 { seconds[side, default: []].append(taken) }
      }
    }
    func measurement(_ side: Side) -> Measurement? {
      workers[side].map {
        Measurement(
          versions: $0.versions, settings: $0.settings, seconds: seconds[side] ?? [],
          peakMemoryBytes: $0.peakMemory)
      }
    }
    return Row(
      workload: workload, imageCount: workers.values.first?.imageCount ?? 0,
      intrigue: measurement(.intrigue), peer: measurement(.peer))
  }

  private func available(_ side: Side, _ start: () throws -> Worker) throws -> Worker? {
    do {
      return try start()
    } catch let reason as WorkerUnavailable {
      report("  \(side.rawValue) is not measured: \(reason)")
      return nil
    }
  }

  private func report(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }
}
