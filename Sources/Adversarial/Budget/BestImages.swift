import Tensors

/// The best image found so far by an iterative attack for each image of a batch: the one with the largest margin
/// towards the goal, the earliest in a tie.
///
/// Iterates are offered before they are moved and once more after the last step, so none is missed. The best can only
/// improve: more steps or restarts never turn a success into a failure.
struct BestImages {
  private(set) var images: Tensor
  private var margins: [Double]
  private var reached: [Bool]
  /// Rows with a zero gradient before the goal was reached.
  private var stuck: Set<Int> = []

  /// Starts with the clean images at unknown margin: any iterate is better.
  init(_ batch: AttackBatch) {
    images = batch.images
    margins = [Double](repeating: -.infinity, count: batch.count)
    reached = [Bool](repeating: false, count: batch.count)
  }

  var unreachedRows: [Int] { reached.indices.filter { !reached[$0] } }
  func isReached(_ row: Int) -> Bool { reached[row] }
  /// Margin of the best image; −∞ before any was offered.
  func margin(ofRow row: Int) -> Double { margins[row] }

  mutating func offer(_ image: ArraySlice<Float>, margin: Double, isReached: Bool, forRow row: Int) {
    // A margin of 0 may or may not reach the goal; otherwise its sign decides.
    guard margin > margins[row] || margin == margins[row] && isReached && !reached[row] else { return }
    images[row: row] = image
    margins[row] = margin
    reached[row] = isReached
  }

  /// Call after offering an image: one that has reached the goal needs no gradient, and some losses give it none.
  mutating func noteZeroGradient(ofRow row: Int) {
    if !reached[row] { stuck.insert(row) }
  }

  var proposal: PerturbedImages {
    PerturbedImages(images: images, zeroGradientRows: stuck.sorted())
  }
}
