import Tensors

/// The best image that an iterative attack has met so far for each image of a batch: the one with the largest
/// margin towards the goal, the earliest of several.
///
/// Iterates are offered before they are moved and once more after the last move, so none is forgotten. What was
/// kept only ever gets better: more steps or restarts never turn a success into a failure.
struct BestImages {
  private(set) var images: Tensor
  private var margins: [Double]
  private var reached: [Bool]
  /// Rows that met a gradient of zero on the way to the goal.
  private var stuck: Set<Int> = []

  /// The clean images, of unknown margin: any iterate is better.
  init(_ batch: AttackBatch) {
    images = batch.images
    margins = [Double](repeating: -.infinity, count: batch.count)
    reached = [Bool](repeating: false, count: batch.count)
  }

  var unreachedRows: [Int] { reached.indices.filter { !reached[$0] } }
  func isReached(_ row: Int) -> Bool { reached[row] }
  /// Of the image kept; −∞ before any was offered.
  func margin(ofRow row: Int) -> Double { margins[row] }

  mutating func offer(_ image: ArraySlice<Float>, margin: Double, isReached: Bool, forRow row: Int) {
    // A margin of 0 may be reached or not; otherwise its sign says.
    guard margin > margins[row] || margin == margins[row] && isReached && !reached[row] else { return }
    images[row: row] = image
    margins[row] = margin
    reached[row] = isReached
  }

  /// After an image was offered: one that has reached the goal needs no gradient, and some losses give it none.
  mutating func noteZeroGradient(ofRow row: Int) {
    if !reached[row] { stuck.insert(row) }
  }

  var proposal: PerturbedImages {
    PerturbedImages(images: images, zeroGradientRows: stuck.sorted())
  }
}
