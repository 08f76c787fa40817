import OneDNN

/// A fixed share of every training step: it leaves a gradient and statistics. The gradients of all slots are added in
/// the order of the slots.
protocol StepSlot: AnyObject, Sendable {
  var gradient: Buffer { get }
  var lossSum: Double { get }
  var correctCount: Int { get }
  var imageCount: Int { get }
  /// Those of the last pass.
  var batchStatistics: [Plan.BatchStatistics] { get }

  /// Processes its micro-batches of the batch.
  func run(_ batch: ArraySlice<Int>, of examples: some TrainingExamples, _ step: TrainingStep) throws
}

/// The step that a slot works on.
struct TrainingStep {
  let seed: UInt64
  let epoch: Int
  /// Counted from 0, over all epochs.
  let number: Int
  let augmentation: Augmentation
  let microBatch: Int
  let slotCount: Int

  /// The micro-batches of a slot: the one with its own number for turn 0, then every slotCount-th; nil past the last.
  func microBatch(_ turn: Int, of batch: ArraySlice<Int>, slot: Int) -> ArraySlice<Int>? {
    let start = batch.startIndex + (slot + turn * slotCount) * microBatch
    return start < batch.endIndex ? batch[start..<min(start + microBatch, batch.endIndex)] : nil
  }
}
