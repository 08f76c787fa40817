import Foundation
import Tensors

/// Where the power of images lies, from coarse to fine: rings of spatial frequency.
///
///     F(u, v) = Σ x(r, c) exp(−2πi (ur/H + vc/W)),   ring k: round(√(u² + v²)) = k with u, v taken to ±half
///     density(k) = (share of Σ|F|² in ring k) / (share of the coefficients in ring k)
///
/// White noise has density 1 in every ring, a constant image H W in ring 0 and 0 elsewhere. Each image counts equally,
/// channels are added.
struct RadialSpectrum: Equatable, Sendable {
  /// Mean over images of the share of power; adds up to 1.
  let powerShares: [Double]
  let coefficientShares: [Double]
  /// Images with any power.
  let count: Int

  var densities: [Double] { zip(powerShares, coefficientShares).map { $1 > 0 ? $0 / $1 : 0 } }

  /// - Parameter images: `[count, channels, height, width]`. Images of zeros are left out.
  init(of images: Tensor, workerCount: Int) {
    precondition(images.shape.count == 4, "images have four axes, got \(images.shape)")
    let (channels, height, width) = (images.shape[1], images.shape[2], images.shape[3])
    let (rows, columns) = (Self.waves(height), Self.waves(width))
    func frequency(_ index: Int, _ length: Int) -> Double { Double(min(index, length - index)) }
    let rings = (0..<height).map { u in
      (0..<width).map { v in
        let (across, up) = (frequency(v, width), frequency(u, height))
        return Int((across * across + up * up).squareRoot().rounded())
      }
    }
    let ringCount = (rings.flatMap(\.self).max() ?? 0) + 1
    var coefficients = [Double](repeating: 0, count: ringCount)
    for ring in rings.flatMap(\.self) { coefficients[ring] += 1 / Double(height * width) }
    let shares = Workers.map(count: images.count, workerCount: workerCount) { index -> [Double]? in
      var power = [Double](repeating: 0, count: ringCount)
      let image = Array(images[row: index])
      for channel in 0..<channels {
        // Rows first, then columns: the transform is a product of one in each axis.
        var real = [Double](repeating: 0, count: height * width)
        var imaginary = real
        for r in 0..<height {
          for v in 0..<width {
            var (sumReal, sumImaginary) = (0.0, 0.0)
            for c in 0..<width {
              let value = Double(image[(channel * height + r) * width + c])
              sumReal += value * columns.cosine[v * c % width]
              sumImaginary -= value * columns.sine[v * c % width]
            }
            real[r * width + v] = sumReal
            imaginary[r * width + v] = sumImaginary
          }
        }
        for u in 0..<height {
          for v in 0..<width {
            var (sumReal, sumImaginary) = (0.0, 0.0)
            for r in 0..<height {
              let (cosine, sine) = (rows.cosine[u * r % height], rows.sine[u * r % height])
              sumReal += real[r * width + v] * cosine + imaginary[r * width + v] * sine
              sumImaginary += imaginary[r * width + v] * cosine - real[r * width + v] * sine
            }
            power[rings[u][v]] += sumReal * sumReal + sumImaginary * sumImaginary
          }
        }
      }
      let total = power.reduce(0, +)
      return total > 0 ? power.map { $0 / total } : nil
    }.compactMap(\.self)
    count = shares.count
    coefficientShares = coefficients
    powerShares = (0..<ringCount).map { ring in
      shares.isEmpty ? 0 : shares.reduce(0) { $0 + $1[ring] } / Double(shares.count)
    }
  }

  /// cos and sin of 2πk/n.
  private static func waves(_ length: Int) -> (cosine: [Double], sine: [Double]) {
    let angles = (0..<length).map { 2 * Double.pi * Double($0) / Double(length) }
    return (angles.map { cos($0) }, angles.map { sin($0) })
  }
}

extension RadialSpectrum {
  /// Σ k · share(k): waves across the image, weighted by power.
  var meanFrequency: Double { powerShares.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } }

  /// Share of power in the lowest quarter of the rings, the mean included.
  var coarseShare: Double { powerShares.prefix(max(1, powerShares.count / 4)).reduce(0, +) }
}
