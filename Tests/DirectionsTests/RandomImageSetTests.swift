import Testing

@testable import Directions

@Suite struct RandomImageSetTests {
  @Test("A set does not depend on how many sets are drawn and never repeats an image")
  func streams() {
    let few = RandomImageSet.draw(count: 2, size: 9, imageCount: 40, seed: 3)
    let many = RandomImageSet.draw(count: 30, size: 9, imageCount: 40, seed: 3)
    #expect(few == Array(many.prefix(2)))
    #expect(few[1].id == "i001")
    #expect(
      many.allSatisfy { Set($0.imageIndices).count == 9 && $0.imageIndices.allSatisfy((0..<40).contains) })
    #expect(Set(many.map(\.imageIndices)).count == 30)
  }

  @Test("More images than there are give all of them")
  func tooMany() {
    #expect(
      RandomImageSet.draw(count: 1, size: 9, imageCount: 4, seed: 1)[0].imageIndices.sorted() == [0, 1, 2, 3])
  }
}
