import Adversarial
import Directions
import Foundation
import Images
import LocalServer
import Networks
import Storage
import Tensors
import Testing

@testable import Explorer
@testable import Lab

struct ExploredRunTests {
  private let laboratory: TrainedRun
  private let explored: ExploredRun

  init() throws {
    laboratory = try TrainedRun.shared.get()
    explored = try ExploredRun(laboratory.run, bases: [])
  }

  private func wish(_ kind: DirectionRequest.Kind, top: Int = 9) -> DirectionRequest {
    DirectionRequest(run: 0, asker: "test", kind: kind, top: top)
  }

  /// All images in the order of the project: score descending, index ascending.
  private func order(along vector: [Float]) -> [(image: Int, score: Float)] {
    let features = explored.run.features.values
    return (0..<features.count).map { image in
      (image, Float(zip(features[row: image], vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }))
    }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
  }

  // MARK: Directions

  @Test("The images of a neuron are its ranking, in the total order", arguments: [0, 1, 17, 127])
  func neuron(unit: Int) throws {
    var wish = wish(.neuron)
    wish.neuron = unit
    wish.hasLowest = true
    let answer = try explored.answer(to: wish)
    let ranking = Ranking(
      of: explored.run.features, along: .neurons([unit], dimension: explored.run.features.dimension),
      topCount: 9)
    #expect(answer.id == ranking.directionIDs[0])
    #expect(answer.images.map(\.index) == ranking.topImages[0].map(\.imageIndex))
    #expect(answer.images.map(\.score) == ranking.topImages[0].map(\.score))
    var axis = [Float](repeating: 0, count: explored.run.features.dimension)
    axis[unit] = 1
    #expect(answer.images.map(\.index) == order(along: axis).prefix(9).map(\.image))
    let lowest = order(along: axis).sorted {
      $0.score != $1.score ? $0.score < $1.score : $0.image < $1.image
    }
    #expect(answer.lowest?.map(\.index) == lowest.prefix(9).map(\.image))
    #expect(answer.agreement == LabelAgreement(of: answer.images.map(\.index), in: explored.run.labels))
    #expect(answer.classCounts.reduce(0, +) == 9)
  }

  @Test("Random direction n of a seed is that of the gallery", arguments: [(1, 0), (1, 7), (2, 7)])
  func random(seed: UInt64, number: Int) throws {
    var wish = wish(.random, top: 25)
    (wish.seed, wish.number) = (seed, number)
    let answer = try explored.answer(to: wish)
    let drawn = DirectionSet.randomSphere(
      count: 20, dimension: explored.run.features.dimension, seed: seed)
    let ranking = Ranking(of: explored.run.features, along: drawn, topCount: 25)
    #expect(answer.id == drawn.ids[number])
    #expect(answer.images.map(\.index) == ranking.topImages[number].map(\.imageIndex))
    #expect(answer.images.map(\.score) == ranking.topImages[number].map(\.score))
    let statistics = ActivationStatistics.table(of: explored.run.features, along: drawn, ranking: ranking)
    #expect(answer.statistics == statistics[number])
  }

  @Test("A mixture has length 1, and of one neuron it is the neuron")
  func mixture() throws {
    var one = wish(.neuron)
    one.neuron = 5
    var mixed = wish(.mixture)
    mixed.weights = [.init(neuron: 5, weight: 0.25)]
    #expect(try explored.answer(to: mixed).images == explored.answer(to: one).images)
    mixed.weights = [.init(neuron: 5, weight: 0.3), .init(neuron: 9, weight: -0.4)]
    var vector = [Float](repeating: 0, count: explored.run.features.dimension)
    (vector[5], vector[9]) = (0.6, -0.8)
    let answer = try explored.answer(to: mixed)
    #expect(answer.images.map(\.index) == order(along: vector).prefix(9).map(\.image))
    for (found, expected) in zip(answer.images, order(along: vector)) {
      // Weights are rounded to Float twice.
      #expect(abs(found.score - expected.score) <= 1e-5 * (1 + abs(expected.score)))
    }
  }

  @Test("A saved basis is looked at row by row; of another width it is refused")
  func basis() throws {
    let width = explored.run.features.dimension
    let random = DirectionSet.randomSphere(count: 4, dimension: width, seed: 3)
    let file = laboratory.folder.appending(path: "basis.npy")
    try NPYFile(random.matrix).write(to: file)
    let with = try ExploredRun(laboratory.run, bases: [SavedBasis(file, unitCount: width)])
    var wish = wish(.basis)
    (wish.basis, wish.row) = (0, 2)
    let ranking = Ranking(of: explored.run.features, along: random, topCount: 9)
    #expect(try with.answer(to: wish).images.map(\.index) == ranking.topImages[2].map(\.imageIndex))
    #expect(throws: FileError.self) { try SavedBasis(file, unitCount: width + 1) }
    #expect(SavedBasis.found(in: laboratory.folder, unitCount: width).map(\.name) == ["basis.npy"])
  }

