import Foundation

/// The programs that take part, and how each is called.
struct Programs {
  /// This one, which starts itself again as Intrigue's side of a row.
  let benchmarks: URL
  /// The product.
  let intrigue: URL
  /// Nil: there is none.
  let python: URL?
  /// Has `peer/`.
  let folder: URL
  let dataFolder: String
  let inputs: SharedInputs

  func makeSharedInputs() throws {
    Progress.report("training the network that both sides are given")
    _ = try TimedProcess.run(
      benchmarks, ["inputs", "--data", dataFolder, "--folder", inputs.folder.path])
  }

  /// - Throws: ``WorkerUnavailable``.
  func worker(_ side: Side, _ workload: Workload, _ size: WorkSize, settings: [String: String]? = nil) throws
    -> Worker
  {
    var arguments = [workload.rawValue, "--data", dataFolder]
    if workload.needsSharedInputs { arguments += ["--inputs", inputs.folder.path] }
    if let images = size.images { arguments += ["--images", String(images)] }
    if let directions = size.directions { arguments += ["--directions", String(directions)] }
    switch side {
    case .intrigue:
      if let workers = size.workers { arguments += ["--workers", String(workers)] }
      return try Worker(executable: benchmarks, arguments: ["worker"] + arguments)
    case .peer, .plainPeer:
      if side == .plainPeer { arguments.append("--plain") }
      if let settings {
        arguments += ["--settings", String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)]
      }
      return try Worker(
        executable: try foundPython(), arguments: [peerFile("worker.py")] + arguments)
    }
  }

  func peerFile(_ name: String) -> String { folder.appending(path: "peer/\(name)").path }

  /// - Throws: ``WorkerUnavailable``.
  func foundPython() throws -> URL {
    guard let python else { throw WorkerUnavailable(reason: "there is no python3") }
    return python
  }

  /// - Throws: ``WorkerUnavailable``.
  func foundIntrigue() throws -> URL {
    guard FileManager.default.isExecutableFile(atPath: intrigue.path) else {
      throw WorkerUnavailable(
        reason: "\(intrigue.relativePath) is not there; make build builds it, --intrigue names another")
    }
    return intrigue
  }

  /// A program by its path, or by its name in the folders of PATH.
  static func executable(_ name: String) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    return places.first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
  }
}
