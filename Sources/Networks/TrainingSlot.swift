import Datasets
import OneDNN
import Tensors

/// One micro-batch of a step: its plans, its gradient and what it saw.
///
/// `@unchecked Sendable`: between two barriers it is used by one worker only, the one its number belongs to.
final class TrainingSlot: @unchecked Sendable {
  let number: Int
  let gradient: Buffer
  private(set) var lossSum = 0.0
  private(set) var correctCount = 0
  private(set) var imageCount = 0
  /// The plan of the last pass; its batch statistics are read after it.
  private(set) var plan: Plan?

  private let store: ParameterStore
  private let frozen: Set<Int>
  private var plans: [Int: Plan] = [:]
  private let normalisation: Normalisation
  private let raw: Buffer  // one image before augmentation

  /// - Parameter frozen: Positions of the nodes that are not trained.
  init(number: Int, store: ParameterStore, frozen: Set<Int> = []) {
    self.frozen = frozen
    self.number = number
    self.store = store
    gradient = Buffer(count: store.trained.count)
    normalisation = Normalisation(store.graph)
    raw = Buffer(count: store.graph.architecture.input.pixelCount)
  }

  /// Builds the plan for `count` images. Not for two slots at a time: the store changes.
  func prepare(for count: Int) throws {
    guard plans[count] == nil else { return }
    plans[count] = try Plan(
      PlanBuilder(
        store.graph, purpose: .training, microBatch: count, store: store, parameterGradients: gradient,
        frozen: frozen))
  }

  /// Forward, loss, backward over the given images.
  ///
  /// - Parameter batchCount: Images in the whole step: the gradient is of the mean over these.
  func run(
    _ images: ArraySlice<Int>, of data: some TrainingExamples, batchCount: Int, augmentation: Augmentation,
    epoch: Int, pass: Plan.Run
  ) throws {
    guard let plan = plans[images.count], let outputGradient = plan.outputGradient else {
      preconditionFailure("no plan was prepared for \(images.count) images")
    }
    self.plan = plan
    let length = data.imageShape.pixelCount
    for (row, image) in images.enumerated() {
      let target = plan.input + row * length
      let ahead = images.startIndex + row + 2
      if ahead < images.endIndex { data.prefetchPixels(ofImage: images[ahead]) }
      if augmentation.isIdentity {
        data.writePixels(ofImage: image, to: target)
      } else {
        data.writePixels(ofImage: image, to: raw.floats)
        var generator = SeededGenerator(
          seed: pass.seed, stream: RandomStream.augmentation(epoch: epoch, image: image))
        augmentation.apply(from: raw.floats, to: target, shape: data.imageShape, using: &generator)
      }
      normalisation.apply(to: target)
    }
    var run = pass
    run.slot = number
    try plan.forward(run)
    lossSum = 0
    correctCount = 0
    imageCount = images.count
    let classes = plan.outputLength
    for (row, image) in images.enumerated() {
      let input = UnsafeBufferPointer(start: plan.input + row * length, count: length)
      let output = UnsafeBufferPointer(start: plan.output + row * classes, count: classes)
      var gradient = MutableSpan(
        _unsafeElements: UnsafeMutableBufferPointer(start: outputGradient + row * classes, count: classes))
      let (loss, isCorrect) = data.writeLossGradient(
        ofImage: image, input: input, output: output, scale: 1 / Double(batchCount), to: &gradient)
      lossSum += loss
      if isCorrect { correctCount += 1 }
    }
    try plan.backward(run)
  }
}
