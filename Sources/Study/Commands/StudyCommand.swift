import ArgumentParser

package struct StudyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "study",
    abstract:
      "Can people tell the images of neurons from those of random directions? An experiment with people.",
    discussion: """
      prepare makes the questions and their key, serve asks people in their browsers and keeps their answers, results \
      says what came out.
      """,
    subcommands: [StudyPrepareCommand.self, StudyServeCommand.self, StudyResultsCommand.self])

  package init() {}
}
