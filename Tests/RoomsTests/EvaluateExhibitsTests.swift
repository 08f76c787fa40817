import Testing

@testable import EvaluateRoom
@testable import Lab

@Suite struct EvaluateExhibitsTests {
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
    let exhibits = EvaluateExhibits(
      results: results, modelName: "m",
      data: DataRecord(name: "d", checksum: "", trainingCount: 1, heldOutCount: 30))
    #expect(
      exhibits.findings[0]
        == "Accuracy 66.67 % (20 of 30 held-out images; 95 % interval 40.00 % to 80.00 %).")
    #expect(exhibits.findings[2] == "Lowest recall: \(names[1]), 0 % (0 of 10 images).")
    #expect(
      exhibits.findings[3]
        == "Most frequent confusion: \(names[1]) predicted as \(names[0]), 100 % (10 of 10 images).")
    let lines = exhibits.listing
    #expect(lines.count == 3 && Set(lines.map(\.count)).count == 1)
    #expect(lines[1].hasPrefix(names[0]) && lines[2].hasSuffix("–"))
  }

  @Test(
    "Of many classes those with the lowest recall are listed; of too many for a matrix the pairs are drawn")
  func manyClasses() throws {
    func exhibits(_ count: Int) -> EvaluateExhibits {
      EvaluateExhibits(
        results: EvaluateExperiment.Results(
          modelChecksum: "", imageCount: 10 * count, correctCount: 9 * count, accuracy: 0.9, loss: 1,
          classes: (0..<count).map {
            .init(
              name: "c\($0)", imageCount: 10, correctCount: 9, recall: $0 == 41 ? 0.5 : 0.9, precision: 0.9)
          },
          confusion: (0..<count).map { row in
            (0..<count).map { $0 == row ? 9 : $0 == (row + 1) % count ? 1 : 0 }
          }),
        modelName: "m", data: DataRecord(name: "d", checksum: "", trainingCount: 1, heldOutCount: 10 * count))
    }
    let (some, many) = (exhibits(42), exhibits(101))
    #expect(some.listing.count == 12 && some.listing[1].hasPrefix("c41 "))
    #expect(some.listing[11].contains("the 10 classes with the lowest recall of 42"))
    #expect(some.exhibits.list.pictures.map(\.file) == ["figures/confusion.png"])
    #expect(many.exhibits.list.pictures.map(\.file) == ["figures/confused-pairs.png"])
  }
}
