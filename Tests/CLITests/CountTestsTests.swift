import Foundation
import Testing

/// scripts/count-tests.py, which ends `make test`.
@Suite struct CountTestsTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let package = """
    .testTarget(name: "OneTests", dependencies: ["One"]),
    .testTarget(
      name: "TwoTests", dependencies: ["Two"]),
    """

  private static func results(_ cases: String...) -> String {
    "<testsuites><testsuite name=\"TestResults\">\(cases.joined())</testsuite></testsuites>"
  }

  private static let one = #"<testcase classname="OneTests.A" name="a()" time="1" />"#
  private static let two = #"<testcase classname="TwoTests.B" name="b()" time="1" />"#

  private static func skipped(_ reason: String) -> String {
    #"<testcase classname="TwoTests.B" name="c()"><skipped>\#(reason)</skipped></testcase>"#
  }

  private func count(_ results: String...) async throws -> Program.Outcome {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.write(Self.package, to: "Package.swift")
    for (number, result) in results.enumerated() { try laboratory.write(result, to: "\(number).xml") }
    let script = Self.root.appending(path: "scripts/count-tests.py").path
    return try await Program(laboratory: laboratory).start(
      ["python3", script, "Package.swift"] + results.indices.map { "\($0).xml" },
      executable: URL(filePath: "/usr/bin/env")
    ).outcome()
  }

  @Test("Every target is listed with its tests, and the last line is the sum")
  func counts() async throws {
    let outcome = try await count(
      Self.results(Self.one, Self.skipped("root reads everything")), Self.results(Self.two, Self.two))
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains("OneTests     1 tests") && lines.contains("TwoTests     2 tests, 1 skipped"))
    #expect(lines.contains("skipped TwoTests.B/c(): root reads everything"))
    #expect(lines.last == "3 passed, 0 failed, 1 skipped")
  }

  @Test("A target or a run without a test fails, and so does a skip that could have been prevented")
  func refuses() async throws {
    for (results, word) in [
      ([Self.results(Self.one)], "TwoTests: no test was run"),
      ([Self.results(Self.one, Self.two), Self.results()], "1.xml: no test was run"),
      ([Self.results(Self.one, Self.skipped("seen with version 2"))], "TwoTests: no test was run"),
      ([Self.results(Self.one, Self.two, Self.skipped("LaTeX is not installed"))], "LaTeX is not installed"),
      ([Self.results(Self.one, Self.two, Self.skipped(""))], "no reason given"),
    ] {
      let outcome =
        results.count == 1
        ? try await count(results[0]) : try await count(results[0], results[1])
      #expect(outcome.exitCode == 1 && outcome.errors.contains(word), "\(outcome.errors)")
      let last = outcome.output.split(separator: "\n").last ?? ""
      #expect(last.contains(" 1 failed, "), "\(outcome.output)")
    }
  }

  @Test("A test that failed is counted as one")
  func failure() async throws {
    let failed = #"<testcase classname="OneTests.A" name="a()"><failure message="no" /></testcase>"#
    let outcome = try await count(Self.results(failed, Self.two))
    #expect(outcome.exitCode == 1 && outcome.output.hasSuffix("1 passed, 1 failed, 0 skipped\n"))
  }
}
