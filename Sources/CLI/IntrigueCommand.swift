import ArgumentParser
import Intrigue

@main
struct IntrigueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intrigue",
    abstract: "The laboratory for the two intriguing properties of neural networks.",
    discussion: """
      Exit codes: 0 done, 1 something is wrong with files or data, 64 wrong arguments, 130 interrupted.
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
}
