import Datasets
import Directions
import Figures
import Networks
import Poisoning
import Tensors

/// A neuron of the feature layer in the network before and after the training images were poisoned.
public struct NeuronChange: Codable, Equatable, Sendable {
  public var neuron: Int
  /// Of flipped labels: the class whose z the two numbers are.
  public var label: Int?
  /// What the neurons were chosen by, in the network trained on clean images and in the other.
  public var before: Double
  public var after: Double
  /// Of its top images in the network before and after: with the trigger, where there is one.
  public var triggeredBefore: Int?
  public var triggeredAfter: Int?
}

/// The neurons that poisoned training images changed most, with their top images in both networks. Both began with the
/// same weights, so that a number means the same neuron.
///
///     backdoor    d_j = (mean of φ_j on triggered images − mean on the same without) / deviation of φ_j on clean images
///     labels      z_jc = (mean of φ_j on class c − mean) / deviation;   max over c of |z_jc after − z_jc before|
///
/// A backdoor's neurons are those of largest d in the poisoned network; flipped labels' those of largest change.
struct NeuronGallery {
  static let shownNeurons = 4
  static let topCount = 8

  let changes: [NeuronChange]
  /// What is ranked: held-out images, some of them with a trigger.
  let images: LabelledImages
  /// Which of them carry it.
  let isTriggered: [Bool]
  /// For each change its top images, before and after.
  let topImages: [(before: [RankedImage], after: [RankedImage])]

  /// After a backdoor. Half of the held-out images that are not of the target class, drawn at random, carry the trigger
  /// in the ranking.
  init(
    before: Network, after: Network, heldOut: LabelledImages, trigger: Trigger, target: Int, seed: UInt64,
    workerCount: Int
  ) throws {
    let others = heldOut.labels.indices.filter { heldOut.labels[$0] != target }
    var generator = SeededGenerator(seed: seed, purpose: "triggered images of a gallery")
    let marked = generator.permutation(others.count).prefix(others.count / 2).map { others[$0] }
    let all = trigger.applied(to: heldOut, rows: others)
    let shifts = try [before, after].map { network -> [Double] in
      let engine = try Engine(running: network, workerCount: workerCount)
      let layer = network.graph.featureLayer
      let clean = try Self.columns(engine.features(of: heldOut, layer: layer))
      let triggered = try Self.columns(engine.features(of: all, layer: layer))
      return zip(clean, triggered).map { clean, triggered in
        let deviation = Self.deviation(clean)
        guard deviation > 0, !others.isEmpty else { return 0 }
        return others.reduce(0) { $0 + triggered[$1] - clean[$1] } / Double(others.count) / deviation
      }
    }
    var isTriggered = [Bool](repeating: false, count: heldOut.count)
    for image in marked { isTriggered[image] = true }
    try self.init(
      before, after, values: shifts, labels: nil, order: { shifts[1][$0] },
      images: trigger.applied(to: heldOut, rows: marked), isTriggered: isTriggered, hasTrigger: true,
      workerCount: workerCount)
  }

  /// After flipped labels.
  init(before: Network, after: Network, heldOut: LabelledImages, workerCount: Int) throws {
    let means = try [before, after].map { network -> [[Double]] in
      let engine = try Engine(running: network, workerCount: workerCount)
      return try Self.columns(engine.features(of: heldOut, layer: network.graph.featureLayer)).map { column in
        let (mean, deviation) = (column.reduce(0, +) / Double(column.count), Self.deviation(column))
        return heldOut.classNames.indices.map { label in
          let own = heldOut.labels.indices.filter { heldOut.labels[$0] == label }
          guard deviation > 0, !own.isEmpty else { return 0 }
          return (own.reduce(0) { $0 + column[$1] } / Double(own.count) - mean) / deviation
        }
      }
    }
    // The class whose mean moved most is the one that both numbers are of.
    let moved = zip(means[0], means[1]).map { before, after in
      before.indices.max { (abs(after[$0] - before[$0]), -$0) < (abs(after[$1] - before[$1]), -$1) } ?? 0
    }
    let values = means.map { columns in columns.indices.map { columns[$0][moved[$0]] } }
    try self.init(
      before, after, values: values, labels: moved, order: { abs(values[1][$0] - values[0][$0]) },
      images: heldOut,
      isTriggered: [Bool](repeating: false, count: heldOut.count), hasTrigger: false,
      workerCount: workerCount)
  }

  private init(
    _ before: Network, _ after: Network, values: [[Double]], labels: [Int]?, order: (Int) -> Double,
    images: LabelledImages,
    isTriggered: [Bool], hasTrigger: Bool, workerCount: Int
  ) throws {
    let chosen = values[0].indices.sorted { (-order($0), $0) < (-order($1), $1) }.prefix(Self.shownNeurons)
    let rankings = try [before, after].map { network -> Ranking in
      let features = try Engine(running: network, workerCount: workerCount).features(
        of: images, layer: network.graph.featureLayer)
      return Ranking(
        of: try FeatureMatrix(values: features, layer: "features"),
        along: .neurons(Array(chosen), dimension: features.rowLength), topCount: Self.topCount,
        workerCount: workerCount)
    }
    topImages = chosen.indices.map { (rankings[0].topImages[$0], rankings[1].topImages[$0]) }
    changes = zip(chosen, topImages).map { neuron, top in
      func marked(_ images: [RankedImage]) -> Int? {
        hasTrigger ? images.count { isTriggered[$0.imageIndex] } : nil
      }
      return NeuronChange(
        neuron: neuron, label: labels?[neuron], before: values[0][neuron], after: values[1][neuron],
        triggeredBefore: marked(top.before), triggeredAfter: marked(top.after))
    }
    (self.images, self.isTriggered) = (images, isTriggered)
  }

  /// Contact sheets of both networks side by side.
  func sheet(caption: FigureCaption, name: String, titles: (before: String, after: String)) -> ContactSheet {
    func block(_ title: String, _ top: (Int) -> [RankedImage], _ value: (NeuronChange) -> Double)
      -> ContactSheet.Block
    {
      ContactSheet.Block(
        title: title,
        rows: changes.indices.map { place in
          ContactSheet.Row(
            id: "n" + padded(changes[place].neuron),
            note: note(changes[place], name, value(changes[place])),
            isDead: (top(place).first?.score ?? 0) <= 0,
            tiles: top(place).map {
              ContactSheet.Tile(
                image: images.bitmap($0.imageIndex), caption: Numbers.threeDigits(Double($0.score)),
                classIndex: images.labels[$0.imageIndex])
            })
        })
    }
    return ContactSheet(
      caption: caption, classNames: images.classNames,
      blocks: [
        block(titles.before, { topImages[$0].before }, \.before),
        block(titles.after, { topImages[$0].after }, \.after),
      ])
  }

  /// `d 4.75`, or of a class `z of 2: 1.51`.
  private func note(_ change: NeuronChange, _ name: String, _ value: Double) -> String {
    let number = Numbers.threeDigits(value)
    return change.label.map { "\(name) of \(images.classNames[$0]): \(number)" } ?? "\(name) \(number)"
  }

  private func padded(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 3 - text.count)) + text
  }

  private static func columns(_ features: Tensor) -> [[Double]] {
    (0..<features.rowLength).map { column in
      (0..<features.count).map { Double(features.elements[$0 * features.rowLength + column]) }
    }
  }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }
}
