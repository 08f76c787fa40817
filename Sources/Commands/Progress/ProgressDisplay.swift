import Escapes
import Foundation
import Lab
import Networks

/// What is shown of an experiment's progress, and the time that is left.
///
/// Lines that stay are returned by ``take(_:at:)``: they say what began or ended. The lines of ``sketch(columns:at:)``
/// change all the time, and are drawn again and again in the same place of a terminal.
struct ProgressDisplay {
  private var stageStart: ContinuousClock.Instant
  /// What the first step of the stage found done: by an earlier run, so no measure of this one's speed.
  private var doneBefore: Int?
  /// The last step or state of training since a line that stays.
  private var latest: ExperimentProgress?
  /// The outermost first.
  private var parts: [Part] = []

  /// One of several alike experiments inside the one that runs.
  private struct Part {
    var name: String
    var number: Int
    var count: Int
    var start: ContinuousClock.Instant
    /// Whether anything was computed, and not only taken from an earlier run.
    var isWorking = false
    /// Of those before it that were computed.
    var seconds: [Double] = []
  }

  init(at start: ContinuousClock.Instant = .now) { stageStart = start }

  /// - Returns: The lines that stay.
  mutating func take(_ event: ExperimentProgress, at now: ContinuousClock.Instant = .now) -> [ProgressLine] {
    switch event {
    case .stage(let name):
      parts.removeSubrange(depth(of: name)...)
      (stageStart, doneBefore, latest) = (now, nil, nil)
      return [ProgressLine(sentence: name)]
    case .warning(let text): return [ProgressLine(sentence: "warning: \(text)")]
    case .part(let name, let number, let count):
      begin(name, number, count, at: now)
      return []
    case .epoch(let record, let count):
      markWork()
      latest = nil
      return [ProgressLine(fields: Self.fields(record, of: count))]
    case .training:
      markWork()
      latest = event
      return []
    case .step(let done, _, _):
      // Steps that were found done are no work.
      if let doneBefore, done > doneBefore { markWork() }
      doneBefore = doneBefore ?? done
      latest = event
      return []
    }
  }

  /// - Returns: A line for each level of the work: all parts, and the step of one of them.
  func sketch(columns: Int, at now: ContinuousClock.Instant = .now) -> [String] {
    var lines: [String] = []
    if let part = parts.first { lines.append(Self.line(part, at: now).cut(to: columns)) }
    switch latest {
    case .training(let training): lines.append(ProgressLine(fields: Self.fields(training)).cut(to: columns))
    case .step(let done, let total, let unit):
      lines.append(step(done, total, TerminalText.escaped(unit), columns: columns, at: now))
    default: break
    }
    return lines
  }

  // MARK: Parts

  /// How many of the parts that run a stage or a part of this name belongs to.
  private func depth(of name: String) -> Int {
    parts.firstIndex { !name.hasPrefix("\($0.name): ") } ?? parts.count
  }

  private mutating func begin(
    _ name: String, _ number: Int, _ count: Int, at now: ContinuousClock.Instant
  ) {
    let depth = depth(of: name)
    var next = Part(name: name, number: number, count: count, start: now)
    if depth < parts.count, parts[depth].count == count, parts[depth].number < number {
      let before = parts[depth]
      next.seconds = before.seconds + (before.isWorking ? [(now - before.start) / .seconds(1)] : [])
    }
    parts.removeSubrange(depth...)
    parts.append(next)
  }

  private mutating func markWork() {
    for index in parts.indices { parts[index].isWorking = true }
  }

  /// Those that are left take as long as those that ended took on average.
  private static func line(_ part: Part, at now: ContinuousClock.Instant) -> ProgressLine {
    let place = "\(part.number) of \(part.count)"
    let name = part.name.contains(place) ? part.name : "\(part.name) (\(place))"
    guard !part.seconds.isEmpty else { return ProgressLine(sentence: name) }
    let mean = part.seconds.reduce(0, +) / Double(part.seconds.count)
    let own = max(0, mean - (now - part.start) / .seconds(1))
    let left = own + mean * Double(part.count - part.number)
    return ProgressLine(sentence: "\(name), \(duration(left)) left")
  }

  // MARK: Steps and epochs

  private func step(
    _ done: Int, _ total: Int, _ unit: String, columns: Int, at now: ContinuousClock.Instant
  ) -> String {
    let before = doneBefore ?? done
    let seconds = (now - stageStart) / .seconds(1)
    let left =
      done > before
      ? ", \(Self.duration(seconds / Double(done - before) * Double(total - done))) left" : ""
    let text = "\(done)/\(total) \(unit)\(left)"
    let room = min(24, columns - TerminalText.columns(of: text) - 5)
    guard room >= 6 else { return ProgressLine(fields: [text]).cut(to: columns) }
    let filled = total > 0 ? min(room, room * done / total) : room
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled)
    return "  [\(bar)] \(text)"
  }

  private static func fields(_ record: EpochRecord, of count: Int) -> [String] {
    var fields = [
      "\(record.gradientNorm == nil ? "epoch" : "iteration") \(record.epoch)/\(count)",
      String(format: "train loss %.4f", record.trainingLoss),
      String(format: "train acc %.2f %%", 100 * record.trainingAccuracy),
    ]
    if let norm = record.gradientNorm { fields.append(String(format: "gradient %.1e", norm)) }
    if let loss = record.validationLoss { fields.append(String(format: "val loss %.4f", loss)) }
    if let accuracy = record.validationAccuracy {
      fields.append(String(format: "val acc %.2f %%", 100 * accuracy))
    }
    return fields + [
      String(format: "%.0f images/s", record.imagesPerSecond), String(format: "%.1f s", record.seconds),
    ]
  }

  private static func fields(_ progress: TrainingProgress) -> [String] {
    let accuracy = String(format: "train acc %.2f %%", 100 * progress.accuracy)
    if let norm = progress.gradientNorm {
      return [
        "iteration \(progress.epoch)/\(progress.epochCount)",
        String(format: "train loss %.6f", progress.loss), accuracy, String(format: "gradient %.1e", norm),
      ]
    }
    let epochsLeft = Double(progress.epochCount - progress.epoch)
    let imagesLeft =
      Double(progress.imageCount - progress.imagesDone) + epochsLeft * Double(progress.imageCount)
    return [
      "epoch \(progress.epoch)/\(progress.epochCount)",
      String(format: "%3d %%", 100 * progress.imagesDone / max(progress.imageCount, 1)),
      "\(duration(imagesLeft / max(progress.imagesPerSecond, 1))) left",
      String(format: "train loss %.4f", progress.loss), accuracy,
      String(format: "%.0f images/s", progress.imagesPerSecond),
    ]
  }

  /// Such as 12 s, 1 min 05 s, 4 min, 2 h 10 min.
  static func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "?" }  // and for NaN
    let whole = Int(seconds.rounded(.up))
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<180: return String(format: "%d min %02d s", whole / 60, whole % 60)
    case ..<3570: return "\((whole + 30) / 60) min"
    default:
      let minutes = (whole + 30) / 60
      return String(format: "%d h %02d min", minutes / 60, minutes % 60)
    }
  }
}
