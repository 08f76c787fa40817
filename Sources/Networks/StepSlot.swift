import OneDNN

/// A fixed share of every step of training: it leaves a gradient, and what it saw. The gradients of all slots are added
/// up in the order of the slots.
protocol StepSlot: AnyObject, Sendable {
  var gradient: Buffer { get }
  var lossSum: Double { get }
  var correctCount: Int { get }
  var imageCount: Int { get }
  /// Of the last pass.
  var batchStatistics: [Plan.BatchStatistics] { get }

  /// Takes its micro-batches of the batch.
  func run(_ batch: ArraySlice<Int>, of examples: some TrainingExamples, _ step: TrainingStep) throws
}

/// What a slot is told of the step that it works on.
struct TrainingStep {
  let seed: UInt64
  let epoch: Int
  /// From 0, over all epochs.
  let number: Int
  let augmentation: Augmentation
  let microBatch: Int
  let slotCount: Int

  /// A micro-batch of a slot: its own number for turn 0, then every slotCount-th from there; nil past the last.
  func microBatch(_ turn: Int, of batch: ArraySlice<Int>, slot: Int) -> ArraySlice<Int>? {
    let start = batch.startIndex + (slot + turn * slotCount) * microBatch
    return start < batch.endIndex ? batch[start..<min(start + microBatch, batch.endIndex)] : nil
  }
}
