import Adversarial
import Figures
import Foundation
import Inference
import Lab
import Networks

extension ComparisonReport {
  private var declared: ComparisonProtocol { comparison.declared }
  private var axis: String { "mean label agreement κ" }

  private func caption(_ title: String, _ subtitle: String) -> FigureCaption {
    let networks = "\(parts.count) \(parts.count == 1 ? "network" : "networks")"
    return FigureCaption(
      title: title, subtitle: subtitle,
      footer: [
        "\(comparison.dataName), \(comparison.imageCount) \(declared.split.words); \(comparison.layer.words); "
          + "\(networks), \(declared.rotationCount) rotations each; seed \(declared.seed)",
        "protocol \(comparison.protocolHash.prefix(12)), Intrigue \(RunEnvironment.toolVersion)",
      ] + remarkLines,
      text: [FigureCaption.Pair(key: "Protocol", value: comparison.protocolHash)])
  }

  private func range(_ interval: ConfidenceInterval?) -> ClosedRange<Double>? {
    interval.map { $0.lower...$0.upper }
  }

  private func estimate(_ name: String, _ mean: NetworkMean) -> Chart.Estimate {
    Chart.Estimate(name: name, value: mean.mean, interval: range(mean.interval))
  }

  private func point(_ x: Double, _ mean: NetworkMean) -> Chart.Point {
    Chart.Point(x: x, value: mean.mean, interval: range(mean.interval))
  }

  var forest: Chart {
    Chart.forestPlot(
      caption: caption(
        "Are neurons more coherent than rotations of them?",
        "Dots: networks. Diamond: their mean with its 95 % interval. Grey: differences too small to matter. "
          + "Verdict: \(comparison.verdict.wording)."),
      networks: comparison.networks.map {
        Chart.Estimate(
          name: "network \($0.number), p = \(Self.text($0.p))", value: $0.rotationTest.difference)
      },
      mean: comparison.verdict.interval.map {
        Chart.Estimate(name: "mean", value: comparison.verdict.effect, interval: $0.lower...$0.upper)
      },
      margin: declared.margin, axis: "mean κ of neurons − mean κ of rotations, k = \(declared.topCount)")
  }

  var ladder: Chart {
    Chart.ladder(
      caption: caption(
        "Where label agreement comes from",
        "κ of the top \(declared.topCount) images. Small dots: networks. Large: their mean with its 95 % interval."
      ),
      rungs: comparison.ladder.map { step in
        let role: Chart.Role =
          switch step.control {
          case .neurons: .neurons
          case .randomDirections, .rotations: .random
          default: .control
          }
        return rung(step.control.words, step.kappa, role)
      }, axis: axis)
  }

  private func rung(_ name: String, _ kappa: NetworkMean, _ role: Chart.Role) -> Chart.Rung {
    Chart.Rung(
      name: name, value: kappa.mean, interval: range(kappa.interval), networks: kappa.values, role: role)
  }

  /// What the answer hangs on: the declared question among others that could have been declared.
  var sensitivity: Chart {
    let declaredName = "as declared: k = \(declared.topCount), rotations"
    let sizes = comparison.sizes.map { size in
      estimate(size.topCount == declared.topCount ? declaredName : "k = \(size.topCount)", size.effect)
    }
    let changes = comparison.changes.filter { $0.kind != .layer }.map { estimate($0.words, $0.effect) }
    let nulls = comparison.bases.filter { !$0.family.isLearned }.map {
      estimate("against \($0.words)", $0.effect)
    }
    return Chart.forestPlot(
      caption: caption(
        "What does the answer hang on?",
        "Neurons less other directions: mean difference over the networks with its 95 % interval, for the declared "
          + "question and for others. Exploratory: none of these changes the verdict."),
      networks: sizes + changes + nulls, mean: nil, margin: declared.margin,
      axis: "mean κ of neurons − mean κ of the other directions")
  }

