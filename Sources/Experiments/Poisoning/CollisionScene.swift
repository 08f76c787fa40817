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
  let workerCount: Int
  /// Gives φ.
  private let features: Engine
  private let trainingFeatures: Tensor
  private let heldOutFeatures: Tensor

  init(
    network: Network, clean: LabelledImages, heldOut: LabelledImages,
    configuration: CollisionExperiment.Configuration, similarity: Double, workerCount: Int
  ) throws {
    guard let cut = network.features else {
      throw PoisonError.noFeatures(architecture: network.graph.architecture.name)
    }
    self.network = network
    (self.clean, self.heldOut) = (clean, heldOut)
    self.configuration = configuration
    self.workerCount = workerCount
    collision = FeatureCollision(similarity: similarity, stepCount: configuration.stepCount)
    features = try Engine(running: cut, workerCount: workerCount)
    trainingFeatures = try features.logits(of: clean)
    heldOutFeatures = try features.logits(of: heldOut)
  }

  private var seed: UInt64 { configuration.network.training.seed }

  /// Images that the victim trains on, by number, and the classes it tells apart.
  private struct Lesson {
    var images: [Int]
    var classes: [Int]
    /// Held-out images of these classes.
    var judged: [Int]
  }

  /// - Parameter tell: Called often; what it throws ends the measurement.
  func measured(
    pair: Int, base: Int, target: Int, _ tell: @escaping @Sendable () throws -> Void
  ) throws -> CollisionExperiment.Pair {
    var generator = SeededGenerator(seed: seed, purpose: "collisions of a pair", index: pair)
    func numbers(_ images: LabelledImages, _ label: Int) -> [Int] {
      images.labels.indices.filter { images.labels[$0] == label }
    }
    func shuffled(_ images: [Int]) -> [Int] { generator.permutation(images.count).map { images[$0] } }
    let bases = shuffled(numbers(clean, base))
    let others = shuffled(numbers(clean, target))
    let lesson: Lesson
    var pool = bases
    switch configuration.victim {
    case .transfer(let count, _):
      // Bases come from images that the victim does not have.
      lesson = Lesson(
        images: (bases.prefix(count) + others.prefix(count)).sorted(), classes: [base, target],
        judged: (numbers(heldOut, base) + numbers(heldOut, target)).sorted())
      pool = Array(bases.dropFirst(count))
    case .endToEnd:
      lesson = Lesson(
        images: Array(0..<clean.count), classes: Array(clean.classNames.indices),
        judged: Array(0..<heldOut.count))
    }
    let untouched = try taught(lesson, nil, tell)
    let targets = shuffled(numbers(heldOut, target)).lazy
      .filter { untouched.labels[$0] == target }.prefix(configuration.targetsPerPair)
    let count = configuration.poisonCount
    var attacks: [Attack] = []
    var shown: [[Float]] = []
    for image in targets {
      try tell()
      // The same base images may serve several targets, each of which is an attack of its own.
      let chosen = (0..<count).map { _ in pool[Int(generator.next(upperBound: UInt64(pool.count)))] }
      let plain = clean.tensor(of: chosen)
      let goal = heldOut.tensor(of: Array(repeating: image, count: count))
      let start = plain.watermarked(with: goal, opacity: Float(configuration.watermark)).eightBit
      let poisons = try collision.poisons(
        bases: start, targets: heldOutFeatures.rows(Array(repeating: image, count: count)),
        network: features, onStep: { _ in try tell() }
      ).images.eightBit
      attacks.append(
        try attack(
          (pair, base, target, image), lesson, (plain, start, poisons), tell))
      if shown.isEmpty {
        shown = [Array(plain[row: 0]), Array(poisons[row: 0]), Array(goal[row: 0])]
      }
    }
    return CollisionExperiment.Pair(
      base: base, target: target, cleanError: untouched.error(lesson.judged, heldOut), attacks: attacks,
      shown: shown)
  }

  private func attack(
    _ place: (pair: Int, base: Int, target: Int, image: Int), _ lesson: Lesson,
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
    let disagreeing = try disagreeing(lesson, poisonFeatures, place.base, tell)
    let kept = lesson.images.indices.filter { !disagreeing.contains($0) }.map { lesson.images[$0] }
    let keptPoisons = (0..<images.poisons.count).filter { !disagreeing.contains(lesson.images.count + $0) }
    var rest = lesson
    rest.images = kept
    let checked = try taught(
      rest, (images.poisons.rows(keptPoisons), poisonFeatures.rows(keptPoisons), place.base), tell)
    let baseImages = lesson.images.filter { clean.labels[$0] == place.base }
    return Attack(
      pair: place.pair, base: place.base, target: place.target, targetImage: place.image,
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
      checkedSuccess: checked.labels[place.image] == place.base,
      error: poisoned.error(lesson.judged, heldOut), checkedError: checked.error(lesson.judged, heldOut),
      removedPoisons: images.poisons.count - keptPoisons.count,
      removedClean: lesson.images.count - kept.count,
      trainingCount: lesson.images.count + images.poisons.count)
  }

  /// Places in the lesson, poisons behind it, whose label is not that of their neighbours. The features are those of the
  /// clean network, which both victims begin with.
  private func disagreeing(
    _ lesson: Lesson, _ poisons: Tensor, _ base: Int, _ tell: () throws -> Void
  ) throws -> Set<Int> {
    let own = trainingFeatures.rows(lesson.images)
    let all = Tensor(
      shape: [own.count + poisons.count, own.rowLength], elements: own.elements + poisons.elements)
    let labels =
      lesson.images.map { clean.labels[$0] } + [Int](repeating: base, count: poisons.count)
    let features = try FeatureMatrix(
      values: all, labels: ClassLabels(labels, classCount: clean.classNames.count), layer: "features")
    return try Set(
      NeighbourCheck(
        of: features, neighbourCount: configuration.checkedNeighbours, workerCount: workerCount,
        onProgress: tell
      ).disagreeing)
  }

  // MARK: The victim

  /// What a victim says of all held-out images.
  private struct Taught {
    let labels: [Int]

    func error(_ judged: [Int], _ heldOut: LabelledImages) -> Proportion {
      Proportion(judged.count { labels[$0] != heldOut.labels[$0] }, of: judged.count)
    }
  }

  private func taught(
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
      guard examples.signs.contains(1), examples.signs.contains(-1) else {
        // Nothing left of a class: whoever trains on one class says that class.
        return Taught(
          labels: [Int](repeating: examples.signs.contains(1) ? base : target, count: heldOut.count))
      }
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
