import Directions
import Foundation
import Images
import LocalServer
import Storage
import Tensors

extension ExploredRun {
  struct PictureAnswer: Codable, Sendable {
    /// A neuron that the picture excites, with the images that excite it most.
    struct Neuron: Codable, Sendable {
      var id: String
      var neuron: Int
      var activation: Float
      /// Among the activations of all images: how many are below.
      var imagesBelow: Int
      var images: [Shown]
    }

    var guess: Guess
    var neurons: [Neuron]
    var milliseconds: Double
  }

  static let neuronCount = 6
  static let imagesPerNeuron = 6

  /// What the network says of a picture, and which neurons fire most for it.
  ///
  /// - Throws: ``ServerRefusal`` where the picture cannot be read, and what the engine throws.
  func answer(to request: PictureRequest) throws -> PictureAnswer {
    let start = ContinuousClock.now
    let image = try tensor(of: request.picture)
    let values =
      try run.layer.map {
        try run.engine.features(of: image, layer: $0, pooling: run.space.pooling).elements
      } ?? image.elements
    let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
    let strongest = Array(order.prefix(Self.neuronCount))
    let directions = DirectionSet.neurons(strongest, dimension: run.features.dimension)
    let ranking = Ranking(of: run.features, along: directions, topCount: Self.imagesPerNeuron)
    let below = DirectionScores.map(of: run.features, along: directions) { direction, scores in
      scores.values.count { $0 < values[strongest[direction]] }
    }
    return PictureAnswer(
      guess: try guess(of: image),
      neurons: try strongest.enumerated().map { row, neuron in
        PictureAnswer.Neuron(
          id: directions.ids[row], neuron: neuron, activation: values[neuron], imagesBelow: below[row],
          images: try ranking.topImages[row].map { try shown($0.imageIndex, score: $0.score) })
      },
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
  }

  /// The picture as the network takes it: grey or in colour, and scaled, as the images of the data are.
  func tensor(of picture: PictureRequest.Picture) throws -> Tensor {
    guard let data = Data(base64Encoded: picture.file) else {
      throw ServerRefusal(400, "the picture is not in base64")
    }
    guard data.count <= PictureRequest.byteLimit else {
      throw ServerRefusal(413, "the picture has more than \(MemoryShortage.text(PictureRequest.byteLimit))")
    }
    var bitmap: Bitmap
    do {
      bitmap = try ImageFile.decode(
        data, file: URL(filePath: "picture"), pixelLimit: PictureRequest.pixelLimit)
    } catch let error as FileError {
      throw ServerRefusal(400, "the picture \(error.problem)")
    }
    let shape = run.images.shape
    bitmap = shape.channels == 1 ? bitmap.grey : bitmap.rgb
    bitmap = bitmap.resized(width: shape.width, height: shape.height)
    if picture.isInverted == true {
      bitmap = Bitmap(
        width: bitmap.width, height: bitmap.height, channels: bitmap.channels,
        samples: bitmap.samples.map { 255 - $0 })
    }
    return Tensor(shape: [1, shape.channels, shape.height, shape.width], elements: bitmap.planarValues)
  }
}
