import Datasets
import Directions
import Tensors

/// From the features of held-out images to the trials about one network's directions. Knows no network and no file.
struct TrialMaker {
  let features: FeatureMatrix
  let labels: ClassLabels
  let layout: ChoiceTrials.Layout
  let variant: ChoiceTrials.Variant
  let seed: UInt64
  let workerCount: Int

  /// A trial without its identifier and without its picture.
  struct Made {
    package var part: StudyPart
    package var direction: Int?
    package var question: Int?
    var highQuery: Int?
    package var images: [Int]
    /// nil of a sheet.
    var referenceCount: Int?
  }

  /// A direction that can be asked about.
  struct Candidate {
    let name: String
    let trials: [ChoiceTrial]
    /// Best first.
    let top: [Int]
  }

  struct Candidates {
    var found: [Candidate]
    /// Names of those that cannot be asked about, in the order in which they were met.
    var passedOver: [String]
    /// Why the last of them cannot.
    var reason: String?
  }

  /// The first `count` directions that can be asked about, in the order given.
  ///
  /// Passed over are those whose high images tie with the lowest score, such as units that are 0 for nearly all
  /// images: the order of their images is that of the file. And those without a low side of the kind asked for.
  ///
  /// - Parameter firstIndex: Of their draws: no two directions of a study share one.
  func candidates(_ count: Int, of directions: DirectionSet, firstIndex: Int, topCount: Int) -> Candidates {
    var result = Candidates(found: [], passedOver: [], reason: nil)
    let pieceLength = 32
    for start in stride(from: 0, to: directions.count, by: pieceLength) where result.found.count < count {
      let rows = start..<min(start + pieceLength, directions.count)
      let piece = directions.part(rows)
      let looked = DirectionScores.map(of: features, along: piece, workerCount: workerCount) {
        row, scores -> Result<Candidate, Reason> in
        let last = scores.values[scores.order[layout.imageCount - 1]]
        guard last > scores.values[scores.order[scores.imageCount - 1]] else {
          return .failure(Reason(words: "fewer than \(layout.imageCount) images are above its lowest score"))
        }
        let choice = ChoiceTrials(
          variant, layout: layout, scores: scores, labels: labels, seed: seed, index: firstIndex + start + row
        )
        if let reason = choice.reason { return .failure(Reason(words: reason)) }
        return .success(
          Candidate(name: piece.ids[row], trials: choice.trials, top: scores.highest(topCount)))
      }
      for (name, outcome) in zip(piece.ids, looked) where result.found.count < count {
        switch outcome {
        case .success(let candidate): result.found.append(candidate)
        case .failure(let reason):
          result.passedOver.append(name)
          result.reason = reason.words
        }
      }
    }
    return result
  }

  private struct Reason: Error {
    let words: String
  }

  // MARK: Trials

  /// The questions about a direction, one for each of its trials.
  func questions(about candidate: Candidate, direction: Int) -> [Made] {
    var generator = SeededGenerator(seed: seed, purpose: "study tiles", index: direction)
    return candidate.trials.enumerated().map { number, trial in
      var made = arranged(
        .choice, high: trial.highReferences, low: trial.lowReferences, highQuery: trial.highQuery,
        lowQuery: trial.lowQuery, &generator)
      (made.direction, made.question) = (direction, number)
      return made
    }
  }

  /// A question whose answer stands among the references.
  func catchTrial(about candidate: Candidate, number: Int) -> Made {
    var generator = SeededGenerator(seed: seed, purpose: "study catch trial", index: number)
    let trial = candidate.trials[0]
    let copied = Int(generator.next(upperBound: UInt64(trial.highReferences.count)))
    return arranged(
      .catchTrial, high: trial.highReferences, low: trial.lowReferences,
      highQuery: trial.highReferences[copied], lowQuery: trial.lowQuery, &generator)
  }

  /// A question to learn by: images of one class, and images of other classes.
  ///
  /// - Returns: nil where the images have no class that leaves two images on each side.
  func practice(number: Int) -> Made? {
    var generator = SeededGenerator(seed: seed, purpose: "study practice", index: number)
    let counts = labels.imageCounts
    let most = counts.indices.map { min(counts[$0], labels.values.count - counts[$0]) }
    let size = min(layout.referenceCount + 1, most.max() ?? 0)
    guard size >= 2 else { return nil }
    let classes = counts.indices.filter { most[$0] >= size }
    let label = classes[Int(generator.next(upperBound: UInt64(classes.count)))]
    func drawn(_ isMember: (Int) -> Bool) -> [Int] {
      let pool = labels.values.indices.filter { isMember(labels.values[$0]) }
      return generator.sample(size, of: pool.count).map { pool[$0] }
    }
    let (high, low) = (drawn { $0 == label }, drawn { $0 != label })
    return arranged(
      .practice, high: Array(high.dropFirst()), low: Array(low.dropFirst()), highQuery: high[0],
      lowQuery: low[0], &generator)
  }

  /// References in random order, because a trial lists them by score; queries in random order as well.
  private func arranged(
    _ part: StudyPart, high: [Int], low: [Int], highQuery: Int, lowQuery: Int,
    _ generator: inout SeededGenerator
  ) -> Made {
    func shuffled(_ images: [Int]) -> [Int] { generator.permutation(images.count).map { images[$0] } }
    let references = shuffled(high) + shuffled(low)
    let place = Int(generator.next() & 1)
    return Made(
      part: part, highQuery: place,
      images: references + (place == 0 ? [highQuery, lowQuery] : [lowQuery, highQuery]),
      referenceCount: high.count)
  }
}

extension DirectionSet {
  /// Some consecutive directions.
  fileprivate func part(_ rows: Range<Int>) -> DirectionSet {
    if let indices = neuronIndices { return .neurons(Array(indices[rows]), dimension: dimension) }
    return DirectionSet(kind: kind, ids: Array(ids[rows]), matrix: matrix.rows(rows))
  }
}
