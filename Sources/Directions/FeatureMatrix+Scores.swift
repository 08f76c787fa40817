extension FeatureMatrix {
  /// The score ⟨φ(x), v⟩ of every image along one direction, as used in a ranking: summed in Double, rounded to Float.
  ///
  /// - Returns: `imageCount` scores, none of them −0.
  public func scores(along directions: DirectionSet, row: Int) -> [Float] {
    precondition((0..<directions.count).contains(row), "row \(row) is not in 0..<\(directions.count)")
    let chosen = Scores(features: self, directions: directions.chosen([row]))
    return (0..<imageCount).map { chosen.exact(image: $0, direction: 0) + 0 }
  }
}
