import ArgumentParser
import Foundation

/// Intrigue's side of one row; the measuring process starts it.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  @Argument var workload: Workload
  @Option var data: String
  @Option var inputs: String?
  @Option var workers = ProcessInfo.processInfo.activeProcessorCount
  @Option var images: Int?
  @Option var directions: Int?

  func run() throws {
    try IntrigueSide(
      dataFolder: data, inputs: inputs.map { SharedInputs(folder: URL(filePath: $0)) }, workerCount: workers,
      imageCount: images, directionCount: directions
    ).serve(workload, Requests())
  }
}
