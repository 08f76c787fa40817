import ArgumentParser
import Lab

package struct StudyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "study",
    abstract:
      "Run a study with people: are neurons more interpretable than random directions?",
    discussion: """
      prepare creates the questions and their key, serve presents them in participants' browsers and stores the answers, \
      results analyses them.
      """,
    subcommands: [StudyPrepareCommand.self, StudyServeCommand.self, StudyResultsCommand.self])

  package init() {}
}
