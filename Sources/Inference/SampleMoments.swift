/// Mean and spread of a sample in double precision.
struct SampleMoments {
  let mean: Double
  /// √( Σ (xᵢ − mean)² / (n − 1) ); `nil` for fewer than two values.
  let standardDeviation: Double?

  /// - Parameter values: At least one.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "no values have no mean")
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    guard values.count >= 2 else {
      standardDeviation = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = (squares / Double(values.count - 1)).squareRoot()
  }
}
