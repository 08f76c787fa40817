import Study

extension StudyResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Study with people",
      findings: [verdict.sentence]
        + (includedCount == finishedCount
          ? [] : ["With the answers of all who finished: \(verdictOfAllFinished.sentence)"]),
      basis:
        "\(caption) Participants: \(joinedCount) joined, \(finishedCount) finished, answers of \(includedCount) count. "
        + "The intervals speak of other participants, not of other directions or networks.",
      listing: lines,
      pictures: [
        .init(
          file: "figures/shares.png", caption: "Questions answered rightly.",
          alternative: "Two shares with intervals; their numbers are in the listing."),
        .init(
          file: "figures/differences.png", caption: "Difference of each participant, and of all.",
          alternative: verdict.sentence),
        .init(
          file: "figures/ratings.png", caption: "Ratings of whole sheets.",
          alternative: "Mean ratings with intervals; their numbers are in the listing."),
      ],
      tables: [
        .init(
          file: "results.csv", caption: "Every estimate, with and without the exclusions.",
          isForArticle: false),
        .init(
          file: "directions.csv",
          caption: "Every direction: right answers with Wilson's 95 % interval, and ratings.",
          isForArticle: false),
        .init(
          file: "participants.csv", caption: "Participants, and why some do not count.", isForArticle: false),
        .init(file: "answers.csv", caption: "Every answer.", isForArticle: false),
      ],
      articleTables: ["study.tex"], citations: [.zimmermann2023scale])
  }
}
