import ArgumentParser
import Foundation

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Alternates both sides of each row and writes the result.")

  @Option(
    help:
      "Measured repetitions of each side, after one that is not counted; at most 3 of whole programs and of scaling."
  )
  var repetitions = 5

  @Option(parsing: .upToNextOption, help: "Parts to measure.")
  var sections = Section.allCases

  @Option(parsing: .upToNextOption, help: "Rows to measure, alone and as they grow.")
  var rows = Workload.allCases

  @Option(help: "Folder with the four gzipped IDX files of Fashion-MNIST.")
  var data = "/usr/share/datasets/fashion-mnist"

  @Option(
    help: "Python with PyTorch. Default: that of .venv in the benchmark folder, if there is one, or python3.")
  var python: String?

  @Option(help: "The program intrigue, for the times from its start. Default: .build/release/intrigue.")
  var intrigue: String?

  @Option(help: "The benchmark folder.")
  var folder = "Benchmarks"

  func validate() throws {
    guard repetitions > 0 else {
      throw ValidationError("--repetitions must be at least 1, got \(repetitions)")
    }
    for (option, name) in [("python", python), ("intrigue", intrigue)] {
      if let name, Programs.executable(name) == nil {
        throw ValidationError("--\(option) names no program: \(name)")
      }
    }
    for part in ["train", "t10k"] {
      for file in ["\(part)-images-idx3-ubyte.gz", "\(part)-labels-idx1-ubyte.gz"]
      where !FileManager.default.isReadableFile(atPath: "\(data)/\(file)") {
        throw ValidationError("\(data) has no \(file); --data names the folder with Fashion-MNIST")
      }
    }
    guard FileManager.default.isReadableFile(atPath: "\(folder)/peer/worker.py") else {
      throw ValidationError("\(folder) is not the benchmark folder: it has no peer/worker.py")
    }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)  // a worker that died is an error to report, not the end of the run
    let machine = Machine.current()
    let inputs = FileManager.default.temporaryDirectory.appending(path: "benchmarks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: inputs, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: inputs) }
    let programs = programs(inputs)

    var results = Results(date: Date.now.ISO8601Format(), commit: Checkout.commit(), machine: machine)
    if sections != [.rows] || rows.contains(where: \.needsSharedInputs) { try programs.makeSharedInputs() }
    if sections.contains(.rows) {
      Progress.report("what the processor can do")
      let peak = Peak.measure(coreCount: machine.coreCount)
      results.rows = try rows.map { workload in
        Progress.report(workload.title)
        let sides: [Side] = workload.hasPlainPeer ? Side.allCases : [.intrigue, .peer]
        return try Race(workload: workload, repetitions: repetitions, programs: programs)
          .run(sides.map { ($0, nil) })
      }
      results.peak = peak.better(Peak.measure(coreCount: machine.coreCount))
    }
    if sections.contains(.startup) {
      results.startup = try Startup(repetitions: repetitions, programs: programs).run()
    }
    if sections.contains(.scaling) {
      results.scaling = try Scaling(
        repetitions: repetitions, programs: programs, coreCount: machine.coreCount, workloads: rows,
        rows: results.rows
      ).run()
    }
    guard !results.isEmpty else {
      throw WorkerUnavailable(
        reason: "nothing was measured: no side could take part, or --rows has nothing for --sections")
    }
    print(Tables(results).text)
    let file = try ResultFile.write(results, in: URL(filePath: folder).appending(path: "results"))
    print("\nWritten to \(file.relativePath)")
  }

  private func programs(_ inputs: URL) -> Programs {
    let own = "\(folder)/.venv/bin/python3"
    let defaultPython = FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    return Programs(
      benchmarks: Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]),
      intrigue: intrigue.flatMap(Programs.executable) ?? URL(filePath: ".build/release/intrigue"),
      python: Programs.executable(python ?? defaultPython), folder: URL(filePath: folder), dataFolder: data,
      inputs: SharedInputs(folder: inputs))
  }
}
