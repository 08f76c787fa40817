import Foundation

/// Measures all sides of one workload in turn, so that a machine that drifts drifts for all.
struct Race {
  let workload: Workload
  var size = WorkSize()
  /// Counted for each side; one more before them warms it up.
  let repetitions: Int
  let programs: Programs

  /// - Parameter sides: Who takes part, with the settings to use instead of searching for the best.
  /// - Returns: Without those that could not take part.
  func run(_ sides: [(side: Side, settings: [String: String]?)]) throws -> Row {
    var workers: [(side: Side, worker: Worker)] = []
    defer { for (_, worker) in workers { worker.finish() } }
    // One after the other: the peer chooses its settings on an idle machine.
    for (side, settings) in sides {
      do {
        workers.append((side, try programs.worker(side, workload, size, settings: settings)))
      } catch let reason as WorkerUnavailable {
        Progress.report("  \(side.rawValue) is not measured: \(reason)")
      }
    }

    var seconds: [Side: [Double]] = [:]
    var counts: [Side: [String: Int]] = [:]
    for repetition in 0...repetitions {
      for (side, worker) in workers {
        let answer: WorkerAnswer
        do {
          answer = try worker.repetition()
        } catch {
          throw WorkerUnavailable(reason: "\(side.rawValue) failed at \(workload.rawValue): \(error)")
        }
        let name = repetition == 0 ? "warm-up" : "\(repetition) of \(repetitions)"
        Progress.report(side, name, seconds: answer.seconds)
        if repetition > 0 { seconds[side, default: []].append(answer.seconds) }
        counts[side] = answer.counts
      }
    }
    var measured: [Side: Measurement] = [:]
    for (side, worker) in workers {
      measured[side] = Measurement(
        versions: worker.versions, settings: worker.settings, seconds: seconds[side] ?? [],
        peakMemoryBytes: worker.peakMemory, counts: counts[side],
        operationCount: workload.operationCount(
          imageCount: worker.imageCount, directionCount: size.directions ?? workload.directionCount,
          counts: counts[side]))
    }
    return Row(workload: workload, imageCount: workers.first?.worker.imageCount ?? 0, measured)
  }
}
