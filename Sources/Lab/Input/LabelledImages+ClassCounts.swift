import Datasets

extension LabelledImages {
  /// How many images each class has, in class order.
  package var countOfEachClass: [Int] {
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labels { counts[label] += 1 }
    return counts
  }
}
