import Tensors

extension FeatureMatrix {
  /// The same images with only the given units, in that order.
  public func selecting(units: [Int]) -> FeatureMatrix {
    for unit in units {
      precondition((0..<dimension).contains(unit), "unit \(unit) is not in 0..<\(dimension)")
    }
    let dimension = dimension
    let selected = withValues { elements in
      [Float](unsafeUninitializedCapacity: imageCount * units.count) { buffer, count in
        for image in 0..<imageCount {
          for (place, unit) in units.enumerated() {
            buffer[image * units.count + place] = elements[image * dimension + unit]
          }
        }
        count = imageCount * units.count
      }
    }
    return FeatureMatrix(
      finite: Tensor(shape: [imageCount, units.count], elements: selected), labels: labels, layer: layer)
  }
}
