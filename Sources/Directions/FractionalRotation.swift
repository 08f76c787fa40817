import Foundation
import Tensors

/// A random rotation, and its powers between the coordinate axes and a random basis.
///
///     Q = V R Vᵀ,   R = diag of 2 × 2 rotations by θ ∈ (−π, π],   Q^a = V R(aθ) Vᵀ,   v_i = column i of Q^a
///
/// Bau, Zhou, Khosla, Oliva, Torralba (2017), "Network Dissection", section 3.2 <https://arxiv.org/abs/1704.05796>: the
/// axes of a layer are rotated gradually to see what is lost on the way. Q^a Q^b = Q^(a + b), every Q^a is a rotation,
/// and a = 0 gives the neurons.
///
/// Q is uniform on SO(d): the basis of ``DirectionSet/haar(count:dimension:seed:index:)`` is uniform on O(d), and if
/// its determinant is −1 its last column changes sign. Reflections have no real powers. Eigenvalues −1 of Q, which are
/// even in number, are rotated in pairs by π; for d > 1 they occur with probability 0.
public struct FractionalRotation: Sendable {
  /// A plane spanned by two columns of V, and the angle by which Q rotates the first towards the second.
  private struct Plane {
    let first: Int
    let second: Int
    let angle: Double
  }

  public let dimension: Int
  /// Q, column-major.
  private let rotation: [Double]
  /// V, column-major. Q leaves alone the columns that are in no plane.
  private let vectors: [Double]
  private let planes: [Plane]

  /// - Parameters:
  ///   - dimension: Width of the layer.
  ///   - index: Number of the rotation; it does not depend on what else is drawn.
  public init(dimension: Int, seed: UInt64, index: Int) {
    precondition(dimension > 0, "there is no rotation of \(dimension) dimensions")
    var rotation = DirectionSet.haarMatrix(dimension: dimension, seed: seed, index: index)
    if LinearAlgebra.determinantSign(of: rotation, order: dimension) < 0 {
      for place in rotation.indices.suffix(dimension) { rotation[place] *= -1 }
    }
    self.init(of: rotation, dimension: dimension)
  }

  /// - Parameter rotation: Q, column-major, with determinant 1.
  init(of rotation: [Double], dimension: Int) {
    let (form, vectors) = LinearAlgebra.realSchur(of: rotation, order: dimension)
    var planes: [Plane] = []
    var reversed: [Int] = []
    var column = 0
    // Q is orthogonal, so entries above the blocks are rounding.
    while column < dimension {
      let diagonal = form[column + column * dimension]
      let below = column + 1 < dimension ? form[column + 1 + column * dimension] : 0
      if below != 0 {
        let above = form[column + (column + 1) * dimension]
        planes.append(
          Plane(first: column, second: column + 1, angle: atan2((below - above) / 2, diagonal)))
      } else if diagonal < 0 {
        reversed.append(column)
      }
      column += below != 0 ? 2 : 1
    }
    precondition(reversed.count.isMultiple(of: 2), "a matrix of determinant −1 is no rotation")
    for pair in stride(from: 0, to: reversed.count, by: 2) {
      planes.append(Plane(first: reversed[pair], second: reversed[pair + 1], angle: .pi))
    }
    self.dimension = dimension
    self.rotation = rotation
    self.vectors = vectors
    self.planes = planes
  }

  /// The first columns of Q^a.
  ///
  /// - Parameters:
  ///   - exponent: a, any finite number. At 0 the directions are exactly the coordinate axes, at 1 the columns of Q as
  ///     drawn; nearby powers are close to these, as Q^a is continuous in a.
  ///   - count: At most ``dimension``.
  /// - Returns: `q000` is column 0; orthonormal.
  public func directions(exponent: Double, count: Int) -> DirectionSet {
    precondition(exponent.isFinite, "a rotation has no power \(exponent)")
    precondition(
      0 <= count && count <= dimension, "a basis of \(dimension) dimensions has no \(count) directions")
    return DirectionSet(
      kind: .fractionalRotation, ids: (0..<count).map { "q" + padded($0, to: 3) },
      matrix: Tensor(
        shape: [count, dimension], elements: columns(exponent: exponent, count: count).map(Float.init)))
  }

  /// The first columns of Q^a, one after the other.
  func columns(exponent: Double, count: Int) -> [Double] {
    if exponent == 1 { return Array(rotation.prefix(count * dimension)) }
    if exponent == 0 {
      return (0..<count * dimension).map { $0.isMultiple(of: dimension + 1) ? 1 : 0 }
    }
    var turned = vectors  // V, then V R(aθ)
    for plane in planes {
      let (cosine, sine) = (cos(exponent * plane.angle), sin(exponent * plane.angle))
      for row in 0..<dimension {
        let first = vectors[row + plane.first * dimension]
        let second = vectors[row + plane.second * dimension]
        turned[row + plane.first * dimension] = first * cosine + second * sine
        turned[row + plane.second * dimension] = second * cosine - first * sine
      }
    }
    let transposed = LinearAlgebra.transposed(vectors, rows: dimension, columns: dimension)
    return LinearAlgebra.product(
      turned, Array(transposed.prefix(count * dimension)), rows: dimension, inner: dimension, columns: count)
  }
}
