import Networks
import Tensors

/// How far a step is from what the derivative foretells.
///
///     e(ε) = ‖f(x + r) − f(x) − J r‖₂ / ‖f(x + r) − f(x)‖₂,   r = ε d,   J = ∂f/∂x at x
///
/// f are all logits. 0 is a linear network; 1 means the derivative says as little as nothing.
enum LocalLinearity {
  /// - Parameter directions: Each of the shape of `images`; they share the Jacobian.
  /// - Returns: `[direction][epsilon][image]`; `nil` where the logits do not change.
  static func errors(
    images: Tensor, directions: [Tensor], epsilons: [Double], classifier: some DifferentiableClassifier
  ) throws -> [[[Double?]]] {
    let classCount = classifier.classCount
    // J d of every image and direction, class by class.
    var products = directions.map { _ in [[Double]](repeating: [], count: images.count) }
    var clean = Tensor(shape: [0, classCount], elements: [])
    for label in 0..<classCount {
      let (logits, gradients) = try classifier.logitsAndImageGradients(of: images) { _, _, gradient in
        gradient[label] = 1
      }
      clean = logits
      for (number, direction) in directions.enumerated() {
        for row in 0..<images.count {
          products[number][row].append(
            zip(gradients[row: row], direction[row: row]).reduce(0) { $0 + Double($1.0) * Double($1.1) })
        }
      }
    }
    return try directions.enumerated().map { number, direction in
      try epsilons.map { epsilon in
        let moved = try classifier.logits(of: images.moved(along: direction, by: epsilon))
        return (0..<images.count).map { row in
          var (change, error) = (0.0, 0.0)
          for (index, pair) in zip(moved[row: row], clean[row: row]).enumerated() {
            let difference = Double(pair.0) - Double(pair.1)
            let missed = difference - epsilon * products[number][row][index]
            change += difference * difference
            error += missed * missed
          }
          return change > 0 ? (error / change).squareRoot() : nil
        }
      }
    }
  }
}
