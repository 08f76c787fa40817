import Foundation
import Tensors

/// Several classifiers whose probabilities are averaged.
///
///     z_c = log( (1/M) Σ_m softmax(z_m)_c )
///     ∂L/∂z_mj = w_mj u_j − p_mj Σ_c w_mc u_c,   u = ∂L/∂z,   w_mc = p_mc / Σ_l p_lc
///
/// Probabilities are handled as logarithms, so that the share w of a member in a class that all find unlikely stays
/// accurate. Where members are confident in different classes, only the tiny remainders of their probabilities change
/// the mean, and the gradient practically vanishes. Goodfellow, Shlens, Szegedy (2015), section 9, attack such an
/// ensemble. <https://arxiv.org/abs/1412.6572>
public struct Ensemble: DifferentiableClassifier {
  private let members: [any DifferentiableClassifier]

  /// - Parameter members: At least one, all for the same images and classes.
  public init(_ members: [any DifferentiableClassifier]) {
    precondition(!members.isEmpty, "an ensemble has at least one member")
    precondition(
      members.allSatisfy {
        $0.inputShape == members[0].inputShape && $0.classCount == members[0].classCount
      }, "the members of an ensemble take the same images to the same classes")
    self.members = members
  }

  public var inputShape: ImageShape { members[0].inputShape }
  public var classCount: Int { members[0].classCount }

  public func logits(of images: Tensor) throws -> Tensor {
    combined(try members.map { try $0.logits(of: images) })
  }

  public func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    let parts = try members.map { try $0.logits(of: images) }
    let logits = combined(parts)
    var slopes = Tensor(shape: logits.shape)
    for row in 0..<logits.count {
      var gradient = [Float](repeating: 0, count: classCount)
      var span = gradient.mutableSpan
      logitGradient(row, logits[row: row].span, &span)
      slopes[row: row] = gradient[...]
    }
    var gradients = Tensor(shape: images.shape)
    for (member, part) in zip(members, parts) {
      let upstream = memberSlopes(part, logits, slopes)
      let classCount = classCount
      let (_, own) = try member.logitsAndImageGradients(of: images) { row, _, gradient in
        for index in 0..<classCount { gradient[index] = upstream.elements[row * classCount + index] }
      }
      for index in gradients.elements.indices { gradients.elements[index] += own.elements[index] }
    }
    return (logits, gradients)
  }

  private func combined(_ parts: [Tensor]) -> Tensor {
    var logits = Tensor(shape: parts[0].shape)
    for row in 0..<logits.count {
      let members = parts.map { Self.logProbabilities($0[row: row]) }
      for index in 0..<classCount {
        let largest = members.reduce(-Double.infinity) { max($0, $1[index]) }
        let sum = members.reduce(0.0) { $0 + exp($1[index] - largest) }
        logits.elements[row * classCount + index] = Float(largest + log(sum / Double(members.count)))
      }
    }
    return logits
  }

  /// ∂L/∂z_m of one member.
  private func memberSlopes(_ part: Tensor, _ logits: Tensor, _ slopes: Tensor) -> Tensor {
    var result = Tensor(shape: part.shape)
    for row in 0..<part.count {
      let own = Self.logProbabilities(part[row: row])
      let weighted = zip(zip(own, logits[row: row]), slopes[row: row]).map { pair, slope in
        exp(pair.0 - Double(pair.1)) / Double(members.count) * Double(slope)
      }
      let total = weighted.reduce(0, +)
      result[row: row] = ArraySlice(zip(weighted, own).map { Float($0 - exp($1) * total) })
    }
    return result
  }

  private static func logProbabilities(_ logits: ArraySlice<Float>) -> [Double] {
    let largest = Double(logits.max() ?? 0)
    let logSum = log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) }) + largest
    return logits.map { Double($0) - logSum }
  }
}
