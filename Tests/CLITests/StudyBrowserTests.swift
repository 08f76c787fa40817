import Foundation
import Testing

@Suite(.enabled(if: Browser.isHere, Browser.whatIsMissing)) struct StudyBrowserTests {
  @Test(
    "Two people take part at once, one by clicking and one by keys on a narrow window; the organiser invites and sees them; two more have 400 % and the system's colours"
  )
  func study() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    let address = "http://127.0.0.1:\(server.port)/"
    try await Browser.play(
      "study", [address, "\(address)organiser/\(server.organiser)", "\(StudyScene.steps)"],
      laboratory: laboratory)
    server.run.interrupt()
    let outcome = try await server.run.outcome()
    #expect(outcome.exitCode == 0)
    // The last two leave the last sheet unrated.
    #expect(outcome.output.contains("4 participants, 2 finished, \(4 * StudyScene.steps - 2) answers kept"))
    expectSuccess(try await laboratory.run("study", "results", "study", "--quiet"))
    // Two undid two answers each; the answers given then have other values.
    func rows(_ name: String) throws -> [[Substring]] {
      String(decoding: try laboratory.read("study/\(name)"), as: UTF8.self).split(separator: "\n").dropFirst()
        .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }
    let (undone, answers) = (try rows("undone.csv"), try rows("answers.csv"))
    #expect(undone.count == 4)
    for row in undone {
      let now = try #require(answers.first { $0[0] == row[0] && $0[3] == row[3] })
      #expect(now[8...11] != row[8...11])
    }
  }

  @Test("Who is slow is told before the time for the questions is over, and when it is, and may go on")
  func time() async throws {
    let laboratory = try await StudyScene.laboratory()
    let design = String(decoding: try laboratory.read("study/study.json"), as: UTF8.self)
    let quick = design.replacing(#/"mostSeconds" : [0-9.]+/#, with: "\"mostSeconds\" : 40")
      .replacing(#/"leastSeconds" : [0-9.]+/#, with: "\"leastSeconds\" : 1")
    try #require(quick != design)
    try laboratory.write(quick, to: "study/study.json")
    let server = try await StudyScene.Server(laboratory)
    try await Browser.play(
      "study_time", ["http://127.0.0.1:\(server.port)/", "40"], laboratory: laboratory)
    server.run.interrupt()
    #expect(try await server.run.outcome().exitCode == 0)
  }
}
