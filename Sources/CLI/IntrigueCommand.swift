import ArgumentParser
import Commands
import CompareRoom
import DemoRoom
import DescribeRoom
import EvaluateRoom
import Explorer
import Foundation
import GalleryRoom
import Lab
import LinearityRoom
import PatternRoom
import PrivacyRoom
import RankRoom
import Reports
import ReproduceRoom
import RubbishRoom
import ShiftRoom
import SmoothRoom
import Study
import SubstituteRoom
import Tensors
import TrainRoom
import TransferRoom

@main
struct IntrigueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intrigue",
    abstract: "The laboratory for the two intriguing properties of neural networks.",
    discussion: """
      Example: intrigue demo

      Exit codes: 0 success; 1 an error in files or data, or output that could not be printed; 64 wrong arguments; 130 \
      interrupted (Ctrl-C); 143 terminated (SIGTERM); 129 hung up (SIGHUP). A signal ends every command within two \
      seconds; finished parts are kept.

      Completion of commands, options and file names in a shell: \
      intrigue --generate-completion-script bash (or zsh, fish).
      """,
    version: RunEnvironment.toolVersion,
    subcommands: [
      DatasetsCommand.self,
      RunCommand<TrainOptions>.self,
      InspectCommand.self,
      RunCommand<EvaluateOptions>.self,
      RunCommand<GalleryOptions>.self,
      RunCommand<CompareOptions>.self,
      RunCommand<TransferOptions>.self,
      RunCommand<RankOptions>.self,
      MergeCommand.self,
      AttackCommand.self,
      RunCommand<LinearityOptions>.self,
      RunCommand<PatternOptions>.self,
      RunCommand<RubbishOptions>.self,
      RunCommand<SubstituteOptions>.self,
      RunCommand<PrivacyExperimentOptions>.self,
      RunCommand<SmoothOptions>.self,
      RunCommand<ShiftOptions>.self,
      PoisonCommand.self,
      RunCommand<ReproduceOptions>.self,
      StudyCommand.self,
      ReportCommand.self,
      ExploreCommand.self,
      RunCommand<DemoOptions>.self,
    ])

  /// Parses and runs, as `AsyncParsableCommand` does by itself, but prints through ``Output``.
  static func main() async {
    Interruption.watch()
    let arguments = NegativeNumbers.joined(to: CommandLine.arguments.dropFirst())
    do {
      if let page = try HelpPage(for: arguments, of: Self.self, columns: Output.pageColumns) {
        return try Output.result(text: page.text)
      }
      var command = try await asyncParseAsRoot(arguments)
      try OpenBLAS.reserve()
      if var command = command as? AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error, arguments)
    }
  }

  /// Says what there is to say of `error`, which may be a wish for the version, and ends the process with its exit code.
  private static func end(with error: any Error, _ arguments: [String]) -> Never {
    let exitCode = exitCode(for: error)
    var message = fullMessage(for: error)
    if exitCode == .validationFailure, !message.isEmpty {
      message = Misspelling(in: arguments, of: Self.self)?.message ?? message
    }
    switch exitCode {
    case _ where message.isEmpty: break
    case .success:
      do { try Output.result(text: message) } catch { end(with: error, arguments) }
    // One sentence, whatever names it holds. Of wrong arguments there are lines, with the usage.
    case .failure: Output.remark(message)
    default: Output.remark(text: message)
    }
    Foundation.exit(exitCode.rawValue)
  }
}
