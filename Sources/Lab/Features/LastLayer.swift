import Networks
import Tensors

/// The last linear layer of a network, to put features into classes without the rest of it.
///
///     logits = W φ + b
struct LastLayer: Sendable {
  /// W, `[classes, features]`.
  private let weights: Tensor
  private let bias: [Float]

  var unitCount: Int { weights.rowLength }

  /// `nil` where the result of node `position` is not what a linear layer at the end of the network reads.
  init?(of network: Network, reading position: Int) {
    let graph = network.graph
    let last = graph.nodes[graph.nodes.count - 1]
    guard case .linear = last.layer, position == graph.featureLayer else { return nil }
    let parameters = network.parameters[last.parameters]
    guard let weights = parameters.first else { return nil }
    self.weights = weights
    bias = parameters.dropFirst().first?.elements ?? [Float](repeating: 0, count: weights.count)
  }

  /// How many images the layer puts into their class; the first of several largest logits decides.
  ///
  /// - Parameters:
  ///   - features: φ in rows.
  ///   - labels: True class of each row.
  func correctCount(_ features: UnsafeBufferPointer<Float>, labels: ArraySlice<Int>) -> Int {
    precondition(features.count == labels.count * unitCount, "every row needs a label")
    let classCount = weights.count
    let rowsAtOnce = 512
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: rowsAtOnce * classCount) { logits in
      weights.elements.withUnsafeBufferPointer { weights in
        var correct = 0
        for start in stride(from: 0, to: labels.count, by: rowsAtOnce) {
          let rows = start..<min(start + rowsAtOnce, labels.count)
          let part = features[rows.lowerBound * unitCount..<rows.upperBound * unitCount]
          MutableMatrixView(logits, rows: rows.count, columns: classCount)
            .assignProduct(
              MatrixView(UnsafeBufferPointer(rebasing: part), rows: rows.count, columns: unitCount),
              MatrixView(weights, rows: classCount, columns: unitCount).transposed)
          for row in rows {
            let own = logits[(row - start) * classCount..<(row - start + 1) * classCount]
            var (best, predicted) = (-Float.infinity, 0)
            for (label, logit) in own.enumerated() where logit + bias[label] > best {
              (best, predicted) = (logit + bias[label], label)
            }
            if predicted == labels[labels.startIndex + row] { correct += 1 }
          }
        }
        return correct
      }
    }
  }
}
