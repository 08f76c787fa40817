import Tensors
import Testing

@testable import Directions

@Suite struct DuplicateImagesTests {
  @Test("Copies are found wherever they stand, and nothing else is")
  func copies() throws {
    var images = try FeatureMatrix.normal(images: 3000, dimension: 12, seed: 1).values.reshaped([
      3000, 1, 3, 4,
    ])
    for (copy, original) in [(2999, 5), (1024, 5), (7, 6), (2000, 1500)] {
      images[row: copy] = images[row: original]
    }
    images.elements[8 * 12 + 11] = images.elements[9 * 12 + 11]
    for index in 0..<11 { images.elements[8 * 12 + index] = images.elements[9 * 12 + index] }
    images.elements[8 * 12 + 3] = images.elements[8 * 12 + 3].nextUp  // almost
    for workerCount in [1, 3] {
      let found = DuplicateImages(in: images, workerCount: workerCount)
      #expect(found.groups == [[5, 1024, 2999], [6, 7], [1500, 2000]])
      #expect(found.redundant == [7, 1024, 2000, 2999])
    }
  }

  @Test("Without the redundant images no duplicates are left; no images have none")
  func removal() throws {
    let images = try FeatureMatrix.tied(images: 500, dimension: 4, seed: 2).values  // 81 different ones
    let found = DuplicateImages(in: images)
    let redundant = Set(found.redundant)
    let kept = (0..<500).filter { !redundant.contains($0) }
    #expect(kept.count == Set((0..<500).map { Array(images[row: $0]) }).count)
    #expect(DuplicateImages(in: images.rows(kept)).groups.isEmpty)
    #expect(DuplicateImages(in: Tensor(shape: [0, 4])).groups.isEmpty)
  }
}
