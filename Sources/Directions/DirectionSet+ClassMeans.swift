import Tensors

extension DirectionSet {
  /// Directions from the mean of all classes to the mean of each.
  ///
  ///     v_c = (μ_c − μ) / ‖μ_c − μ‖₂,   μ_c mean of φ over class c,  μ mean of the μ_c
  ///
  /// An upper bound: directions derived from labels. Without − μ all of them would point at what all images have in
  /// common; a shift of φ changes no ranking, but a shift of v does.
  ///
  /// - Parameters:
  ///   - features: Features of training images, if held-out ones are to be ranked.
  ///   - labels: Labels of these images.
  /// - Returns: `y000` for class 0 and so on, except for classes without images or whose mean is μ itself.
  public static func classMeans(of features: FeatureMatrix, labels: ClassLabels) -> DirectionSet {
    precondition(
      labels.values.count == features.imageCount,
      "\(labels.values.count) labels are not those of \(features.imageCount) images")
    let dimension = features.dimension
    var sums = [Double](repeating: 0, count: labels.classCount * dimension)
    features.withValues { values in
      for (image, label) in labels.values.enumerated() {
        for column in 0..<dimension {
          sums[label * dimension + column] += Double(values[image * dimension + column])
        }
      }
    }
    let present = (0..<labels.classCount).filter { labels.imageCounts[$0] > 0 }
    let means = present.map { label in
      (0..<dimension).map { sums[label * dimension + $0] / Double(labels.imageCounts[label]) }
    }
    let centre = (0..<dimension).map { column in
      means.reduce(0) { $0 + $1[column] } / Double(max(means.count, 1))
    }
    var ids: [String] = []
    var elements: [Float] = []
    for (label, mean) in zip(present, means) {
      let difference = zip(mean, centre).map { $0 - $1 }
      let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      ids.append("y" + padded(label, to: 3))
      elements += difference.map { Float($0 / length) }
    }
    return DirectionSet(
      kind: .classMeans, ids: ids, matrix: Tensor(shape: [ids.count, dimension], elements: elements))
  }
}
