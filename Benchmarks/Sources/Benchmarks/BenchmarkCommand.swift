import ArgumentParser
import Foundation

@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks", abstract: "Measures Intrigue and PyTorch in turn, in one run.",
    subcommands: [MeasureCommand.self, WorkerCommand.self], defaultSubcommand: MeasureCommand.self)
}

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Alternates both sides of each row and writes the result.")

  @Option(help: "Measured repetitions of each side, after one that is not counted.")
  var repetitions = 5

  @Option(parsing: .upToNextOption, help: "Rows to measure.")
  var rows = Workload.allCases

  @Option(help: "Folder with the four gzipped IDX files of Fashion-MNIST.")
  var data = "/usr/share/datasets/fashion-mnist"

  @Option(
    help: "Python with PyTorch. Default: that of .venv in the benchmark folder, if there is one, or python3.")
  var python: String?

  @Option(help: "The benchmark folder.")
  var folder = "Benchmarks"

  func validate() throws {
    guard repetitions > 0 else {
      throw ValidationError("--repetitions must be at least 1, got \(repetitions)")
    }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)  // a worker that died is an error to report, not the end of the run
    let machine = Machine.current()
    let measured = try rows.map {
      try Race(workload: $0, repetitions: repetitions).run(intrigue: intrigue, peer: peer)
    }
    guard measured.contains(where: { $0.intrigue != nil || $0.peer != nil }) else {
      throw WorkerUnavailable(reason: "nothing was measured: neither side could take part")
    }
    let results = Results(
      date: Date.now.ISO8601Format(), commit: Self.commit(), machine: machine, rows: measured)
    print(Table(results).text)
    let file = try ResultFile.write(results, in: URL(filePath: folder).appending(path: "results"))
    print("\nWritten to \(file.relativePath)")
  }

  private static func commit() -> String? {
    let output = Pipe()
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "describe", "--always", "--dirty"]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    return git.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }

  private func intrigue(_ workload: Workload) throws -> Worker {
    try Worker(
      executable: Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]),
      arguments: ["worker", workload.rawValue, "--data", data])
  }

  private func peer(_ workload: Workload) throws -> Worker {
    let own = "\(folder)/.venv/bin/python3"
    let python = python ?? (FileManager.default.isExecutableFile(atPath: own) ? own : "python3")
    return try Worker(
      executable: URL(filePath: "/usr/bin/env"),
      arguments: [python, "\(folder)/peer.py", workload.rawValue, "--data", data])
  }
}

/// Intrigue's side of one row; the measuring process starts it.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  @Argument var workload: Workload
  @Option var data: String

  func run() throws {
    try IntrigueSide(dataFolder: URL(filePath: data)).serve(workload, Requests())
  }
}
