import Adversarial
import Datasets
import Networks
import Tensors

/// Certified lower bounds on the distance to an adversarial example, beside the distances that an attack has found.
public struct DistanceBounds: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// The network is linear: the bound is the distance itself, box included (``LinearModelDistance``).
    case exact
    /// Margin over the Lipschitz bound of the network, L2 (``CertifiedRadius``); Szegedy et al. (2013), section 4.3.
    case lipschitz
    /// None is known for this norm and network.
    case none
  }

  public var kind: Kind
  /// L of the whole network, image to logits; nil for linear ones, and where a layer has no bound.
  public var lipschitz: LipschitzBound?
  /// Median over the images attacked with success; nil without one.
  public var medianBound: Double?
  /// Distance found over the bound: how much room is left between attack and certificate.
  public var medianRatio: Double?
  /// Successes nearer than the bound allows: always 0, unless something is wrong.
  public var violationCount: Int

  /// One for each image, in the order of the results; 0 where the network is wrong without help. For the table.
  var ofImages: [Double]

  private enum CodingKeys: String, CodingKey {
    case kind, lipschitz, medianBound, medianRatio, violationCount
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    lipschitz = try container.decodeIfPresent(LipschitzBound.self, forKey: .lipschitz)
    medianBound = try container.decodeIfPresent(Double.self, forKey: .medianBound)
    medianRatio = try container.decodeIfPresent(Double.self, forKey: .medianRatio)
    violationCount = try container.decode(Int.self, forKey: .violationCount)
    ofImages = []
  }

  /// - Parameters:
  ///   - numbers: Of the images attacked.
  ///   - attacked: What became of them, in the same order.
  /// - Throws: What `engine` throws.
  init(
    of network: Network, by engine: Engine, images: LabelledImages, numbers: [Int], attacked: [AttackedImage],
    norm: Norm
  ) throws {
    if let linear = LinearModelDistance(of: network) {
      kind = .exact
      lipschitz = nil
      ofImages = Workers.map(count: attacked.count) { index in
        let image = attacked[index]
        return image.verdict == .alreadyWrong
          ? 0
          : linear.distance(
            from: images.tensor(of: [numbers[index]]).elements, label: image.label, target: image.target,
            norm: norm, bounds: 0...1)
      }
    } else if norm == .l2, let bound = try? LipschitzBound(of: network, iterationCount: 60) {
      kind = .lipschitz
      lipschitz = bound
      let certificate = CertifiedRadius(bound, of: network)
      var radii: [Double] = []
      for rows in Workers.pieces(of: numbers.count, length: 1024) {
        let logits = try engine.logits(of: images.tensor(of: numbers[rows]))
        radii += rows.map { certificate.radius(logits[row: $0 - rows.lowerBound], label: attacked[$0].label) }
      }
      ofImages = radii
    } else {
      (kind, lipschitz) = (.none, nil)
      ofImages = Array(repeating: 0, count: attacked.count)
    }
    let bounds = ofImages
    let pairs = attacked.indices.filter { attacked[$0].verdict == .succeeded }.map {
      (found: attacked[$0].distortion.length(in: norm), bound: bounds[$0])
    }
    medianBound = kind == .none ? nil : Statistics.median(pairs.map(\.bound))
    medianRatio =
      kind == .none ? nil : Statistics.median(pairs.filter { $0.bound > 0 }.map { $0.found / $0.bound })
    // Float pixels: a distance may fall short of an exact one by rounding.
    violationCount = pairs.count { $0.found < $0.bound * (1 - 1e-5) - 1e-6 }
  }

  /// One finding.
  public var sentence: String {
    switch kind {
    case .none: "No certified lower bound on the distance is known for this network and norm."
    case .exact:
      medianRatio.map {
        String(format: "The network is linear: distances found are %.4f times the exact ones (median).", $0)
      } ?? "The network is linear, but no adversarial example was found to compare with the exact distances."
    case .lipschitz:
      medianRatio.map {
        String(
          format:
            "Certified lower bound on the distance: median %.3g (product of layer norms %.3g); distances found are %.3g times "
            + "as large (median).",
          medianBound ?? 0, lipschitz?.logits ?? 0, $0)
      } ?? "No adversarial example was found to compare with the certified lower bounds."
    }
  }
}
