import Datasets
import OneDNN
import Tensors

/// One micro-batch of a step: its plans, gradient and statistics.
///
/// `@unchecked Sendable`: between two barriers it is used only by the worker that owns its number.
final class TrainingSlot: StepSlot, @unchecked Sendable {
  let number: Int
  let gradient: Buffer
  private(set) var lossSum = 0.0
  private(set) var correctCount = 0
  private(set) var imageCount = 0
  /// The plan of the last pass; its batch statistics are read after it.
  private(set) var plan: Plan?

  private let store: ParameterStore
  private let frozen: Set<Int>
  private let adversarial: AdversarialTraining?
  private let sparsity: (position: Int, Sparsity)?
  private var plans: [Int: Plans] = [:]
  private let writer: ExampleWriter
  private var normalisation: Normalisation { writer.normalisation }

  /// Plans and buffers for one number of images.
  private struct Plans {
    let training: Plan
    /// For image gradients, if perturbations follow them.
    let imageGradient: Plan?
    /// The augmented images, and their perturbed copies; both before normalisation.
    let perturbation: (clean: Buffer, perturbed: Buffer)?
  }

  /// - Parameter frozen: Positions of the nodes that are not trained.
  init(
    number: Int, store: ParameterStore, frozen: Set<Int> = [], adversarial: AdversarialTraining? = nil,
    sparsity: (position: Int, Sparsity)? = nil
  ) throws {
    self.sparsity = sparsity
    self.number = number
    self.store = store
    self.frozen = frozen
    self.adversarial = adversarial
    gradient = try Buffer(count: store.trained.count, on: store.device)
    writer = try ExampleWriter(store.graph, on: store.device)
  }

  /// Builds the plans for `count` images. Not for concurrent use by two slots: the store changes.
  func prepare(for count: Int) throws {
    guard plans[count] == nil else { return }
    let rows = adversarial?.includesClean == true ? 2 * count : count
    let training = try Plan(
      PlanBuilder(
        store.graph, purpose: .training, microBatch: rows, store: store, parameterGradients: gradient,
        frozen: frozen, sparsity: sparsity))
    let pixelCount = count * store.graph.architecture.input.pixelCount
    let followsGradient = (adversarial?.perturbation.stepCount ?? 0) > 0
    plans[count] = Plans(
      training: training,
      imageGradient: followsGradient
        ? try Plan(PlanBuilder(store.graph, purpose: .imageGradient, microBatch: count, store: store)) : nil,
      perturbation: try adversarial.map { _ in
        (try Buffer(count: pixelCount, on: store.device), try Buffer(count: pixelCount, on: store.device))
      })
  }

  var batchStatistics: [Plan.BatchStatistics] { plan?.batchStatistics ?? [] }

  func run(_ batch: ArraySlice<Int>, of examples: some TrainingExamples, _ step: TrainingStep) throws {
    guard let images = step.microBatch(0, of: batch, slot: number) else {
      preconditionFailure("slot \(number) has no part in a batch of \(batch.count)")
    }
    try run(
      images, of: examples, batchCount: batch.count, augmentation: step.augmentation, epoch: step.epoch,
      pass: Plan.Run(seed: step.seed, step: step.number))
  }

  /// Forward, loss, backward over the given images.
  ///
  /// - Parameter batchCount: Images in the whole step: the gradient is that of the mean over these.
  func run(
    _ images: ArraySlice<Int>, of data: some TrainingExamples, batchCount: Int, augmentation: Augmentation,
    epoch: Int, pass: Plan.Run
  ) throws {
    guard let prepared = plans[images.count], let outputGradient = prepared.training.outputGradient else {
      preconditionFailure("no plan was prepared for \(images.count) images")
    }
    let plan = prepared.training
    self.plan = plan
    var run = pass
    run.slot = number
    run.exampleShare = 1 / Float(batchCount)
    let length = data.imageShape.pixelCount
    let clean = prepared.perturbation?.clean.floats ?? plan.input
    for (row, image) in images.enumerated() {
      let target = clean + row * length
      let ahead = images.startIndex + row + 2
      if ahead < images.endIndex { data.prefetchPixels(ofImage: images[ahead]) }
      writer.write(image, of: data, to: target, augmentation, seed: pass.seed, epoch: epoch)
      if adversarial == nil { normalisation.apply(to: target) }
    }
    // The plan's rows are one part, or two with the weight of the first in the loss. No arrays: nothing here may
    // allocate.
    var partCount = 1
    var firstShare = 1.0
    if let adversarial, let (_, perturbed) = prepared.perturbation {
      try perturb(images, of: data, adversarial, prepared, epoch, run)
      if adversarial.includesClean { (partCount, firstShare) = (2, Double(adversarial.cleanShare)) }
      for part in 0..<partCount {
        let target = plan.input + part * images.count * length
        target.update(
          from: part == partCount - 1 ? perturbed.floats : clean, count: images.count * length)
        for row in 0..<images.count { normalisation.apply(to: target + row * length) }
      }
    }
    try plan.forward(run)
    lossSum = 0
    correctCount = 0
    imageCount = images.count
    let classes = plan.outputLength
    for part in 0..<partCount {
      let share = part == 0 ? firstShare : 1 - firstShare
      for (offset, image) in images.enumerated() {
        let row = part * images.count + offset
        let input = UnsafeBufferPointer(start: plan.input + row * length, count: length)
        let output = UnsafeBufferPointer(start: plan.output + row * classes, count: classes)
        var gradient = MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(start: outputGradient + row * classes, count: classes))
        let (loss, isCorrect) = data.writeLossGradient(
          ofImage: image, input: input, output: output, scale: share / Double(batchCount), to: &gradient)
        lossSum += share * loss
        if isCorrect, part == 0 { correctCount += 1 }
      }
    }
    try plan.backward(run)
  }

  /// Perturbs the clean images, using the current parameters.
  private func perturb(
    _ images: ArraySlice<Int>, of data: some TrainingExamples, _ adversarial: AdversarialTraining,
    _ prepared: Plans, _ epoch: Int, _ run: Plan.Run
  ) throws {
    guard let (clean, perturbed) = prepared.perturbation else { return }
    let length = data.imageShape.pixelCount
    for (row, image) in images.enumerated() {
      adversarial.writeStart(
        from: clean.floats + row * length, to: perturbed.floats + row * length, count: length,
        seed: run.seed, epoch: epoch, image: image)
    }
    guard let plan = prepared.imageGradient, let outputGradient = plan.outputGradient,
      let inputGradient = plan.inputGradient
    else { return }
    let classes = plan.outputLength
    for _ in 0..<adversarial.perturbation.stepCount {
      plan.input.update(from: perturbed.floats, count: images.count * length)
      for row in 0..<images.count { normalisation.apply(to: plan.input + row * length) }
      try plan.forward(run)
      for (row, image) in images.enumerated() {
        var gradient = MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(start: outputGradient + row * classes, count: classes))
        data.writeAscentDirection(
          ofImage: image,
          output: UnsafeBufferPointer(start: plan.output + row * classes, count: classes), to: &gradient)
      }
      try plan.backward(run)
      // Standard deviations are positive: the sign is that of the gradient with respect to pixels.
      adversarial.move(
        perturbed.floats, along: inputGradient, around: clean.floats, count: images.count * length)
    }
  }
}
