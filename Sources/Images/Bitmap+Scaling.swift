extension Bitmap {
  /// Enlarges every pixel to a square of `factor × factor` equal pixels.
  public func enlarged(by factor: Int) -> Bitmap {
    precondition(factor >= 1, "the factor must be at least 1, got \(factor)")
    guard factor > 1 else { return self }
    var scaled: [UInt8] = []
    scaled.reserveCapacity(samples.count * factor * factor)
    for row in 0..<height {
      let start = scaled.count
      for column in 0..<width {
        let pixel = (row * width + column) * channels
        for _ in 0..<factor { scaled += samples[pixel..<pixel + channels] }
      }
      let line = Array(scaled[start...])
      for _ in 1..<factor { scaled += line }
    }
    return Bitmap(width: width * factor, height: height * factor, channels: channels, samples: scaled)
  }

  /// Resizes by area averaging: a new pixel is the mean of the old image under its square, where a partly covered old
  /// pixel is weighted by its covered area. The aspect ratio is not preserved.
  public func resized(width newWidth: Int, height newHeight: Int) -> Bitmap {
    precondition(newWidth > 0 && newHeight > 0, "extents must be positive, got \(newWidth)×\(newHeight)")
    precondition(width > 0 && height > 0, "an image without pixels cannot be resized")
    guard newWidth != width || newHeight != height else { return self }
    let columns = Self.coverage(from: width, to: newWidth)
    let rows = Self.coverage(from: height, to: newHeight)

    var narrow = [Double](repeating: 0, count: height * newWidth * channels)
    for row in 0..<height {
      for (column, parts) in columns.enumerated() {
        for (source, weight) in parts {
          for channel in 0..<channels {
            narrow[(row * newWidth + column) * channels + channel] +=
              weight * Double(samples[(row * width + source) * channels + channel])
          }
        }
      }
    }
    let lineLength = newWidth * channels
    var result = [UInt8](repeating: 0, count: newHeight * lineLength)
    var sums = [Double](repeating: 0, count: lineLength)
    for (row, parts) in rows.enumerated() {
      for position in 0..<lineLength { sums[position] = 0 }
      for (source, weight) in parts {
        for position in 0..<lineLength { sums[position] += weight * narrow[source * lineLength + position] }
      }
      for position in 0..<lineLength {
        // The weights add up to 1 only within rounding, so a white image could slightly exceed 255.
        result[row * lineLength + position] = UInt8(min(sums[position].rounded(), 255))
      }
    }
    return Bitmap(width: newWidth, height: newHeight, channels: channels, samples: result)
  }

  /// For every new cell, the old cells under it with weights that add up to 1.
  private static func coverage(from old: Int, to new: Int) -> [[(source: Int, weight: Double)]] {
    (0..<new).map { cell in
      // In units of 1/new of an old cell all edges are whole numbers, so the overlaps are exact.
      let (start, end) = (cell * old, (cell + 1) * old)
      return (start / new...(end - 1) / new).map { source in
        let overlap = min(end, (source + 1) * new) - max(start, source * new)
        return (source, Double(overlap) / Double(old))
      }
    }
  }
}
