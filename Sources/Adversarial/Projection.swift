import Tensors

extension ThreatModel {
  /// The projection onto the ball around `clean`, then onto the box.
  ///
  /// For L∞ the order does not matter. For L1 and L2 the box comes second and only shortens the perturbation, because
  /// `clean` is in the box; it is not stretched again. An image inside ball and box is returned bit for bit, where
  /// inside the ball means up to ``tolerance(pixelCount:)``.
  ///
  /// - Parameters:
  ///   - perturbed: Pixels of one image.
  ///   - clean: The same image before, inside the bounds.
  func projected(_ perturbed: ArraySlice<Float>, around clean: ArraySlice<Float>) -> [Float] {
    precondition(perturbed.count == clean.count, "\(perturbed.count) pixels cannot surround \(clean.count)")
    var image = Array(perturbed)
    let difference = zip(perturbed, clean).map { Double($0) - Double($1) }
    if length(difference) > Double(epsilon) + tolerance(pixelCount: clean.count) {
      let nearest = norm.nearestInBall(ofRadius: Double(epsilon), to: difference)
      image = zip(clean, nearest).map { Float(Double($0) + $1) }
    }
    return image.map { min(max($0, bounds.lowerBound), bounds.upperBound) }
  }

  /// `image` without the excess over the ball that rounding may cause: afterwards the perturbation, measured in Double,
  /// is at most ε, even to the last bit of a pixel.
  ///
  ///     x′ᵢ = the Float nearest to xᵢ + r̂ᵢ on the side of xᵢ;  r̂ the nearest r with ‖r‖ ≤ ε
  ///
  /// - Parameters:
  ///   - image: An image returned by ``projected(_:around:)``.
  ///   - clean: The same image before, inside the bounds.
  func roundedInward(_ image: ArraySlice<Float>, around clean: ArraySlice<Float>) -> ArraySlice<Float> {
    let difference = zip(image, clean).map { Double($0) - Double($1) }
    guard length(difference) > Double(epsilon) else { return image }
    // In L1 and L2 the sum itself has rounding errors, in the last bits of a Double.
    let radius = norm == .linf || norm == .l0 ? Double(epsilon) : Double(epsilon) * (1 - 0x1p-40)
    let nearest = norm.nearestInBall(ofRadius: radius, to: difference)
    return ArraySlice(
      zip(clean, nearest).map { before, step in
        let moved = Float(Double(before) + step)
        guard abs(Double(moved) - Double(before)) > abs(step) else { return moved }
        return step > 0 ? moved.nextDown : moved.nextUp
      })
  }

  func length(_ difference: [Double]) -> Double { norm.length(of: difference) }
}

extension Norm {
  /// The norm in Double, so that rounding of the difference cannot pass for a perturbation.
  func length(of difference: [Double]) -> Double {
    switch self {
    case .l0: difference.reduce(0) { $1 == 0 ? $0 : $0 + 1 }
    case .l1: difference.reduce(0) { $0 + abs($1) }
    case .l2: difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: difference.reduce(0) { max($0, abs($1)) }
    }
  }

  /// The Euclidean projection of a vector outside the ball. No value grows or changes sign.
  ///
  /// L0 keeps the ⌊ε⌋ values of largest magnitude, the first ones in a tie.
  func nearestInBall(ofRadius radius: Double, to difference: [Double]) -> [Double] {
    switch self {
    case .l0:
      let order = difference.indices.sorted { (-abs(difference[$0]), $0) < (-abs(difference[$1]), $1) }
      var nearest = difference
      for index in order.dropFirst(Int(radius)) { nearest[index] = 0 }
      return nearest
    case .linf: return difference.map { min(max($0, -radius), radius) }
    case .l2:
      let scale = radius / length(of: difference)
      return difference.map { $0 * scale }
    case .l1:
      // Soft threshold θ with Σ max(|rᵢ| − θ, 0) = ε; Duchi, Shalev-Shwartz, Singer, Chandra (2008), figure 1.
      var sum = 0.0
      var threshold = 0.0
      for (index, size) in difference.map(abs).sorted(by: >).enumerated() {
        sum += size
        let candidate = (sum - radius) / Double(index + 1)
        guard size >= candidate else { break }  // equal at ε = 0, where nothing may remain
        threshold = candidate
      }
      return difference.map { value in
        let size = max(abs(value) - threshold, 0)
        return value < 0 ? -size : size
      }
    }
  }
}
