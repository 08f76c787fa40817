import Foundation
import Networks
import Tensors

/// The spectral norm of a convolution on a torus, by the discrete Fourier transform.
///
///     ‖W‖ = max over ξ of ‖A(ξ)‖,   A(ξ) = [ ŵ_dc(ξ + l ⊙ T/s) / √(s₁ s₂) ]   d by (c, l),   l ∈ [0, s₁) × [0, s₂)
///
/// ŵ is the transform of a kernel placed on a torus of T₁ × T₂ pixels, s the stride; ξ runs over the T/s frequencies of
/// the output. Subsampling aliases s₁ s₂ frequencies of the input onto one of the output with a factor 1/(s₁ s₂), and
/// by Parseval's theorem norms of input and output differ by √(s₁ s₂). Szegedy et al. (2013), section 4.3, equation 1,
/// print the factor stride⁻² without the second part; for a stride above 1 that is too small by a factor of the stride,
/// as the singular values of the explicit matrix show. <https://arxiv.org/abs/1312.6199>
///
/// On a torus of at least (size + 2 padding) pixels this bounds the zero-padded convolution of a network, which is that
/// of the torus applied to a zero-padded image, restricted to some of its outputs. On a torus of the image's own size,
/// as in the paper, it is an approximation and not a bound.
public enum ConvolutionSpectrum {
  /// The norms of a network's convolutions on the smallest torus that makes them bounds, as in table 5 of the paper.
  ///
  /// - Parameter iterationCount: Number of power iterations at each frequency.
  /// - Returns: Node names and norms, in the order of the graph.
  public static func norms(
    of network: Network, iterationCount: Int = 50, seed: UInt64 = 0
  ) -> [(layer: String, norm: SpectralNorm)] {
    network.graph.nodes.compactMap { node in
      guard case .convolution(let convolution) = node.layer else { return nil }
      let input = network.inputShape
      let shape =
        node.inputs[0].map { network.graph.nodes[$0].shape } ?? [input.channels, input.height, input.width]
      let norm = norm(
        of: convolution, weights: network.parameters[node.parameters.lowerBound].elements.map(Double.init),
        inputChannels: shape[0],
        torus: boundingTorus(of: convolution, height: shape[1], width: shape[2]),
        iterationCount: iterationCount, seed: seed)
      return (node.name, norm)
    }
  }

  /// - Parameters:
  ///   - weights: `[outputChannels, channels / groups, kernel height, kernel width]`.
  ///   - torus: A multiple of the stride in each direction.
  ///   - iterationCount: Number of power iterations at each frequency.
  static func norm(
    of convolution: Convolution, weights: [Double], inputChannels: Int, torus: Extent, iterationCount: Int,
    seed: UInt64
  ) -> SpectralNorm {
    let c = convolution
    precondition(
      torus.height % c.stride.height == 0 && torus.width % c.stride.width == 0,
      "a torus of \(torus.height)×\(torus.width) is no multiple of the stride")
    let folds = (c.stride.height, c.stride.width)
    let frequencies = (torus.height / folds.0, torus.width / folds.1)
    let (inputs, outputs) = (inputChannels / c.groups, c.outputChannels / c.groups)
    let columns = inputs * folds.0 * folds.1
    let scale = 1 / Double(folds.0 * folds.1).squareRoot()
    var (estimate, bound) = (0.0, 0.0)
    for group in 0..<c.groups {
      for row in 0..<frequencies.0 {
        for column in 0..<frequencies.1 {
          // A complex matrix as the real one [Re −Im; Im Re], which has the same singular values, each twice.
          var matrix = [Double](repeating: 0, count: 4 * outputs * columns)
          for foldRow in 0..<folds.0 {
            for foldColumn in 0..<folds.1 {
              let wave = Wave(
                row + foldRow * frequencies.0, column + foldColumn * frequencies.1, torus, c.kernel,
                c.dilation)
              for output in 0..<outputs {
                for input in 0..<inputs {
                  let first = ((group * outputs + output) * inputs + input) * c.kernel.height * c.kernel.width
                  let (real, imaginary) = wave.product(weights[first...])
                  let place = (input * folds.0 + foldRow) * folds.1 + foldColumn
                  matrix[output * 2 * columns + place] = scale * real
                  matrix[output * 2 * columns + columns + place] = -scale * imaginary
                  matrix[(outputs + output) * 2 * columns + place] = scale * imaginary
                  matrix[(outputs + output) * 2 * columns + columns + place] = scale * real
                }
              }
            }
          }
          let norm = SpectralNorm(
            of: LinearOperator(matrix: matrix, rows: 2 * outputs, columns: 2 * columns),
            iterationCount: iterationCount, seed: seed)
          estimate = max(estimate, norm.estimate)
          bound = max(bound, norm.upperBound)
        }
      }
    }
    return SpectralNorm(estimate: estimate, upperBound: bound)
  }

  /// The smallest torus on which the circular convolution bounds the zero-padded one.
  static func boundingTorus(of convolution: Convolution, height: Int, width: Int) -> Extent {
    func size(_ length: Int, _ padding: Int, _ stride: Int) -> Int {
      (length + 2 * padding + stride - 1) / stride * stride
    }
    return Extent(
      height: size(height, convolution.padding.height, convolution.stride.height),
      width: size(width, convolution.padding.width, convolution.stride.width))
  }

  /// e^{−2πi (k₁ u / T₁ + k₂ v / T₂)} at each position (u, v) of a kernel.
  private struct Wave {
    private let cosines: [Double]
    private let sines: [Double]

    init(_ row: Int, _ column: Int, _ torus: Extent, _ kernel: Extent, _ dilation: Extent) {
      let angles = (0..<kernel.height * kernel.width).map { place in
        let u = place / kernel.width * dilation.height
        let v = place % kernel.width * dilation.width
        return -2 * Double.pi
          * (Double(row * u % torus.height) / Double(torus.height)
            + Double(column * v % torus.width) / Double(torus.width))
      }
      cosines = angles.map { cos($0) }
      sines = angles.map { sin($0) }
    }

    func product(_ weights: ArraySlice<Double>) -> (real: Double, imaginary: Double) {
      var (real, imaginary) = (0.0, 0.0)
      for (place, weight) in weights.prefix(cosines.count).enumerated() {
        real += weight * cosines[place]
        imaginary += weight * sines[place]
      }
      return (real, imaginary)
    }
  }
}
