import Directions
import Figures
import Foundation
import Inference
import Lab

extension Comparison {
  /// The verdict and what must stand beside it, a line each.
  public var lines: [String] {
    [head, [""], judgement, opinionLines, origin, sizeLines, changeLines, basisLines, doseLines, layerLines]
      .flatMap { $0 }
  }

  private var head: [String] {
    let excluded = networks.map { $0.deadUnitCount + $0.constantUnitCount + $0.duplicateUnitCount }
    let copies =
      duplicateImageCount == 0
      ? "" : ", \(duplicateImageCount) \(duplicateImageCount == 1 ? "copy" : "copies") left out"
    return [
      "protocol \(protocolHash.prefix(12)): κ of the top \(declared.topCount) of \(imageCount) "
        + "\(declared.split.words) of \(dataName)\(copies), \(layer.words)",
      "\(networks.count) \(networks.count == 1 ? "network" : "networks"), "
        + "\(Self.range(networks.map(\.liveUnitCount))) live units, \(Self.range(excluded)) left out as dead, "
        + "constant or duplicate; \(declared.rotationCount) rotations each",
    ]
  }

  private var judgement: [String] {
    let errors = networks.compactMap(\.imageStandardError)
    let images =
      errors.isEmpty
      ? [
        "How far this hangs on the images shown is not told (half-sampling): \(networks[0].correct.total) images are too "
          + "few for top sets of \(declared.topCount)."
      ]
      : [
        "Another sample of as many images would move one network's difference to random directions by about "
          + "\(Numbers.threeDecimals(errors.reduce(0, +) / Double(errors.count)).trimmingCharacters(in: .whitespaces)) "
          + "(standard error, half-sampling)."
      ]
    return ["verdict: \(verdict.wording)", verdict.sentence] + images
  }

  // MARK: Second opinion

  private var opinionLines: [String] {
    guard opinions.count > 1, let reference = declared.reference else { return [] }
    var lines = [
      "", "second opinion (neurons less rotations; p adjusted by Holm for the \(opinions.count) measures)",
    ]
    let names = opinions.map(\.words)
    for (opinion, name) in zip(opinions, names) {
      let p = opinion.adjustedP.map { "  p \(Numbers.p($0))" } ?? ""
      lines.append(
        "  \(Self.padded(name, names))  \(Numbers.threeDecimals(opinion.neurons.mean)) less "
          + "\(Numbers.threeDecimals(opinion.rotations.mean)):  \(Self.words(opinion.effect, signed: true))\(p)"
      )
    }
    return lines + [
      "reference: \(reference); \(Self.agreement(of: opinions, level: declared.level))"
    ]
  }

  /// Whether the measures of the family contradict each other.
  package static func agreement(of opinions: [Opinion], level: Double) -> String {
    func side(_ opinion: Opinion) -> Int {
      guard let p = opinion.adjustedP, p <= level else { return 0 }
      return opinion.effect.mean > 0 ? 1 : -1
    }
    guard opinions.count > 1, opinions[0].adjustedP != nil else {
      return "one network cannot say whether the measures agree"
    }
    func names(_ wanted: Int) -> [String] { opinions.filter { side($0) == wanted }.map { "“\($0.words)”" } }
    let (more, less) = (names(1), names(-1))
    switch (more.isEmpty, less.isEmpty) {
    case (true, true): return "no measure of the family tells neurons from rotations after the adjustment"
    case (false, false):
      return "the measures DISAGREE: neurons are above rotations in \(list(more)), below in \(list(less))"
    case (let noMore, _):
      let found = noMore ? less : more
      let place = noMore ? "below" : "above"
      return found.count == opinions.count
        ? "all measures put neurons \(place) rotations"
        : "neurons are \(place) rotations in \(list(found)); the other measures do not tell them apart"
    }
  }

  // MARK: Panels

  private var origin: [String] {
    var lines = ["", "where it comes from (mean κ over the networks; 0: random images, 1: one class)"]
    let names = ladder.map(\.control.words)
    for (step, name) in zip(ladder, names) {
      lines.append("  \(Self.padded(name, names))  \(Self.words(step.kappa))")
    }
    if let shareExplained {
      lines.append(
        "random directions keep \(String(format: "%.0f", (100 * shareExplained).rounded() + 0)) % of the neurons' agreement; "
          + "learning adds \(Numbers.threeDecimals(learningGain).trimmingCharacters(in: .whitespaces)) to random directions through pixels"
      )
    }
    return lines
  }

