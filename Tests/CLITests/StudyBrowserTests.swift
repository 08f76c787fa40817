import Foundation
import Testing

@Suite(.enabled(if: Browser.isHere, Browser.whatIsMissing)) struct StudyBrowserTests {
  @Test(
    "Two people take part at once, one by clicking and one by keys on a narrow window, and the organiser sees it"
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
    #expect(outcome.output.contains("2 participants, 2 finished, \(2 * StudyScene.steps) answers kept"))
  }
}
