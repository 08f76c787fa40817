import Datasets
import Foundation
import OneDNN
import Synchronization
import Tensors

/// Runs one network on all cores: logits, features and gradients with respect to images.
///
/// Each worker has its own plans and takes one micro-batch after the other. A micro-batch always has the same size (the
/// last one is zero-padded), and no operation mixes images, so the result of an image does not depend on how many there
/// are, on their order or on the number of workers.
///
/// Memory is estimated before plans are built (``MemoryReckoning``). A micro-batch is made smaller if its plan would
/// take more than a gigabyte; workers without enough memory stay idle.
///
/// `@unchecked Sendable`: shelf w is touched only by worker w, inside `pool.run`, which admits one call at a time; all
/// else is immutable or synchronises itself.
public final class Engine: DifferentiableClassifier, @unchecked Sendable {
  public let network: Network
  public let workerCount: Int
  public var inputShape: ImageShape { network.inputShape }
  public var classCount: Int { network.classCount }

  /// Default number of images in one pass.
  ///
  /// Without AVX-512, oneDNN's product for linear layers that read maps processes images in sixes and sums the
  /// remainder of 32 in another order: an image's last digits would depend on its place in a micro-batch. 48 leaves no
  /// remainder.
  public static let usualMicroBatch = Device.hasWideVectors ? 32 : 48

  private let microBatch: Int
  private let pool: WorkerPool
  private let store: ParameterStore
  private let normalisation: Normalisation
  private let building = NSLock()
  private let shelves: [Shelf]
  private let fits = Mutex<[Purpose: Fit]>([:])
  private let watchfulness: Mutex<Watchfulness>

  /// How many images are checked node by node.
  private enum Watchfulness {
    /// ``ValueBound`` rules out non-finite values, or the first images were far from them.
    case none
    /// Only the first micro-batch.
    case first
    case all
  }

  /// Whether every node's result is checked for all images (``NodeWatch``), which takes up to three times as long: the
  /// environment variable `INTRIGUE_CHECK_NODES` is 1.
  static let watchesEverything = ProcessInfo.processInfo.environment["INTRIGUE_CHECK_NODES"] == "1"

  /// If the first images give larger values, others may approach the largest Float.
  private static let calmLimit: Float = 1e15

  /// The plans of one worker.
  private final class Shelf {
    var plans: [Purpose: Plan] = [:]
  }

  /// A micro-batch size and worker count that fit into memory.
  private struct Fit {
    let microBatch: Int
    let workerCount: Int
  }

  /// - Parameters:
  ///   - workerCount: One per core by default.
  ///   - microBatch: Most images in one pass; affects results only by rounding.
  /// - Throws: ``OneDNNError`` when this machine does not support an operation, ``MemoryShortage`` when there is not
  ///   enough memory for the parameters.
  public convenience init(
    running network: Network, workerCount: Int = ProcessInfo.processInfo.activeProcessorCount,
    microBatch: Int = usualMicroBatch
  ) throws {
    try self.init(
      running: network, workerCount: workerCount, microBatch: microBatch,
      watchingEverything: Self.watchesEverything)
  }

  init(running network: Network, workerCount: Int, microBatch: Int, watchingEverything: Bool) throws {
    watchfulness = Mutex(watchingEverything ? .all : ValueBound(network).isFar ? .none : .first)
    self.network = network
    self.workerCount = workerCount
    self.microBatch = microBatch
    try MemoryShortage.check(
      try MemoryReckoning.peak { try ParameterStore(of: network, on: $0) },
      for: "a copy of the parameters of \(network.graph.architecture.name)")
    let device = try Device()
    pool = WorkerPool(workerCount: workerCount)
    shelves = (0..<workerCount).map { _ in Shelf() }
    normalisation = Normalisation(network.graph)
    let box = Mutex<ParameterStore?>(nil)
    try pool.run { worker in
      guard worker == 0 else { return }
      let store = try ParameterStore(of: network, on: device)
      box.withLock { $0 = store }
    }
    store = box.withLock { $0! }  // run threw otherwise
  }

  /// Bytes that one worker needs for logits.
  static func leastNeed(_ network: Network) throws -> Int {
    let last = network.graph.nodes.count - 1
    let need = try PlanNeed.fitting(network, .output(node: last), microBatch: usualMicroBatch).need
    return need.parameters + need.first
  }

  /// Version of the loaded oneDNN.
  public static var oneDNNVersion: String { Device.version }

  // MARK: Results

  public func logits(of images: Tensor) throws -> Tensor {
    try output(of: network.graph.nodes.count - 1, for: TensorImages(images))
  }

  public func logits(of images: LabelledImages) throws -> Tensor {
    try output(of: network.graph.nodes.count - 1, for: images)
  }

