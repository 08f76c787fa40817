import OneDNN

/// The largest of each `pieces` neighbouring planes of an image: values of a vector, or channels of maps.
///
///     y_j = x_{w(j)},   w(j) = argmax of the pieces of j,   ∂L/∂x_i = ∂L/∂y_j where i = w(j), and 0 elsewhere
///
/// The first of equal pieces wins. A NaN wins over all, so that it is found where results are checked for it.
struct Maxout {
  let pieces: Int
  /// Values per plane: 1 for a vector, height · width for maps.
  let area: Int
  /// Number of output planes of all images together.
  let planeCount: Int

  func run(
    _ source: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>,
    winners: UnsafeMutablePointer<Float>?
  ) {
    for plane in 0..<planeCount {
      let group = source + plane * pieces * area
      let target = result + plane * area
      for place in 0..<area {
        var winner = 0
        var largest = group[place]
        for piece in 1..<max(pieces, 1) {
          let value = group[piece * area + place]
          if value > largest || (value.isNaN && !largest.isNaN) { (winner, largest) = (piece, value) }
        }
        target[place] = largest
        winners?[plane * area + place] = Float(winner)
      }
    }
  }

  func runGradient(
    _ gradient: UnsafePointer<Float>, winners: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    target.update(repeating: 0, count: planeCount * pieces * area)
    for plane in 0..<planeCount {
      let group = target + plane * pieces * area
      for place in 0..<area {
        let index = plane * area + place
        group[Int(winners[index]) * area + place] = gradient[index]
      }
    }
  }
}

extension PlanBuilder {
  func lowerMaxout(_ position: Int, pieces: Int, _ source: Value) throws -> Value {
    let shape = graph.nodes[position].shape
    let read = try MemoryDescription.plain([microBatch, shape[0] * pieces] + shape.dropFirst())
    let layout = try MemoryDescription.plain([microBatch] + shape)
    let from = try converted(source.memory, to: read)
    let result = Value(try allocate(layout), needsGradient: source.needsGradient)
    let keeps = purpose.needsGradients && source.needsGradient
    let winners = keeps ? try allocate(layout) : nil
    let to = result.memory
    let maxout = Maxout(
      pieces: pieces, area: shape.dropFirst().reduce(1, *), planeCount: microBatch * shape[0])
    emit("maxout") { _, _ in maxout.run(from.floats, to: to.floats, winners: winners?.floats) }
    if let winners {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        try contribute(to: source, in: read) { target in
          emit("maxout, gradient") { _, _ in
            maxout.runGradient(gradient.floats, winners: winners.floats, to: target.floats)
          }
        }
      }
    }
    return result
  }
}
