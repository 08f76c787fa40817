import Foundation

/// Whole programs, from the start of the process to its end.
enum StartupTask: String, CaseIterable, Codable {
  case gallery = "startup-gallery"
  case cachedGallery = "startup-gallery-cached"
  case training = "startup-training"

  var title: String {
    switch self {
    case .gallery: "to a gallery from a saved network"
    case .cachedGallery: "to a gallery, features at hand"
    case .training: "to a network trained for one epoch, evaluated and saved"
    }
  }

  /// An epoch is long beside what a first start reads from the disk, and the galleries have read most of it.
  var warmsUp: Bool { self != .training }
}

/// One such program, and its counterpart.
struct StartupRow: Codable {
  let task: StartupTask
  let intrigue: Measurement?
  let peer: Measurement?
  /// How many times faster Intrigue is, by medians; nil where a side is.
  let ratio: Double?
}

struct Startup {
  /// An epoch each; more would take long and tell little more.
  private static let mostRepetitions = 3

  let repetitions: Int
  let programs: Programs

  func run() throws -> [StartupRow] {
    try StartupTask.allCases.map { task in
      Progress.report("from start " + task.title)
      let sides = try measure(task)
      return StartupRow(
        task: task, intrigue: sides[.intrigue], peer: sides[.peer],
        ratio: speedRatio(sides[.intrigue], sides[.peer]))
    }
  }

  private func measure(_ task: StartupTask) throws -> [Side: Measurement] {
    let repetitions = min(repetitions, Self.mostRepetitions)
    var outcomes: [Side: [TimedProcess.Outcome]] = [:]
    var sides: [Side] = [.intrigue, .peer]
    for repetition in (task.warmsUp ? 0 : 1)...repetitions {
      for side in sides {
        do {
          let outcome = try run(task, on: side)
          Progress.report(
            side, repetition == 0 ? "warm-up" : "\(repetition) of \(repetitions)", seconds: outcome.seconds)
          if repetition > 0 { outcomes[side, default: []].append(outcome) }
        } catch let reason as WorkerUnavailable {
          Progress.report("  \(side.rawValue) is not measured: \(reason)")
          outcomes[side] = nil
          sides.removeAll { $0 == side }
        }
      }
    }
    return outcomes.mapValues { outcomes in
      Measurement(
        seconds: outcomes.map(\.seconds), peakMemoryBytes: outcomes.compactMap(\.peakMemoryBytes).max())
    }
  }

  /// Once, in a folder of its own; what features at hand are found in is kept between calls.
  private func run(_ task: StartupTask, on side: Side) throws -> TimedProcess.Outcome {
    let folder = programs.inputs.folder
    let output = folder.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: output) }
    let kept = task == .cachedGallery ? folder : output
    let model = programs.inputs.model.path
    let data = ["--data", programs.dataFolder]
    let place = ["--output", output.path]
    switch (side, task) {
    case (.intrigue, .training):
      return try TimedProcess.run(
        programs.foundIntrigue(),
        ["train", "--architecture", "lenet", "--epochs", "1", "--validation", "0", "--quiet"] + data + place)
    case (.intrigue, _):
      return try TimedProcess.run(
        programs.foundIntrigue(),
        ["gallery", model, "--neurons", "10", "--directions", "10", "--top", "9", "--quiet"]
          + ["--cache", kept.appending(path: "cache").path] + data + place)
    case (_, .training):
      return try TimedProcess.run(
        programs.foundPython(), [programs.peerFile("startup_training.py")] + data + place)
    case (_, _):
      return try TimedProcess.run(
        programs.foundPython(),
        [programs.peerFile("startup_gallery.py"), "--model", model]
          + ["--features", kept.appending(path: "features.pt").path] + data + place)
    }
  }
}