  private var sizeLines: [String] {
    ["", "for other k (difference of the mean κ, neurons less rotations)"]
      + sizes.map { size in
        let mark = size.topCount == declared.topCount ? "  declared" : ""
        return "  \(Self.padded("k = \(size.topCount)", ["k = 100"]))"
          + "  \(Self.words(size.effect, signed: true))\(mark)"
      }
  }

  private var changeLines: [String] {
    let shown = changes.filter { $0.kind != .layer }
    guard !shown.isEmpty else { return [] }
    let names = shown.map(\.words)
    return [
      "", "with one thing changed (difference, neurons less \(declared.sensitivityRotationCount) rotations)",
    ]
      + zip(shown, names).map { change, name in
        "  \(Self.padded(name, names))  \(Self.words(change.effect, signed: true))\(missing(change.effect))"
      }
  }

  private var basisLines: [String] {
    guard !bases.isEmpty else { return [] }
    let names = bases.map(\.words)
    return ["", "along other directions (mean κ; neurons less these)"]
      + zip(bases, names).map { basis, name in
        let warning = basis.isDegenerate ? "  degenerate: the same few images everywhere" : ""
        return "  \(Self.padded(name, names))  \(Numbers.threeDecimals(basis.kappa.mean)),  "
          + "\(Self.words(basis.effect, signed: true))\(missing(basis.effect))\(warning)"
      }
  }

  private var doseLines: [String] {
    guard let first = doses.first, let last = doses.last, doses.count > 1 else { return [] }
    let middle = doses.map { Numbers.threeDecimals($0.kappa.mean).trimmingCharacters(in: .whitespaces) }
    return [
      "", "on the way from the neurons (\(first.dose)) to a rotation of them (\(last.dose)), mean κ",
      "  " + middle.joined(separator: "  "),
    ]
  }

  private var layerLines: [String] {
    let shown = changes.filter { $0.kind == .layer }
    guard !shown.isEmpty else { return [] }
    let names = shown.map(\.words)
    return ["", "layer by layer (mean κ of neurons, of rotations, of the untrained layer; difference)"]
      + zip(shown, names).map { layer, name in
        "  \(Self.padded(name, names))  \(Numbers.threeDecimals(layer.neurons.mean)) \(Numbers.threeDecimals(layer.rotations.mean)) "
          + "\(layer.untrained.map { Numbers.threeDecimals($0.mean) } ?? " –    ")  "
          + "\(Self.words(layer.effect, signed: true))\(missing(layer.effect))"
      }
  }

  /// Says how many networks a row rests on where it is not all of them.
  private func missing(_ mean: NetworkMean) -> String {
    mean.values.count == networks.count ? "" : "  \(mean.values.count) of \(networks.count) networks"
  }

  // MARK: Words

  private static func padded(_ name: String, _ names: [String]) -> String {
    name + String(repeating: " ", count: max(0, (names.map(\.count).max() ?? 0) - name.count))
  }

  private static func list(_ names: [String]) -> String {
    names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names.last!
  }

  private static func range(_ counts: [Int]) -> String {
    let (low, high) = (counts.min()!, counts.max()!)
    return low == high ? "\(low)" : "\(low) to \(high)"
  }

  private static func words(_ mean: NetworkMean, signed: Bool = false) -> String {
    let interval =
      mean.interval.map { "  [\(Numbers.threeDecimals($0.lower)), \(Numbers.threeDecimals($0.upper))]" }
      ?? (mean.values.count > 1 ? "  (all alike)" : "")
    return Numbers.threeDecimals(mean.mean, signed: signed) + interval
  }
}

extension Comparison.Opinion {
  /// For a line or an axis.
  public var words: String {
    switch measure {
    case nil: "label agreement κ"
    case .coherence: "likeness to the reference"
    case .residual: "likeness beyond the class"
    case .choice: "told from random images"
    }
  }
}

extension Comparison.Basis {
  public var words: String { family.words + (isNegated ? ", other end" : "") }
}

extension Comparison.Change {
  public var words: String {
    switch kind {
    case .activation: name == "pre" ? "before the activation" : "after the activation"
    case .pooling: "\(name) of each map"
    case .data: "shown \(name)"
    case .layer: "\(name) (\(layer.unitCount))"
    }
  }
}