  @Test("What is out of range is refused with what was expected")
  func outOfRange() throws {
    func refusal(_ change: (inout DirectionRequest) -> Void) -> String? {
      var wish = wish(.neuron)
      wish.neuron = 0
      change(&wish)
      do {
        _ = try explored.answer(to: wish)
        return nil
      } catch { return (error as? ServerRefusal)?.sentence ?? "\(error)" }
    }
    let width = explored.run.features.dimension
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.neuron = width } == "neuron must be from 0 to \(width - 1), got \(width)")
    #expect(refusal { $0.neuron = -1 } != nil)
    #expect(refusal { $0.neuron = nil } == "neuron is missing")
    #expect(refusal { $0.top = 0 } == "top must be from 1 to 100, got 0")
    #expect(refusal { $0.top = 1_000_000 } != nil)
    #expect(refusal { ($0.kind, $0.number) = (.random, 1000) } == "number must be from 0 to 999, got 1000")
    #expect(refusal { $0.kind = .mixture } != nil)
    #expect(
      refusal { ($0.kind, $0.weights) = (.mixture, [.init(neuron: 0, weight: 0)]) }!.contains("other than 0"))
    #expect(
      refusal { ($0.kind, $0.weights) = (.mixture, [.init(neuron: 0, weight: 2)]) }!.contains("-1 to 1"))
    #expect(refusal { ($0.kind, $0.basis, $0.row) = (.basis, 0, 0) } != nil)
  }

  // MARK: Attacks

  private func attack(_ attack: ExploredAttack, image: Int, epsilon: Float = 0.1, target: Int? = nil) throws
    -> ExploredRun.AttackAnswer
  {
    try explored.answer(
      to: AttackRequest(
        run: 0, asker: "test", image: image, attack: attack, epsilon: epsilon, target: target))
  }

  private var rightImage: Int {
    explored.run.predictions.indices.first {
      explored.run.predictions[$0].label == explored.run.images.labels[$0]
    }!
  }

  @Test("An attack gives what the evaluation of the commands gives", arguments: ExploredAttack.allCases)
  func attacks(attack kind: ExploredAttack) throws {
    let image = rightImage
    let epsilon: Float = kind.norm == .linf ? 0.2 : 1
    let answer = try attack(kind, image: image, epsilon: epsilon)
    let engine = try Engine(running: explored.run.model.network, workerCount: 2)
    let evaluation = try Evaluation(
      of: kind.method.attack(seed: 1, workerCount: 2),
      on: AttackBatch(
        images: explored.run.images.tensor(of: [image]), labels: [explored.run.images.labels[image]],
        imageIDs: [image]),
      under: ThreatModel(norm: kind.norm, epsilon: kind.hasBudget ? epsilon : .infinity), classifier: engine)
    let record = evaluation.images[0]
    #expect(answer.verdict == record.verdict && answer.attempt.label == record.attempt.label)
    #expect(answer.survives8Bit == record.survives8Bit)
    if record.verdict == .succeeded {
      // Another micro-batch may round otherwise.
      #expect(abs(answer.distortion.l2 - record.distortion.l2) <= 1e-3 * (1 + record.distortion.l2))
    }
    // The largest of 1, 2, 5, … that keeps the largest change within half the range: 2 for 0.2, whatever rounding adds.
    if kind.hasBudget, kind.norm == .linf { #expect(answer.amplification == 2) }
    if kind.hasBudget {
      let length = kind.norm == .linf ? answer.distortion.linf : answer.distortion.l2
      #expect(length > 0 && length <= Double(epsilon) * 1.0001)
    }
    let line = try #require(answer.line)
    #expect(line.lengths.count == ExploredRun.linePointCount && line.lengths[20] == 0)
    if kind.hasBudget { #expect(abs(line.lengths[40] - Double(epsilon)) < 1e-6) }
    for (onLine, clean) in zip(line.logits[20], answer.clean.logits) {
      #expect(abs(onLine - clean) <= 1e-4 * (1 + abs(clean)))
    }
    #expect(abs(answer.clean.probabilities.reduce(0, +) - 1) < 1e-9)
  }

  @Test("With ε = 0 nothing changes and there is no line; a wider ball changes more")
  func epsilon() throws {
    let still = try attack(.fastGradientSign, image: rightImage, epsilon: 0)
    #expect(still.verdict == .failed && still.line == nil && still.distortion.l0 == 0)
    #expect(still.clean.logits == still.attempt.logits)
    let lengths = try [Float(0.05), 0.1, 0.3].map {
      try attack(.fastGradientSign, image: rightImage, epsilon: $0).distortion.linf
    }
    #expect(lengths == lengths.sorted() && lengths[0] > 0.04)
  }

  @Test("A misclassified image is not attacked, and a class that is none is refused")
  func notAttacked() throws {
    let predictions = explored.run.predictions
    if let wrong = predictions.indices.first(where: {
      predictions[$0].label != explored.run.images.labels[$0]
    }) {
      #expect(try attack(.fastGradientSign, image: wrong).verdict == .alreadyWrong)
      #expect(explored.description.wrongImages.first == wrong)
    }
    #expect(throws: ServerRefusal(400, "target must be from 0 to 2, got 3")) {
      try attack(.fastGradientSign, image: 0, target: 3)
    }
    #expect(throws: ServerRefusal(400, "image must be from 0 to 59, got 60")) {
      try attack(.fastGradientSign, image: 60)
    }
    let label = explored.run.images.labels[rightImage]
    #expect(try attack(.deepFool, image: rightImage, target: label).verdict == .alreadyTarget)
    let aimed = try attack(.deepFool, image: rightImage, target: (label + 1) % 3)
    #expect(aimed.verdict == .succeeded && aimed.attempt.label == (label + 1) % 3)
  }

  // MARK: Pictures

  private func picture(_ file: Data, isInverted: Bool = false) -> PictureRequest {
    PictureRequest(
      run: 0, asker: "test",
      picture: .init(file: file.base64EncodedString(), isInverted: isInverted))
  }

  private let nowhere = URL(filePath: "picture")

  @Test("An image of the data, sent back as a picture, is seen as what it is")
  func ownImage() throws {
    let image = rightImage
    let bitmap = explored.bitmap(of: explored.run.images.tensor(of: [image]).elements)
    let answer = try explored.answer(to: picture(PNGFile.encode(bitmap, file: nowhere)))
    #expect(answer.guess.label == explored.run.predictions[image].label)
    let features = Array(explored.run.features.values[row: image])
    #expect(answer.neurons.count == ExploredRun.neuronCount)
    for neuron in answer.neurons {
      #expect(abs(neuron.activation - features[neuron.neuron]) <= 1e-4 * (1 + abs(neuron.activation)))
    }
    #expect(answer.neurons.map(\.activation) == answer.neurons.map(\.activation).sorted(by: >))
    #expect(answer.neurons[0].activation >= features.max()! - 1e-4)
    let ranking = Ranking(
      of: explored.run.features,
      along: .neurons([answer.neurons[0].neuron], dimension: explored.run.features.dimension),
      topCount: ExploredRun.imagesPerNeuron)
    #expect(answer.neurons[0].images.map(\.index) == ranking.topImages[0].map(\.imageIndex))
  }

  @Test("Pictures of any size and kind become images of the data's shape; inverted ones are turned round")
  func scaled() throws {
    let large = Bitmap(
      width: 64, height: 32, channels: 3, samples: [UInt8](repeating: 51, count: 64 * 32 * 3))
    for file in [
      try PNGFile.encode(large, file: nowhere), try JPEGFile.encode(large, quality: 95, file: nowhere),
    ] {
      let tensor = try explored.tensor(of: picture(file).picture)
      #expect(tensor.shape == [1, 1, 8, 8])
      #expect(tensor.elements.allSatisfy { abs($0 - 0.2) < 0.01 })
      let inverted = try explored.tensor(of: picture(file, isInverted: true).picture)
      #expect(inverted.elements.allSatisfy { abs($0 - 0.8) < 0.01 })
    }
  }

  @Test("What is no picture, or too large a one, is refused in a sentence without a path")
  func notAPicture() throws {
    func refusal(_ request: PictureRequest) -> ServerRefusal? {
      do {
        _ = try explored.answer(to: request)
        return nil
      } catch { return error as? ServerRefusal }
    }
    #expect(refusal(picture(Data("text".utf8)))?.sentence == "the picture is neither a PNG nor a JPEG image")
    #expect(refusal(picture(Data()))?.sentence == "the picture is empty: expected a PNG or JPEG image")
    #expect(
      refusal(PictureRequest(run: 0, asker: "", picture: .init(file: "%%%")))?.sentence
        == "the picture is not in base64")
    #expect(refusal(picture(Data(count: PictureRequest.byteLimit + 1)))?.status == 413)
    // 25 million black pixels take a few kilobytes.
    let bomb = Bitmap(
      width: 5000, height: 5000, channels: 1, samples: [UInt8](repeating: 0, count: 25_000_000))
    let sentence = try #require(refusal(picture(PNGFile.encode(bomb, file: nowhere)))?.sentence)
    #expect(sentence.contains("5000") && sentence.contains("\(PictureRequest.pixelLimit)"), "\(sentence)")
  }

  @Test("A picture can be attacked; what the network says of it stands for its class")
  func attackPicture() throws {
    let bitmap = explored.bitmap(of: explored.run.images.tensor(of: [rightImage]).elements)
    var request = AttackRequest(run: 0, asker: "", attack: .deepFool, epsilon: 0)
    request.picture = picture(try PNGFile.encode(bitmap, file: nowhere)).picture
    let answer = try explored.answer(to: request)
    #expect(answer.image == nil && answer.label == answer.clean.label)
    #expect(answer.verdict == .succeeded && answer.attempt.label != answer.label)
  }
}
