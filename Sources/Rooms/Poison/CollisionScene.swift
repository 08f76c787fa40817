import Adversarial
import Datasets
import Directions
import Networks
import Poisoning
import Tensors

/// What all pairs of a ``CollisionExperiment`` are measured with: the clean network, its features, and who trains again.
struct CollisionScene {
  typealias Attack = CollisionExperiment.Attack

  let network: Network
  let clean: LabelledImages
  let heldOut: LabelledImages
  let configuration: CollisionExperiment.Configuration
  let collision: FeatureCollision
  /// k of the check.
  let neighbourCount: Int
  let workerCount: Int
  /// Gives φ.
  private let features: Engine
  private let trainingFeatures: Tensor
  private let heldOutFeatures: Tensor

  init(
    network: Network, clean: LabelledImages, heldOut: LabelledImages,
    configuration: CollisionExperiment.Configuration, similarity: Double,
    neighbourCount: Int, workerCount: Int
  ) throws {
    guard let cut = network.features else {
      throw PoisonError.noFeatures(architecture: network.graph.architecture.name)
    }
    self.network = network
    (self.clean, self.heldOut) = (clean, heldOut)
    self.configuration = configuration
    self.neighbourCount = neighbourCount
    self.workerCount = workerCount
    collision = FeatureCollision(similarity: similarity, stepCount: configuration.stepCount)
    features = try Engine(running: cut, workerCount: workerCount)
    trainingFeatures = try features.logits(of: clean)
    heldOutFeatures = try features.logits(of: heldOut)
  }

  private var seed: UInt64 { configuration.network.training.seed }

  /// Images that the victim trains on, by number, and the classes it tells apart.
  struct Lesson {
    var images: [Int]
    var classes: [Int]
    /// Held-out images of these classes.
    var judged: [Int]
  }

  /// End to end all pairs have one lesson: everything.
  var everything: Lesson? {
    guard case .endToEnd = configuration.victim else { return nil }
    return Lesson(
      images: Array(0..<clean.count), classes: Array(clean.classNames.indices),
      judged: Array(0..<heldOut.count))
  }

  private func numbers(_ images: LabelledImages, _ label: Int) -> [Int] {
    images.labels.indices.filter { images.labels[$0] == label }
  }

  /// What the victim trains on, and the images that poisons are made from: of a transfer victim such as it does not have.
  private func lesson(_ base: Int, _ target: Int, _ generator: inout SeededGenerator) -> (
    lesson: Lesson, pool: [Int]
  ) {
    let bases = generator.shuffled(numbers(clean, base))
    let others = generator.shuffled(numbers(clean, target))
    switch configuration.victim {
    case .transfer(let count, _):
      return (
        Lesson(
          images: (bases.prefix(count) + others.prefix(count)).sorted(), classes: [base, target],
          judged: (numbers(heldOut, base) + numbers(heldOut, target)).sorted()),
        Array(bases.dropFirst(count))
      )
    case .endToEnd:
      guard let everything else { preconditionFailure("all of it is the lesson end to end") }
      return (everything, bases)
    }
  }

  /// The lesson of a pair.
  func lesson(pair: Int, base: Int, target: Int) -> Lesson {
    var generator = generator(pair)
    return lesson(base, target, &generator).lesson
  }

  private func generator(_ pair: Int) -> SeededGenerator {
    SeededGenerator(seed: seed, purpose: "collisions of a pair", index: pair)
  }

