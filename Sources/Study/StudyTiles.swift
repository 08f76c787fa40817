import Datasets
import Images
import Tensors

/// Pictures of trials: tiles side by side, pixel for pixel, with nothing written on or beside them.
enum StudyTiles {
  static func picture(of images: [Int], in set: LabelledImages) -> Bitmap {
    let shape = set.shape
    let pixels = set.tensor(of: images)
    let length = pixels.rowLength
    let tiles = images.indices.map { number in
      Bitmap(
        planar: pixels.elements[number * length..<(number + 1) * length], channels: shape.channels,
        height: shape.height, width: shape.width)
    }
    let rowLength = shape.width * tiles[0].channels
    var samples: [UInt8] = []
    samples.reserveCapacity(tiles.count * rowLength * shape.height)
    for row in 0..<shape.height {
      for tile in tiles { samples += tile.samples[row * rowLength..<(row + 1) * rowLength] }
    }
    return Bitmap(
      width: shape.width * tiles.count, height: shape.height, channels: tiles[0].channels, samples: samples)
  }
}
