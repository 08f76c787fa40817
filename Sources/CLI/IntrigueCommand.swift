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
      Exit codes: 0 done, 1 something is wrong with files or data, or what was to be printed is lost, 64 wrong \
      arguments, 130 interrupted (Ctrl-C), 143 terminated (SIGTERM), 129 hung up (SIGHUP). A signal ends every command \
      within two seconds; what was finished is kept.
      """,
    version: RunEnvironment.toolVersion,
    subcommands: [
      DatasetsCommand.self,
      TrainCommand.self,
      InspectCommand.self,
      EvaluateCommand.self,
      GalleryCommand.self,
      CompareCommand.self,
      TransferCommand.self,
      RankCommand.self,
      MergeCommand.self,
      AttackCommand.self,
      LinearityCommand.self,
      PatternCommand.self,
      RubbishCommand.self,
      SubstituteCommand.self,
      PrivacyCommand.self,
      SmoothCommand.self,
      ShiftCommand.self,
      PoisonCommand.self,
      ReproduceCommand.self,
      StudyCommand.self,
      ReportCommand.self,
      ExploreCommand.self,
      DemoCommand.self,
    ])

  /// Parses and runs, as `AsyncParsableCommand` does by itself, but prints through ``Output``.
  static func main() async {
    Interruption.watch()
    do {
      let arguments = NegativeNumbers.joined(to: CommandLine.arguments.dropFirst())
      var command = try await asyncParseAsRoot(arguments)
      try OpenBLAS.reserve()
      if var command = command as? AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Says what there is to say of `error`, which may be a wish for help, and ends the process with its exit code.
  private static func end(with error: any Error) -> Never {
    let exitCode = exitCode(for: error)
    let message = fullMessage(for: error)
    switch exitCode {
    case _ where message.isEmpty: break
    case .success:
      do { try Output.result(text: message) } catch { end(with: error) }
    // One sentence, whatever names it holds. Of wrong arguments there are lines, with the usage.
    case .failure: Output.remark(message)
    default: Output.remark(text: message)
    }
    Foundation.exit(exitCode.rawValue)
  }
}
