extension Bitmap {
  /// Rounds pixels in [0, 1] to 8 bits; values outside are clamped.
  ///
  ///     sample = round(255 x), halves away from zero
  ///
  /// - Parameters:
  ///   - planar: `[channels, height, width]`, `channels × height × width` finite values.
  public init(planar: some Collection<Float>, channels: Int, height: Int, width: Int) {
    precondition(
      planar.count == channels * height * width,
      "\(channels)×\(height)×\(width) needs \(channels * height * width) values, got \(planar.count)")
    let plane = height * width
    var samples = [UInt8](repeating: 0, count: planar.count)
    for (position, value) in planar.enumerated() {
      let (channel, pixel) = position.quotientAndRemainder(dividingBy: plane)
      samples[pixel * channels + channel] = Self.sample(value)
    }
    self.init(width: width, height: height, channels: channels, samples: samples)
  }

  /// The reverse of ``planarSamples-swift.property``.
  ///
  /// - Parameter planarSamples: `[channels, height, width]`.
  public init(planarSamples: ArraySlice<UInt8>, channels: Int, height: Int, width: Int) {
    let plane = height * width
    precondition(
      planarSamples.count == channels * plane,
      "\(channels)×\(height)×\(width) needs \(channels * plane) samples, got \(planarSamples.count)")
    let samples = planarSamples.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { buffer, count in
        for channel in 0..<channels {
          for pixel in 0..<plane { buffer[pixel * channels + channel] = source[channel * plane + pixel] }
        }
        count = source.count
      }
    }
    self.init(width: width, height: height, channels: channels, samples: samples)
  }

  /// The pixels as `[channels, height, width]` in [0, 1]: sample / 255.
  public var planarValues: [Float] {
    planarSamples.map { Float($0) / 255 }
  }

  /// The samples as `[channels, height, width]`.
  public var planarSamples: [UInt8] {
    let plane = width * height
    return [UInt8](unsafeUninitializedCapacity: samples.count) { buffer, count in
      for channel in 0..<channels {
        for pixel in 0..<plane { buffer[channel * plane + pixel] = samples[pixel * channels + channel] }
      }
      count = samples.count
    }
  }

  /// 8-bit sample of a pixel value: clamped to [0, 1] and rounded to nearest.
  static func sample(_ value: Float) -> UInt8 {
    precondition(!value.isNaN, "a pixel must be a number, got NaN")
    return UInt8((min(max(value, 0), 1) * 255).rounded())
  }

  /// Three equal channels from one; an RGB bitmap is returned unchanged.
  public var rgb: Bitmap {
    guard channels == 1 else { return self }
    return Bitmap(width: width, height: height, channels: 3, samples: samples.flatMap { [$0, $0, $0] })
  }

  /// One channel from three; a grey bitmap is returned unchanged.
  ///
  ///     Y = 0.299 R + 0.587 G + 0.114 B, rounded to nearest
  ///
  /// ITU-R BT.601, as JPEG uses it: three equal channels give back their value.
  public var grey: Bitmap {
    guard channels == 3 else { return self }
    let luma = stride(from: 0, to: samples.count, by: 3).map { pixel in
      let weighted =
        299 * Int(samples[pixel]) + 587 * Int(samples[pixel + 1]) + 114 * Int(samples[pixel + 2])
      return UInt8((weighted + 500) / 1000)
    }
    return Bitmap(width: width, height: height, channels: 1, samples: luma)
  }
}