  /// Result of one layer, `[count, units]`.
  ///
  /// Maps are pooled as they leave a plan, so memory is of the units and not of all maps.
  ///
  /// - Parameters:
  ///   - layer: A position in the graph; nil for the feature layer when that is the pixels themselves.
  ///   - pooling: Pooling of maps; vectors and pixels are returned unchanged (`Graph.applicable(_:at:)`).
  public func features(
    of images: LabelledImages, layer: Int?, pooling: MapPooling = .none
  ) throws -> Tensor {
    guard let layer else {
      try MemoryShortage.check(
        boundedProduct(images.count, images.shape.pixelCount, MemoryLayout<Float>.stride),
        for: "the pixels of \(images.count) images as features")
      return images.tensor(of: 0..<images.count).reshaped([images.count, images.shape.pixelCount])
    }
    return try output(of: layer, pooling: pooling, for: images)
  }

  /// The same for inputs that are not images of a data set, such as another network's features.
  ///
  /// - Parameter inputs: `[count, channels, height, width]`.
  public func features(of inputs: Tensor, layer: Int, pooling: MapPooling = .none) throws -> Tensor {
    try output(of: layer, pooling: pooling, for: TensorImages(inputs))
  }

  public func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    let source = TensorImages(images)
    try watch(source)
    let (count, classes, length) = (source.count, classCount, inputShape.pixelCount)
    let fit = try fit(for: .imageGradient, resultCount: count * classes + images.elements.count)
    let logits = try Buffer(count: count * classes, on: store.device)
    let gradients = try Buffer(count: images.elements.count, on: store.device)
    let normalisation = normalisation
    try forEachMicroBatch(of: source, purpose: .imageGradient, fit) { plan, range in
      guard let outputGradient = plan.outputGradient else { return }
      outputGradient.update(repeating: 0, count: plan.microBatch * classes)
      for (row, image) in range.enumerated() {
        let from = UnsafeBufferPointer(start: plan.output + row * classes, count: classes)
        let to = UnsafeMutableBufferPointer(start: outputGradient + row * classes, count: classes)
        var gradient = MutableSpan(_unsafeElements: to)
        logitGradient(image, Span(_unsafeElements: from), &gradient)
      }
    } collect: { plan, range in
      guard let inputGradient = plan.inputGradient else { return }
      (logits.floats + range.lowerBound * classes).update(from: plan.output, count: range.count * classes)
      for row in 0..<range.count { normalisation.apply(toGradient: inputGradient + row * length) }
      (gradients.floats + range.lowerBound * length).update(from: inputGradient, count: range.count * length)
    }
    return (
      try finite(logits, [count, classes], network.graph.nodes.count - 1),
      try finite(gradients, images.shape, nil)
    )
  }

  // MARK: Work

  private func output(
    of node: Int, pooling: MapPooling = .none, for source: some PixelSource
  ) throws -> Tensor {
    try watch(source)
    return try unwatchedOutput(of: node, pooling: pooling, for: source)
  }

  /// Checks for NaN and infinite values that a later clamp could hide, if there can be any.
  ///
  /// - Throws: ``NetworkError/notFiniteOutput(image:layer:)``.
  private func watch(_ source: some PixelSource) throws {
    let wanted = watchfulness.withLock { $0 }
    if case .none = wanted { return }
    let fit = try fit(for: .watched, resultCount: 0)
    let isFirst = if case .first = wanted { true } else { false }
    let seen = Mutex<(failed: Int?, largest: Float)>((nil, 0))
    try forEachMicroBatch(
      of: source, upTo: isFirst ? fit.microBatch : .max, purpose: .watched, fit,
      collect: { plan, _ in
        guard let watch = plan.watch else { return }
        seen.withLock { seen in
          if let failed = watch.failed { seen.failed = min(seen.failed ?? failed, failed) }
          seen.largest = max(seen.largest, watch.largest)
        }
      })
    let (failed, largest) = seen.withLock { $0 }
    // Its own result identifies the image.
    if let failed { _ = try unwatchedOutput(of: failed, for: source) }
    if isFirst { watchfulness.withLock { $0 = largest < Self.calmLimit ? .none : .all } }
  }

  private func unwatchedOutput(
    of node: Int, pooling: MapPooling = .none, for source: some PixelSource
  ) throws -> Tensor {
    let graph = network.graph
    precondition(graph.nodes.indices.contains(node), "node \(node) of \(graph.nodes.count)")
    let shape = graph.nodes[node].shape
    let length = shape.reduce(1, *)
    let pooling = graph.applicable(pooling, at: node)
    let unitCount = graph.unitCount(at: node, pooling: pooling)
    let fit = try fit(for: .output(node: node), resultCount: boundedProduct(source.count, unitCount))
    let results = try Buffer(count: source.count * unitCount, on: store.device)
    try forEachMicroBatch(
      of: source, purpose: .output(node: node), fit,
      collect: { plan, range in
        let target = results.floats + range.lowerBound * unitCount
        guard pooling != .none else {
          target.update(from: plan.output, count: range.count * length)
          return
        }
        for row in 0..<range.count {
          pooling.pool(
            plan.output + row * length, channels: shape[0], height: shape[1], width: shape[2],
            to: target + row * unitCount)
        }
      })
    return try finite(results, [source.count, unitCount], node)
  }

  /// Hands micro-batches to the workers.
  ///
  /// The closures must not throw: Swift 6.3 loses the error register of a throwing function that ends in a call to
  /// `memmove`, which copying out results compiles to.
  ///
  /// - Parameters:
  ///   - most: Images beyond this number are ignored.
  ///   - seed: Called after `forward`, if the purpose needs gradients: fills in ∂loss/∂logits of its images.
  ///   - collect: Called at the end: takes the results of its images out of the plan.
  private func forEachMicroBatch(
    of source: some PixelSource, upTo most: Int = .max, purpose: Purpose, _ fit: Fit,
    seed: @Sendable (Plan, Range<Int>) -> Void = { _, _ in },
    collect: @Sendable (Plan, Range<Int>) -> Void
  ) throws {
    precondition(
      source.imageShape == inputShape, "the network reads images of \(inputShape), got \(source.imageShape)")
    let length = inputShape.pixelCount
    let count = min(source.count, most)
    let next = Atomic<Int>(0)
    let microBatch = fit.microBatch
    try pool.run { worker in
      guard worker < fit.workerCount else { return }
      let plan = try plan(for: purpose, worker: worker, microBatch: microBatch)
      while true {
        let start = next.wrappingAdd(microBatch, ordering: .relaxed).oldValue
        guard start < count else { return }
        let range = start..<min(start + microBatch, count)
        for (row, image) in range.enumerated() {
          source.writePixels(ofImage: image, to: plan.input + row * length)
          normalisation.apply(to: plan.input + row * length)
        }
        (plan.input + range.count * length).update(repeating: 0, count: (microBatch - range.count) * length)
        plan.watch?.begin()
        try plan.forward()
        if purpose.needsGradients {
          seed(plan, range)
          try plan.backward()
        }
        collect(plan, range)
      }
    }
  }

  /// Smaller results are not checked: an attack requests thousands of them.
  private static let resultsWorthReckoning = 64 << 20

  /// How the work of a purpose fits into memory, in addition to results of `resultCount` floats.
  ///
  /// - Throws: ``MemoryShortage`` when it does not.
  private func fit(for purpose: Purpose, resultCount: Int) throws -> Fit {
    // Results are copied once, into a tensor.
    let resultBytes = boundedProduct(resultCount, 2 * MemoryLayout<Float>.stride)
    let name = network.graph.architecture.name
    if let fit = fits.withLock({ $0[purpose] }) {
      if resultBytes > Self.resultsWorthReckoning {
        try MemoryShortage.check(
          resultBytes, for: "the result of \(name) for all images", advice: "ask for fewer images")
      }
      return fit
    }
    let (need, size) = try PlanNeed.fitting(network, purpose, microBatch: microBatch)
    let (one, overflow) = need.first.addingReportingOverflow(resultBytes)
    let fit = Fit(
      microBatch: size,
      workerCount: try MemoryReckoning.workerCount(
        of: workerCount, one: overflow ? .max : one, further: need.further,
        for: "running \(name) \(size == 1 ? "image by image" : "in micro-batches of \(size) images")"))
    fits.withLock { $0[purpose] = fit }
    return fit
  }

  private func plan(for purpose: Purpose, worker: Int, microBatch: Int) throws -> Plan {
    if let plan = shelves[worker].plans[purpose] { return plan }
    // Building a plan modifies the store from which plans read their weights.
    let plan = try building.withLock {
      try Plan(PlanBuilder(network.graph, purpose: purpose, microBatch: microBatch, store: store))
    }
    shelves[worker].plans[purpose] = plan
    return plan
  }

  private func finite(_ buffer: Buffer, _ shape: [Int], _ node: Int?) throws -> Tensor {
    let tensor = Tensor(
      shape: shape, elements: Array(UnsafeBufferPointer(start: buffer.floats, count: buffer.count)))
    if let index = tensor.firstNonFiniteIndex {
      throw NetworkError.notFiniteOutput(
        image: index / max(tensor.rowLength, 1),
        layer: node.map { network.graph.nodes[$0].name } ?? "\(Architecture.inputName) (gradient)")
    }
    return tensor
  }
}
