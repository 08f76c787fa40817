import Datasets
import Tensors

/// Labelled noise with one bright patch per class: easy to learn, quick to make.
enum SyntheticImages {
  static func make(
    count: Int, shape: ImageShape = ImageShape(channels: 1, height: 8, width: 8), classCount: Int = 4,
    seed: UInt64 = 1
  ) -> LabelledImages {
    var generator = SeededGenerator(seed: seed)
    var samples: [UInt8] = []
    var labels: [Int] = []
    for image in 0..<count {
      let label = image % classCount
      labels.append(label)
      for _ in 0..<shape.channels {
        for row in 0..<shape.height {
          for column in 0..<shape.width {
            let quarter = (row * 2 / shape.height) * 2 + column * 2 / shape.width
            let noise = Int(generator.next(upperBound: 96 as UInt64))
            samples.append(UInt8(noise + (quarter == label % 4 ? 120 : 0)))
          }
        }
      }
    }
    return LabelledImages(
      shape: shape, pixels: .bytes(samples), labels: labels,
      classNames: (0..<classCount).map { "class \($0)" })
  }
}
