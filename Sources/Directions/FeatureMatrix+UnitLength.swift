import Tensors

extension FeatureMatrix {
  /// The same images with φ(x) / ‖φ(x)‖₂ in the place of φ(x), so that a ranking is by cosine and long φ have no
  /// advantage; a φ of length 0 stays 0.
  public var scaledToUnitLength: FeatureMatrix {
    let (imageCount, dimension) = (imageCount, dimension)
    let scaled = withValues { values in
      [Float](unsafeUninitializedCapacity: imageCount * dimension) { buffer, count in
        for image in 0..<imageCount {
          let row = image * dimension..<(image + 1) * dimension
          let length = Norm.l2(values[row])
          for index in row { buffer[index] = length > 0 ? Float(Double(values[index]) / length) : 0 }
        }
        count = imageCount * dimension
      }
    }
    return FeatureMatrix(
      finite: Tensor(shape: [imageCount, dimension], elements: scaled), labels: labels, layer: layer)
  }
}
