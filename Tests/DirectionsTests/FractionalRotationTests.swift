import Foundation
import Tensors
import Testing

@testable import Directions

@Suite struct FractionalRotationTests {
  /// A B of column-major square matrices.
  private func product(_ left: [Double], _ right: [Double], order: Int) -> [Double] {
    LinearAlgebra.product(left, right, rows: order, inner: order, columns: order)
  }

  private func largestDifference(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).map { abs($0 - $1) }.max()!
  }

  @Test("A power of a plane rotation turns by that part of its angle", arguments: [-0.5, 0.25, 0.5, 1, 1.5])
  func plane(exponent: Double) {
    let angle = 2.5
    let rotation = FractionalRotation(of: [cos(angle), sin(angle), -sin(angle), cos(angle)], dimension: 2)
    let part = exponent * angle
    let expected = [cos(part), sin(part), -sin(part), cos(part)]
    #expect(largestDifference(rotation.columns(exponent: exponent, count: 2), expected) < 1e-14)
  }

  @Test("At 0 the directions are exactly the axes, at 1 exactly the basis", arguments: [1, 2, 7, 64])
  func ends(dimension: Int) {
    let rotation = FractionalRotation(dimension: dimension, seed: 5, index: 2)
    let axes = DirectionSet.neurons(dimension: dimension).matrix
    #expect(rotation.directions(exponent: 0, count: dimension).matrix == axes)
    var basis = DirectionSet.haar(count: dimension, dimension: dimension, seed: 5, index: 2).matrix
    let one = rotation.directions(exponent: 1, count: dimension)
    if one.matrix != basis {  // the last column was turned, to make a reflection a rotation
      basis[row: dimension - 1] = ArraySlice(basis[row: dimension - 1].map { -$0 })
    }
    #expect(one.matrix == basis)
    #expect(one.kind == .fractionalRotation)
    #expect(one.ids.first == "q000")
  }

  @Test("Close to 0 and 1 the powers are close to what they are there")
  func continuity() {
    let rotation = FractionalRotation(dimension: 32, seed: 1, index: 0)
    for end in [0.0, 1] {
      let (exact, near) = (
        rotation.columns(exponent: end, count: 32), rotation.columns(exponent: end + 1e-9, count: 32)
      )
      #expect(largestDifference(exact, near) < 1e-8)
    }
  }

  @Test("Every power is a rotation, and powers multiply as their exponents add", arguments: [2, 3, 8, 65])
  func group(order: Int) {
    for index in 0..<4 {  // reflections among the bases too
      let rotation = FractionalRotation(dimension: order, seed: 9, index: index)
      func power(_ exponent: Double) -> [Double] { rotation.columns(exponent: exponent, count: order) }
      let part = power(0.3)
      let identity = LinearAlgebra.rowProducts(of: part, rows: order)
      #expect(largestDifference(identity, power(0)) < 1e-13)
      #expect(LinearAlgebra.determinantSign(of: part, order: order) == 1)
      #expect(LinearAlgebra.determinantSign(of: power(1), order: order) == 1)
      #expect(largestDifference(product(part, power(0.7), order: order), power(1)) < 1e-13)
      #expect(largestDifference(product(power(0.9), power(-0.4), order: order), power(0.5)) < 1e-13)
    }
  }

  @Test("Two reversed axes are a half turn: its half is a quarter turn")
  func halfTurn() {
    let rotation = FractionalRotation(of: [-1, 0, 0, 0, 1, 0, 0, 0, -1], dimension: 3)
    let half = rotation.columns(exponent: 0.5, count: 3)
    #expect(largestDifference(half, [0, 0, 1, 0, 1, 0, -1, 0, 0]) < 1e-15)
  }

  @Test("Fewer directions are the beginning of more, and another number is another rotation")
  func beginning() {
    let rotation = FractionalRotation(dimension: 12, seed: 3, index: 0)
    let all = rotation.directions(exponent: 0.6, count: 12).matrix
    let some = rotation.directions(exponent: 0.6, count: 5).matrix
    // The product's rounding may differ with its extents.
    #expect(zip(some.elements, all.elements).allSatisfy { abs($0 - $1) < 1e-6 })
    let other = FractionalRotation(dimension: 12, seed: 3, index: 1)
    #expect(other.directions(exponent: 0.6, count: 12).matrix != all)
  }
}
