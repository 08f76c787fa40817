import Tensors
import Testing

@testable import Datasets

@Suite struct ClassSelectionTests {
  private static let images = LabelledImages(
    shape: ImageShape(channels: 1, height: 1, width: 2), pixels: .bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    labels: [2, 0, 1, 2, 1], classNames: ["a", "b", "c"])

  @Test("Images of the chosen classes stay in order, with labels in the order of the names")
  func selection() throws {
    let whole = Dataset(name: "few", training: Self.images, heldOut: Self.images)
    let chosen = try whole.selecting(classesNamed: ["c", "a"])
    #expect(chosen.training.labels == [0, 1, 0])
    #expect(chosen.training.classNames == ["c", "a"])
    #expect(chosen.training.tensor(of: 0..<3).elements == [0, 1, 2, 3, 6, 7].map { Float($0) / 255 })
    #expect(chosen.heldOut.count == 3 && chosen.name == "few" && chosen.checksum != whole.checksum)
  }

  @Test("Unknown, single and repeated classes are refused in words")
  func refused() {
    let whole = Dataset(name: "few", training: Self.images, heldOut: Self.images)
    #expect(throws: ClassSelectionError.unknown("d", known: ["a", "b", "c"])) {
      try whole.selecting(classesNamed: ["a", "d"])
    }
    for names in [["a"], ["a", "a"], []] {
      #expect(throws: ClassSelectionError.tooFew(names)) { try whole.selecting(classesNamed: names) }
    }
  }
}