  /// - Parameters:
  ///   - untouched: What a victim without poison says, where all pairs share it; nil: it is asked now.
  ///   - tell: Called often; what it throws ends the measurement.
  func measured(
    pair: Int, base: Int, target: Int, untouched: Untouched? = nil,
    _ tell: @escaping @Sendable () throws -> Void
  ) throws -> CollisionExperiment.Pair {
    var generator = generator(pair)
    let (lesson, pool) = lesson(base, target, &generator)
    let untouched = try untouched ?? self.untouched(lesson, tell)
    let targets = generator.shuffled(numbers(heldOut, target)).lazy
      .filter { untouched.said.labels[$0] == target }.prefix(configuration.targetsPerPair)
    let count = configuration.poisonCount
    var attacks: [Attack] = []
    var shown: [[Float]] = []
    for image in targets {
      try tell()
      // The same base images may serve several targets, each of which is an attack of its own; within one attack a base
      // that came twice would be one poison twice.
      let chosen = generator.sample(count, of: pool.count).map { pool[$0] }
      let plain = clean.tensor(of: chosen)
      let goal = heldOut.tensor(of: Array(repeating: image, count: count))
      let start = plain.watermarked(with: goal, opacity: Float(configuration.watermark)).eightBit
      let poisons = try collision.poisons(
        bases: start, targets: heldOutFeatures.rows(Array(repeating: image, count: count)),
        network: features, onStep: { _ in try tell() }
      ).images.eightBit
      attacks.append(
        try attack(
          (pair, base, target, image), lesson, chosen, (plain, start, poisons), tell))
      if shown.isEmpty {
        shown = [Array(plain[row: 0]), Array(poisons[row: 0]), Array(goal[row: 0])]
      }
    }
    return CollisionExperiment.Pair(
      base: base, target: target, cleanError: untouched.said.error(lesson.judged, heldOut),
      cleanRemoved: Proportion(untouched.removedCount, of: lesson.images.count),
      cleanCheckedError: untouched.checked?.error(lesson.judged, heldOut), attacks: attacks, shown: shown)
  }

