/// Keeps the columns of a linear layer's weights at length 1 during training.
///
///     W_{·i} ← W_{·i} / ‖W_{·i}‖₂   after each step
///
/// A zero column stays zero.
struct UnitColumns {
  let product: LinearProduct
  /// Stored in panels of sixteen outputs; see `LinearProduct.layout`.
  let weights: UnsafeMutablePointer<Float>

  /// - Parameter columns: The inputs whose columns are scaled. Different columns may be scaled at the same time.
  func normalise(_ columns: Range<Int>) {
    let stride = (product.inputs + 15) / 16 * 16 * 16
    let panelCount = (product.outputs + 15) / 16
    for column in columns {
      var squares = 0.0
      for panel in 0..<panelCount {
        let values = weights + panel * stride + column * 16
        for lane in 0..<16 { squares += Double(values[lane]) * Double(values[lane]) }
      }
      guard squares > 0 else { continue }
      let scale = Float(1 / squares.squareRoot())
      for panel in 0..<panelCount {
        let values = weights + panel * stride + column * 16
        for lane in 0..<16 { values[lane] *= scale }
      }
    }
  }

  /// A worker's part of the columns.
  func share(_ worker: Int, of workerCount: Int) -> Range<Int> {
    product.inputs * worker / workerCount..<product.inputs * (worker + 1) / workerCount
  }
}
