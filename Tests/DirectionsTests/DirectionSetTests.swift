import Tensors
import Testing

@testable import Directions

@Suite struct DirectionSetTests {
  @Test("A random direction is the same whatever the count, and differs for every index and seed")
  func streams() {
    let few = DirectionSet.randomSphere(count: 3, dimension: 20, seed: 1)
    let many = DirectionSet.randomSphere(count: 50, dimension: 20, seed: 1)
    #expect(few.matrix.elements == Array(many.matrix.elements.prefix(60)))
    #expect(Set((0..<50).map { Array(many.matrix[row: $0]) }).count == 50)
    let other = DirectionSet.randomSphere(count: 3, dimension: 20, seed: 2)
    #expect(other.matrix != few.matrix)
  }

  @Test("Random directions have unit length", arguments: [1, 2, 3, 128, 1000])
  func unitLength(dimension: Int) {
    let matrix = DirectionSet.randomSphere(count: 20, dimension: dimension, seed: 4).matrix
    for row in 0..<20 { #expect(abs(Norm.l2(matrix[row: row]) - 1) < 1e-6) }
  }

  @Test("Random directions are centred, and their components have the variance 1/d")
  func isotropic() {
    let count = 4000
    let dimension = 8
    let matrix = DirectionSet.randomSphere(count: count, dimension: dimension, seed: 9).matrix
    for column in 0..<dimension {
      let components = (0..<count).map { Double(matrix.elements[$0 * dimension + column]) }
      let mean = components.reduce(0, +) / Double(count)
      let square = components.reduce(0) { $0 + $1 * $1 } / Double(count)
      // Standard errors: √(1/(8·4000)) = 0.0056 and about 0.0026; five of each.
      #expect(abs(mean) < 0.028)
      #expect(abs(square - 1.0 / 8) < 0.013)
    }
  }

  @Test("Names are padded to the width of the layer, random ones to three digits")
  func names() {
    #expect(DirectionSet.neurons([42, 7], dimension: 128).ids == ["n042", "n007"])
    #expect(DirectionSet.neurons([9], dimension: 10).ids == ["n9"])
    #expect(DirectionSet.neurons([1000], dimension: 1001).ids == ["n1000"])
    #expect(DirectionSet.randomSphere(count: 8, dimension: 2, seed: 1).ids.last == "r007")
  }

  @Test("The rows of neurons are coordinate axes")
  func axes() {
    let set = DirectionSet.neurons([2, 0], dimension: 3)
    #expect(set.matrix == Tensor(shape: [2, 3], elements: [0, 0, 1, 1, 0, 0]))
    #expect(set.neuronIndices == [2, 0])
    #expect(DirectionSet.randomSphere(count: 1, dimension: 3, seed: 1).neuronIndices == nil)
  }

  @Test("A larger sample of neurons contains the smaller one and stays among the candidates")
  func sampledNeurons() {
    let candidates = (0..<128).filter { $0 % 3 != 0 }
    let small = DirectionSet.sampledNeurons(count: 8, among: candidates, seed: 6)
    let large = DirectionSet.sampledNeurons(count: 20, among: candidates, seed: 6)
    #expect(small.count == 8 && small == small.sorted())
    #expect(Set(small).isSubset(of: large) && Set(large).isSubset(of: candidates))
    #expect(DirectionSet.sampledNeurons(count: 8, among: candidates, seed: 7) != small)
    #expect(DirectionSet.sampledNeurons(count: candidates.count, among: candidates, seed: 1) == candidates)
  }
}
