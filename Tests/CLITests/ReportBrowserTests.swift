import Foundation
import Testing

@Suite(.enabled(if: Browser.isHere, Browser.whatIsMissing)) struct ReportBrowserTests {
  @Test(
    "A report can be read, sorted, printed and walked through by keyboard, from a disk and without a network")
  func report() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 300)
    expectSuccess(
      try await laboratory.run(
        "demo", "--data", "arrays", "--architecture", "mlp", "--epochs", "2", "--output", "démo 1", "--quiet")
    )
    expectSuccess(
      try await laboratory.run(
        "gallery", "démo 1/model.safetensors", "--data", "arrays", "--top", "30", "--against", "pca",
        "--output", "k 30", "--quiet"))
    expectSuccess(try await laboratory.run("report", "démo 1", "k 30", "--output", "two", "--quiet"))
    expectSuccess(
      try await laboratory.run("report", "démo 1", "--single-file", "--output", "single", "--quiet"))
    try await Browser.play(
      "report", [laboratory.file("démo 1/report").path, laboratory.file("single").path],
      laboratory: laboratory)
  }
}
