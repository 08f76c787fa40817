import Networks
import Tensors

/// z = W x + b over flattened pixels: the classifier whose every adversarial property has a closed form.
///
/// Sums run in Double in a fixed order, so the logits of an image do not depend on the batch by a single bit.
public struct LinearClassifier: DifferentiableClassifier {
  public let inputShape: ImageShape
  /// W, `[classCount, pixelCount]`.
  public let weights: Tensor
  /// b, one per class.
  public let biases: [Float]

  public init(inputShape: ImageShape, weights: Tensor, biases: [Float]) {
    precondition(
      weights.shape == [biases.count, inputShape.pixelCount],
      "expected weights [\(biases.count), \(inputShape.pixelCount)], got \(weights.shape)")
    self.inputShape = inputShape
    self.weights = weights
    self.biases = biases
  }

  /// Standard normal weights, and biases that make each class the winner somewhere near grey images.
  public init(inputShape: ImageShape, classCount: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed, purpose: "linear classifier")
    let weights = generator.normals(classCount * inputShape.pixelCount)
    let length = inputShape.pixelCount
    let biases = (0..<classCount).map { row in
      Float(-0.5 * weights[row * length..<(row + 1) * length].reduce(0.0) { $0 + Double($1) })
    }
    self.init(
      inputShape: inputShape, weights: Tensor(shape: [classCount, length], elements: weights), biases: biases)
  }

  public var classCount: Int { biases.count }

  public func logits(of images: Tensor) throws -> Tensor {
    try checkedLogits(of: images)
  }

  public func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    let logits = try checkedLogits(of: images)
    var gradients = Tensor(shape: images.shape)
    for row in 0..<images.count {
      let rowLogits = Array(logits[row: row])
      var upstream = [Float](repeating: 0, count: classCount)
      var span = upstream.mutableSpan
      logitGradient(row, rowLogits.span, &span)
      for pixel in 0..<inputShape.pixelCount {
        var sum = 0.0
        for label in 0..<classCount {
          sum += Double(upstream[label]) * Double(weights.elements[label * inputShape.pixelCount + pixel])
        }
        gradients.elements[row * inputShape.pixelCount + pixel] = Float(sum)
      }
    }
    return (logits, gradients)
  }

  private func checkedLogits(of images: Tensor) throws -> Tensor {
    precondition(
      images.rowLength == inputShape.pixelCount || images.count == 0,
      "expected images of \(inputShape), got \(images.shape)")
    var logits = Tensor(shape: [images.count, classCount])
    for row in 0..<images.count {
      for label in 0..<classCount {
        let sum = zip(images[row: row], weights[row: label])
          .reduce(Double(biases[label])) { $0 + Double($1.0) * Double($1.1) }
        logits.elements[row * classCount + label] = Float(sum)
      }
    }
    if let index = logits.firstNonFiniteIndex { throw NonFiniteLogit(row: index / classCount) }
    return logits
  }

  public struct NonFiniteLogit: Error, Equatable {
    public let row: Int
  }
}