  var bases: Chart? {
    guard !comparison.bases.isEmpty,
      let neurons = comparison.ladder.first(where: { $0.control == .neurons }),
      let rotations = comparison.ladder.first(where: { $0.control == .rotations })
    else { return nil }
    let random = comparison.bases.filter { !$0.family.isLearned }
    let learned = comparison.bases.filter { $0.family.isLearned }
    func rungs(_ bases: [Comparison.Basis], _ role: Chart.Role) -> [Chart.Rung] {
      bases.map { rung($0.words + ($0.isDegenerate ? " (degenerate)" : ""), $0.kappa, role) }
    }
    return Chart.ladder(
      caption: caption(
        "Neurons among other directions",
        "κ of the top \(declared.topCount) images. Orange: neurons. Blue: random. Grey: made from labels or learned, from "
          + "\(declared.fittingCount) training images at most. Degenerate: all directions show the same few images."
      ),
      rungs: [rung("neurons", neurons.kappa, .neurons), rung("rotated bases", rotations.kappa, .random)]
        + rungs(random, .random) + rungs(learned, .control), axis: axis)
  }

  var doseResponse: Chart? {
    guard comparison.doses.count > 1,
      let rotations = comparison.ladder.first(where: { $0.control == .rotations })
    else { return nil }
    return Chart.doseResponse(
      caption: caption(
        "From the neurons to a rotation of them",
        "Bases part of the way, Q^a: means over \(declared.doseRotationCount) rotations and the networks, with 95 % "
          + "intervals over the networks."),
      series: [
        Chart.Series(
          name: "bases part of the way", role: .neurons,
          points: comparison.doses.map { point($0.dose, $0.kappa) })
      ],
      levels: [Chart.Level(name: "all rotations", value: rotations.kappa.mean)], axis: axis)
  }

  var depth: Chart? {
    let layers = comparison.changes.filter { $0.kind == .layer }
    guard layers.count > 1 else { return nil }
    func series(_ name: String, _ role: Chart.Role, _ mean: (Comparison.Change) -> NetworkMean?)
      -> Chart.Series
    {
      Chart.Series(
        name: name, role: role,
        points: layers.enumerated().compactMap { place, layer in
          mean(layer).map { point(Double(place), $0) }
        })
    }
    return Chart.depth(
      caption: caption(
        "Layer by layer",
        "κ of the top \(declared.topCount) images; means over the networks with 95 % intervals. In brackets: units; "
          + "each map is one. \(declared.sensitivityRotationCount) rotations of each layer."),
      layers: layers.map(\.words),
      series: [
        series("neurons", .neurons, \.neurons), series("rotations", .random, \.rotations),
        series("random directions, untrained", .control, \.untrained),
      ], axis: axis)
  }

  var sizes: Chart {
    func series(_ name: String, _ role: Chart.Role, _ mean: (Comparison.Size) -> NetworkMean) -> Chart.Series
    {
      Chart.Series(
        name: name, role: role, points: comparison.sizes.map { point(Double($0.topCount), mean($0)) })
    }
    return Chart.topCounts(
      caption: caption(
        "Does the answer depend on how many images are looked at?",
        "Means over networks with 95 % intervals; declared: k = \(declared.topCount)."),
      series: [series("neurons", .neurons, \.neurons), series("rotations", .random, \.rotations)], axis: axis)
  }

  var null: Chart {
    let first = parts[0].comparison
    return Chart.nullHistogram(
      caption: caption(
        "Network 1 among rotations of its neurons",
        "Each rotation is a whole basis of \(first.liveUnits.count) directions."),
      draws: first.null.map { $0[0] }, observed: first.neurons[0], observedName: "neurons",
      p: comparison.networks[0].p, axis: "\(axis) of a basis, k = \(declared.topCount)",
      drawName: "rotations")
  }

  var activations: Chart? {
    let shown = parts[0].activations
    guard !shown.isEmpty else { return nil }
    return Chart.activationHistograms(
      caption: caption(
        "What units and random directions answer, network 1",
        "All images; drawn at random, not chosen. Line: the last of the top \(declared.topCount)."),
      panels: shown.enumerated().map { index, row in
        Chart.HistogramPanel(
          title: row.id, note: String(format: "%.0f %% are 0", 100 * (row.zero.value ?? 0)),
          bounds: Double(row.histogram.lowerBound)...Double(row.histogram.upperBound),
          counts: row.histogram.counts, mark: Double(row.topThreshold),
          role: index < shown.count / 2 ? .neurons : .random)
      }, axis: "activation, or score", countName: "images")
  }

  private static func text(_ p: Double) -> String { String(format: p < 0.0095 ? "%.3f" : "%.2f", p) }
}
