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

  @Test("Near copies are found up to the tolerance, against a loop over all pairs")
  func nearCopies() throws {
    let length = 30
    var images = try FeatureMatrix.normal(images: 700, dimension: length, seed: 3).values
    var generator = SeededGenerator(seed: 4, purpose: "near copies")
    // 5 ◄ 300 ◄ 600: each 0.08 from the one before, so the last is too far from the first.
    func shift(_ original: Int, by size: Double) -> [Float] {
      let noise = generator.normals(length)
      let scale = size / (noise.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(length)).squareRoot()
      return zip(images[row: original], noise).map { $0 + Float(scale) * $1 }
    }
    for (copy, original, size) in [(300, 5, 0.08), (600, 300, 0.08), (40, 39, 0.099), (50, 49, 0.101)] {
      let values = shift(original, by: size)
      for index in 0..<length { images.elements[copy * length + index] = values[index] }
    }
    for index in 0..<length { images.elements[699 * length + index] = images.elements[index] }
    func distance(_ first: Int, _ second: Int) -> Double {
      let squares = zip(images[row: first], images[row: second]).map {
        (Double($0) - Double($1)) * (Double($0) - Double($1))
      }
      return (squares.reduce(0, +) / Double(length)).squareRoot()
    }
    #expect(distance(5, 600) > 0.1)
    for workerCount in [1, 2] {
      let found = DuplicateImages(in: images, tolerance: 0.1, workerCount: workerCount)
      #expect(found.groups == [[0, 699], [5, 300], [39, 40]])
    }
    #expect(DuplicateImages(in: images, tolerance: 0).groups == DuplicateImages(in: images).groups)
    #expect(DuplicateImages(in: images, tolerance: 0).groups == [[0, 699]])
    #expect(DuplicateImages(in: Tensor(shape: [0, 4]), tolerance: 1).groups.isEmpty)
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
