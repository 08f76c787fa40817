import CKernels
import Tensors
import Testing

@Suite struct ExactProductTests {
  @Test(
    "Scores are sums in Double in the order of the features, bit by bit", arguments: [0, 1, 2],
    [(1, 1), (7, 13), (64, 128), (5, 0)])
  func bits(_ instructionSet: Int, extents: (images: Int, dimension: Int)) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let (images, dimension) = extents
    let length = Int(exact_product_panel_length)
    var generator = SeededGenerator(seed: 5)
    // Of all sizes, so that another order of the sum would round otherwise.
    func draws(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        Float(generator.uniform() * 2 - 1)
          * Float(sign: .plus, exponent: Int(generator.next() % 30), significand: 1)
      }
    }
    let (features, panel) = (draws(images * dimension), draws(length * dimension))
    var scores = [Float](repeating: .nan, count: images * length)
    exact_product(features, images, dimension, panel.map(Double.init), &scores)
    for image in 0..<images {
      for place in 0..<length {
        var sum = 0.0
        for index in 0..<dimension {
          sum += Double(features[image * dimension + index]) * Double(panel[index * length + place])
        }
        #expect(scores[image * length + place] == Float(sum))
      }
    }
  }
}
