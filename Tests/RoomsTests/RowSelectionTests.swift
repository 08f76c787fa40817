import Foundation
import Testing

@testable import GalleryRoom
@testable import Lab

@Suite struct RowSelectionTests {
  @Test(
    "What is written can be read, and says the same",
    arguments: [
      ("random", RowSelection.random), ("best", .best), ("worst", .worst),
      ("n42", .named(units: [42], directions: [])),
      ("n042,r007,n3", .named(units: [42, 3], directions: [7])),
      ("r1 r0", .named(units: [], directions: [1, 0])),
      ("p003,n1", .named(units: [1], directions: [3], letter: "p")),
    ])
  func reading(text: String, selection: RowSelection) throws {
    #expect(RowSelection(text) == selection)
    #expect(RowSelection(selection.text) == selection)
    let data = try JSONEncoder().encode([selection])
    #expect(try JSONDecoder().decode([RowSelection].self, from: data) == [selection])
  }

  @Test(
    "Anything else names no rows",
    arguments: [
      "", ",", "all", "Best", "42", "n", "nx", "n-1", "n1,n01", "r2,r2", "n1,x2", "r1,p2", "n1234567890",
      "n１", "i000",
    ])
  func refused(text: String) {
    #expect(RowSelection(text) == nil)
    let data = Data(#"["\#(text)"]"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([RowSelection].self, from: data) }
  }

  @Test("Only a sample is not marked, and only the kind that was named is selected")
  func marks() {
    #expect(RowSelection.random.remark == nil)
    #expect(!RowSelection.random.selectsUnits && !RowSelection.random.selectsDirections)
    for selection in [RowSelection.best, .worst] {
      #expect(selection.remark != nil && selection.selectsUnits && selection.selectsDirections)
    }
    let named = RowSelection.named(units: [1], directions: [])
    #expect(named.remark == "selected by name" && named.selectsUnits && !named.selectsDirections)
  }
}
