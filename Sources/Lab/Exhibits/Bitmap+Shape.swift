import Datasets
import Images
import Tensors

extension Bitmap {
  /// The picture of an image's pixels in [0, 1], stored channel by channel.
  package init(_ pixels: some Collection<Float>, of shape: ImageShape) {
    self.init(planar: pixels, channels: shape.channels, height: shape.height, width: shape.width)
  }
}

extension LabelledImages {
  /// The picture of one image.
  package func bitmap(_ number: Int) -> Bitmap { Bitmap(tensor(of: [number]).elements, of: shape) }
}
