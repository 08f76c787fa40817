import CKernels
import Datasets
import OneDNN
import Tensors

/// Some of the micro-batches of each lot: the sum of their images' clipped gradients, divided by the expected lot size.
///
/// Lots vary in size, so slot i of n takes the micro-batches i, i + n, i + 2n, … of a lot, as many as there are. If all
/// trained layers are linear and read vectors, a micro-batch goes through one plan (``ExampleClipping``); otherwise
/// each image goes through a plan for one image, and its gradient is measured and scaled as a whole.
///
/// `@unchecked Sendable`: between two barriers it is used only by the worker that owns its number.
final class PrivateSlot: StepSlot, @unchecked Sendable {
  let number: Int
  let gradient: Buffer
  private(set) var lossSum = 0.0
  private(set) var correctCount = 0
  private(set) var imageCount = 0
  /// Batch normalization is not trained privately.
  var batchStatistics: [Plan.BatchStatistics] { [] }

  private let plan: Plan
  /// For all images of the plan together; nil if it has one image.
  private let clipping: ExampleClipping?
  /// Gradient left by a pass of the plan.
  private let partial: Buffer
  private let writer: ExampleWriter
  private let privacy: PrivateTraining
  private let share: Double
  /// Locations of trained parameters.
  private let ranges: [Range<Int>]
  /// Called with the norm of each image's gradient before clipping.
  var onLength: ((_ image: Int, _ length: Double) -> Void)?

  /// - Parameters:
  ///   - lotSize: The expected number of images in a lot.
  ///   - frozen: Positions of the nodes that are not trained.
  init(
    number: Int, store: ParameterStore, frozen: Set<Int>, privacy: PrivateTraining, lotSize: Int,
    microBatch: Int
  ) throws {
    self.number = number
    self.privacy = privacy
    share = 1 / Double(lotSize)
    gradient = try Buffer(count: store.trained.count, on: store.device)
    partial = try Buffer(count: store.trained.count, on: store.device)
    writer = try ExampleWriter(store.graph, on: store.device)
    ranges = store.trainedRanges(frozen: frozen)
    let isJoint = ExampleClipping.suits(store.graph, frozen: frozen)
    clipping =
      isJoint ? ExampleClipping(bound: privacy.clip, share: share, imageCount: microBatch) : nil
    plan = try Plan(
      PlanBuilder(
        store.graph, purpose: .training, microBatch: isJoint ? microBatch : 1, store: store,
        parameterGradients: partial, frozen: frozen, clipping: clipping))
  }

  func run(_ batch: ArraySlice<Int>, of examples: some TrainingExamples, _ step: TrainingStep) throws {
    (lossSum, correctCount, imageCount) = (0, 0, 0)
    gradient.floats.update(repeating: 0, count: gradient.count)
    // Dropout draws anew for every micro-batch, or for every single image.
    var run = Plan.Run(seed: RandomStream.passSeed(seed: step.seed, step: step.number))
    var turn = 0
    while let images = step.microBatch(turn, of: batch, slot: number) {
      turn += 1
      if clipping != nil {
        run.step = images.startIndex - batch.startIndex
        try pass(images, of: examples, step, run)
        for range in ranges { add(1, range) }
      } else {
        for place in images.indices {
          run.step = place - batch.startIndex
          try pass(images[place...place], of: examples, step, run)
          let square = ranges.reduce(0) { $0 + privacy_square(partial.floats + $1.lowerBound, $1.count) }
          onLength?(images[place], square.squareRoot())
          let factor = ExampleClipping.factor(square: square, bound: privacy.clip, share: share)
          for range in ranges { add(factor, range) }
        }
      }
    }
  }

  private func add(_ factor: Float, _ range: Range<Int>) {
    privacy_add_scaled(
      gradient.floats + range.lowerBound, partial.floats + range.lowerBound, range.count, factor)
  }

  /// Forward, loss, backward. Rows of the plan without an image have zero loss, and thus no gradient.
  private func pass(
    _ images: ArraySlice<Int>, of examples: some TrainingExamples, _ step: TrainingStep, _ run: Plan.Run
  ) throws {
    guard let outputGradient = plan.outputGradient else { preconditionFailure("a training plan has a loss") }
    let length = examples.imageShape.pixelCount
    for (row, image) in images.enumerated() {
      let target = plan.input + row * length
      let ahead = images.startIndex + row + 2
      if ahead < images.endIndex { examples.prefetchPixels(ofImage: images[ahead]) }
      writer.write(
        image, of: examples, to: target, step.augmentation, seed: step.seed, epoch: step.epoch)
      writer.normalisation.apply(to: target)
    }
    let missing = plan.microBatch - images.count
    (plan.input + images.count * length).update(repeating: 0, count: missing * length)
    try plan.forward(run)
    let classes = plan.outputLength
    for (row, image) in images.enumerated() {
      let input = UnsafeBufferPointer(start: plan.input + row * length, count: length)
      let output = UnsafeBufferPointer(start: plan.output + row * classes, count: classes)
      var gradient = MutableSpan(
        _unsafeElements: UnsafeMutableBufferPointer(start: outputGradient + row * classes, count: classes))
      let (loss, isCorrect) = examples.writeLossGradient(
        ofImage: image, input: input, output: output, scale: 1, to: &gradient)
      lossSum += loss
      if isCorrect { correctCount += 1 }
    }
    imageCount += images.count
    (outputGradient + images.count * classes).update(repeating: 0, count: missing * classes)
    try plan.backward(run)
    if let clipping, let onLength {
      for (row, image) in images.enumerated() { onLength(image, clipping.lengths[row]) }
    }
  }
}
