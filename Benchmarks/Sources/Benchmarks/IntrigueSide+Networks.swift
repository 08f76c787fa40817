import Intrigue

extension IntrigueSide {
  /// One training run with no end: each epoch is one repetition.
  func serveTraining(
    of architecture: Architecture, privacy: PrivateTraining? = nil, _ requests: Requests
  ) throws {
    let images = limited(try Dataset.load(dataFolder).training)
    let network = Network(initializing: try Graph(architecture), seed: 1)
    let configuration = TrainingConfiguration(
      epochCount: .max, batchSize: 128, optimizer: .sgd(momentum: 0.9, weightDecay: 0), privacy: privacy)
    let trainer = Trainer(configuration, training: images, validation: nil, workerCount: workerCount)
    try requests.greet(ready(images.count, ["batch": configuration.batchSize]))
    struct NoMoreRequests: Error {}
    guard requests.next() else { return }
    do {
      _ = try trainer.train(
        from: TrainingState(starting: network),
        checkpoint: { _ in
          try requests.answer()
          guard requests.next() else { throw NoMoreRequests() }
        })
    } catch is NoMoreRequests {}
  }

  func serveFeatures(_ requests: Requests) throws {
    let images = limited(try Dataset.load(dataFolder).training)
    let graph = try Graph(.convolutionalNetwork)
    let engine = try Engine(running: Network(initializing: graph, seed: 1), workerCount: workerCount)
    try requests.greet(ready(images.count))
    while requests.next() {
      _ = try engine.features(of: images, layer: graph.featureLayer)
      try requests.answer()
    }
  }

  /// Both sides have the images as floats before the clock starts.
  func serveAttack(_ requests: Requests) throws {
    let images = limited(try Dataset.load(dataFolder).heldOut)
    let network = try ModelFile.read(try sharedInputs().model).network
    let engine = try Engine(running: network, workerCount: workerCount)
    let batch = AttackBatch(
      images: images.tensor(of: 0..<images.count), labels: images.labels, imageIDs: Array(0..<images.count))
    try requests.greet(ready(images.count))
    while requests.next() {
      let evaluation = try Evaluation(
        of: FastGradientSignMethod(), on: batch, under: ThreatModel(norm: .linf, epsilon: 0.1),
        classifier: engine)
      let seconds = requests.elapsed
      let summary = evaluation.summary
      try requests.answer(
        seconds: seconds,
        counts: [
          "attacked": summary.success.total, "succeeded": summary.success.count,
          "surviving": summary.survival.count,
        ])
    }
  }

  /// The smallest perturbation that makes the next class of an image, for the first so many images of the test part.
  func serveBoxLBFGS(_ requests: Requests) throws {
    let images = try Dataset.load(dataFolder).heldOut.selecting(0..<(imageCount ?? 64))
    let network = try ModelFile.read(try sharedInputs().smallModel).network
    let engine = try Engine(running: network, workerCount: workerCount)
    let batch = AttackBatch(
      images: images.tensor(of: 0..<images.count), labels: images.labels, imageIDs: Array(0..<images.count))
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 10)
    try requests.greet(ready(images.count))
    while requests.next() {
      let evaluation = try Evaluation(
        of: BoxLBFGSAttack(workerCount: workerCount), on: batch,
        under: ThreatModel(norm: .l2, epsilon: .infinity, goal: .targeted(targets)), classifier: engine)
      let seconds = requests.elapsed
      let summary = evaluation.summary
      try requests.answer(
        seconds: seconds,
        counts: [
          "attacked": summary.success.total, "succeeded": summary.success.count,
          "medianDistanceMillionths": Int((1e6 * (summary.medianL2 ?? 0)).rounded()),
        ])
    }
  }

  /// Queries of a black-box attack. Its budget is a thousandth of the range of pixels, so that hardly an image is fooled
  /// and each costs all its queries.
  func serveBlackBox(_ requests: Requests) throws {
    let images = try Dataset.load(dataFolder).heldOut.selecting(0..<(imageCount ?? 64))
    let network = try ModelFile.read(try sharedInputs().model).network
    let engine = try Engine(running: network, workerCount: workerCount)
    let batch = AttackBatch(
      images: images.tensor(of: 0..<images.count), labels: images.labels, imageIDs: Array(0..<images.count))
    func queryCount() throws -> Int {
      let result = try SquareAttack(queryLimit: Self.queryLimit).perturbedImages(
        for: batch, under: ThreatModel(norm: .linf, epsilon: 0.001), blackBox: engine)
      return (result.traces ?? []).reduce(0) { $0 + $1.queryCount }
    }
    // The same images, the same seed: as many queries every time.
    try requests.greet(ready(queryCount()))
    while requests.next() {
      let count = try queryCount()
      try requests.answer(counts: ["queries": count])
    }
  }

  private static let queryLimit = 1000
}
