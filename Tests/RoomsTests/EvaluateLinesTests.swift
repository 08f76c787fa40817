import Testing

@testable import EvaluateRoom
@testable import Lab

@Suite struct EvaluateLinesTests {
  @Test(
    "The table stands in columns, whether names of classes are longer or shorter than its heading",
    arguments: [
      ["3", "7"], ["a very long name", ""],
    ])
  func columns(names: [String]) {
    let results = EvaluateExperiment.Results(
      modelChecksum: "", imageCount: 30, correctCount: 20, accuracy: 2.0 / 3, accuracyInterval95: [0.4, 0.8],
      loss: 1,
      classes: [
        .init(name: names[0], imageCount: 20, correctCount: 20, recall: 1, precision: 0.75),
        .init(name: names[1], imageCount: 10, correctCount: 0, recall: 0, precision: nil),
      ], confusion: [[20, 0], [10, 0]])
    let lines = results.lines
    #expect(lines[0] == "accuracy 66.67 % (95 % interval 40.00 to 80.00 %): 20 of 30 held-out images")
    #expect(lines.count == 4 && Set(lines.dropFirst().map(\.count)).count == 1)
    #expect(lines[2].hasPrefix(names[0]) && lines[3].hasSuffix("–"))
  }
}
