import Study
import Tensors

extension StudyResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Study with people",
      findings: [verdict.sentence]
        + (includedCount == finishedCount
          ? [] : ["For all who finished: \(verdictOfAllFinished.sentence)"]),
      basis:
        "\(caption) Participants: \(joinedCount) joined, \(finishedCount) finished, \(includedCount) included. The "
        + "intervals generalise to other participants, not to other directions or networks.",
      listing: lines,
      pictures: [
        .init(
          file: "figures/shares.png", caption: "Proportion of questions answered correctly.",
          alternative: "Two proportions with intervals; their numbers are in the listing."),
        .init(
          file: "figures/differences.png", caption: "Difference in proportion correct, by participant.",
          alternative: verdict.sentence),
        .init(
          file: "figures/ratings.png", caption: "Mean ratings of sheets.",
          alternative: "Mean ratings with intervals; their numbers are in the listing."),
      ],
      tables: [
        .init(
          file: "results.csv", caption: "Every estimate, with and without the exclusions.",
          isForArticle: false),
        .init(
          file: "directions.csv",
          caption: "Every direction: correct answers with Wilson's 95 % interval, and ratings.",
          isForArticle: false),
        .init(
          file: "participants.csv", caption: "Participants, with the reasons for exclusion.",
          isForArticle: false),
        .init(file: "answers.csv", caption: "Every answer.", isForArticle: false),
      ],
      articleTables: ["study.tex"], citations: [.zimmermann2023scale])
  }
}
