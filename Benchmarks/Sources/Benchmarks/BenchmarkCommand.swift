import ArgumentParser

@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks", abstract: "Measures Intrigue and PyTorch in turn, in one run.",
    subcommands: [MeasureCommand.self, InputsCommand.self, WorkerCommand.self],
    defaultSubcommand: MeasureCommand.self)
}