  private func attack(
    _ place: (pair: Int, base: Int, target: Int, image: Int), _ lesson: Lesson, _ bases: [Int],
    _ images: (plain: Tensor, start: Tensor, poisons: Tensor), _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Attack {
    let wanted = heldOutFeatures[row: place.image]
    let wantedPixels = heldOut.tensor(of: [place.image])
    let poisonFeatures = try features.logits(of: images.poisons)
    let startFeatures = try features.logits(of: images.start)
    func meanDistance(_ rows: Tensor) -> Double {
      (0..<rows.count).reduce(0) { $0 + distance(rows[row: $1], wanted) } / Double(rows.count)
    }
    let poisoned = try taught(lesson, (images.poisons, poisonFeatures, place.base), tell)
    let control = try taught(lesson, (images.start, startFeatures, place.base), tell)
    let (rest, keptPoisons) = try agreeing(lesson, (poisonFeatures, place.base), tell)
    let left = Set(rest.images.map { clean.labels[$0] } + (keptPoisons.isEmpty ? [] : [place.base]))
    let removedClass = lesson.classes.first { !left.contains($0) }
    // A victim without a class says the others whatever it sees: that is neither success nor failure.
    let checked =
      removedClass == nil
      ? try taught(
        rest, (images.poisons.rows(keptPoisons), poisonFeatures.rows(keptPoisons), place.base), tell) : nil
    let baseImages = lesson.images.filter { clean.labels[$0] == place.base }
    return Attack(
      pair: place.pair, base: place.base, target: place.target, targetImage: place.image,
      baseImages: bases,
      startDistance: meanDistance(startFeatures), featureDistance: meanDistance(poisonFeatures),
      nearestBase: baseImages.map { distance(trainingFeatures[row: $0], wanted) }.min() ?? .infinity,
      baseDistance: (0..<images.plain.count).reduce(0) {
        $0 + distance(images.plain[row: $1], images.poisons[row: $1])
      } / Double(images.plain.count),
      targetDistance: (0..<images.plain.count).reduce(0) {
        $0 + distance(wantedPixels[row: 0], images.poisons[row: $1])
      } / Double(images.plain.count),
      success: poisoned.labels[place.image] == place.base,
      controlSuccess: control.labels[place.image] == place.base,
      checkedSuccess: checked.map { $0.labels[place.image] == place.base },
      error: poisoned.error(lesson.judged, heldOut), checkedError: checked?.error(lesson.judged, heldOut),
      removedClass: removedClass,
      removedPoisons: images.poisons.count - keptPoisons.count,
      removedClean: lesson.images.count - rest.images.count,
      trainingCount: lesson.images.count + images.poisons.count)
  }

  // MARK: The check

  /// What is left of the lesson, and which poisons, where whatever disagrees with its neighbours is gone. The features are
  /// those of the clean network, which both victims begin with.
  private func agreeing(
    _ lesson: Lesson, _ poisons: (features: Tensor, base: Int)?, _ tell: () throws -> Void
  ) throws -> (rest: Lesson, poisons: [Int]) {
    let own = trainingFeatures.rows(lesson.images)
    let count = poisons?.features.count ?? 0
    let all = Tensor(
      shape: [own.count + count, own.rowLength],
      elements: own.elements + (poisons?.features.elements ?? []))
    let labels =
      lesson.images.map { clean.labels[$0] } + [Int](repeating: poisons?.base ?? 0, count: count)
    let features = try FeatureMatrix(
      values: all, labels: ClassLabels(labels, classCount: clean.classNames.count), layer: "features")
    let disagreeing = try Set(
      NeighbourCheck(
        of: features, neighbourCount: neighbourCount, workerCount: workerCount, onProgress: tell
      ).disagreeing)
    var rest = lesson
    rest.images = lesson.images.indices.filter { !disagreeing.contains($0) }.map { lesson.images[$0] }
    return (rest, (0..<count).filter { !disagreeing.contains(own.count + $0) })
  }

  // MARK: The victim

  /// What a victim says of all held-out images.
  struct Taught: Codable, Equatable {
    let labels: [Int]

    func error(_ judged: [Int], _ heldOut: LabelledImages) -> Proportion {
      Proportion(judged.count { labels[$0] != heldOut.labels[$0] }, of: judged.count)
    }
  }

  /// A victim without poison, and what the check does to it.
  struct Untouched: Codable {
    let said: Taught
    /// nil where the check leaves nothing of a class.
    let checked: Taught?
    let removedCount: Int
  }

  func untouched(_ lesson: Lesson, _ tell: @escaping @Sendable () throws -> Void) throws -> Untouched {
    let (rest, _) = try agreeing(lesson, nil, tell)
    let isWhole = Set(rest.images.map { clean.labels[$0] }).isSuperset(of: lesson.classes)
    return Untouched(
      said: try taught(lesson, nil, tell), checked: isWhole ? try taught(rest, nil, tell) : nil,
      removedCount: lesson.images.count - rest.images.count)
  }

  func taught(
    _ lesson: Lesson, _ added: (images: Tensor, features: Tensor, label: Int)?,
    _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Taught {
    try tell()
    switch configuration.victim {
    case .transfer(_, let decay):
      let (base, target) = (lesson.classes[0], lesson.classes[1])
      let own = trainingFeatures.rows(lesson.images)
      let examples = RegularizedLogisticRegression.Examples(
        Tensor(
          shape: [own.count + (added?.features.count ?? 0), own.rowLength],
          elements: own.elements + (added?.features.elements ?? [])),
        signs: lesson.images.map { clean.labels[$0] == base ? 1 : -1 }
          + [Double](repeating: added?.label == base ? 1 : -1, count: added?.features.count ?? 0))
      let model = RegularizedLogisticRegression.fitted(to: examples, decay: decay)
      let judged = RegularizedLogisticRegression.Examples(
        heldOutFeatures, signs: [Double](repeating: 1, count: heldOut.count))
      return Taught(labels: model.outputs(of: judged).map { $0 > 0 ? base : target })
    case .endToEnd(let training):
      var images = clean.selecting(lesson.images)
      if let added { images = images.appending(added.images, label: added.label) }
      let state = try Trainer(training, training: images, validation: nil, workerCount: workerCount).train(
        from: TrainingState(starting: network), progress: { _ in try tell() })
      let logits = try Engine(running: state.network, workerCount: workerCount).logits(of: heldOut)
      return Taught(labels: Prediction.rows(of: logits).map(\.label))
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func shuffled(_ images: [Int]) -> [Int] {
    permutation(images.count).map { images[$0] }
  }
}

private func distance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
  zip(left, right).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    .squareRoot()
}

extension Tensor {
  /// Pixels in [0, 1] as a file of 8 bits would give them back.
  fileprivate var eightBit: Tensor {
    Tensor(shape: shape, elements: elements.map { (255 * $0).rounded() / 255 })
  }
}

extension LabelledImages {
  /// With more images of one label behind them, stored as these are.
  fileprivate func appending(_ images: Tensor, label: Int) -> LabelledImages {
    let joined: Pixels =
      switch pixels {
      case .bytes(let samples): .bytes(samples + images.elements.map { UInt8((255 * $0).rounded()) })
      case .floats(let samples): .floats(samples + images.elements)
      }
    return LabelledImages(
      shape: shape, pixels: joined, labels: labels + [Int](repeating: label, count: images.count),
      classNames: classNames)
  }
}
