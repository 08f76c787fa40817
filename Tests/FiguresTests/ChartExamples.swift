import Foundation
import Tensors

@testable import Figures

/// A made-up study, the same each time: one of every chart, with names as data sets and folders have them.
enum ChartExamples {
  static func caption(_ title: String, _ marks: String) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: "10,000 held-out images · 5 networks · layer relu2, 128 units · k = 9",
      footer: [
        marks,
        "Data fashion-mnist (SHA-256 a1b2c3d4) · model mlp, seeds 1 to 5 · protocol 5f0e91aa · 999 rotations, seed 1",
      ], text: [.init(key: "Protocol", value: "5f0e91aa")])
  }

  static let charts: [(name: String, chart: Chart)] = [
    ("ladder", ladder()), ("null", null()), ("forest", forest()), ("dose", dose()), ("depth", depth()),
    ("top-counts", topCounts()), ("activations", activations()), ("class-shares", classShares()),
    ("paper", paper()), ("success", success()), ("estimates", estimates()), ("conditions", conditions()),
    ("certified-accuracy", certifiedAccuracy()), ("scatter", scatter()), ("lines", lines()),
  ]

  private static func spread(_ centre: Double, _ deviation: Double, _ stream: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: 11, stream: stream)
    return (0..<5).map { _ in centre + deviation * generator.normalPair().0 }
  }

  static func estimates() -> Chart {
    .estimates(
      caption: caption("Which image belongs to the others?", "30 participants; bars: 95 % interval"),
      rows: [
        .init(name: "neurons", value: 0.875, interval: 0.832...0.911),
        .init(name: "random directions", value: 0.8, interval: 0.743...0.839),
        .init(name: "random images", value: 0.52),
      ], reference: (0.5, "chance"), range: 0...1, axis: "share of the questions answered rightly")
  }

  static func certifiedAccuracy() -> Chart {
    func attacked(_ values: [Double]) -> [Chart.Point] {
      values.enumerated().map {
        .init(x: 0.5 * Double($0), value: $1, interval: $1 - 0.05...min(1, $1 + 0.04))
      }
    }
    return .certifiedAccuracy(
      caption: caption(
        "What a vote guarantees", "Lines: certified; marks: left by an attack, 95 % intervals."),
      curves: [
        .init(
          name: "σ = 0.25", role: .random,
          steps: [.init(x: 0, value: 0.97), .init(x: 0.31, value: 0.9), .init(x: 0.61, value: 0)],
          attacked: attacked([0.97, 0.95, 0.8])),
        .init(name: "σ = 0.5", role: .neurons, steps: [.init(x: 0, value: 0.9), .init(x: 1.2, value: 0)]),
        .init(name: "no noise", role: .control, attacked: attacked([0.96, 0.9, 0.4])),
      ], largest: 1.3, axis: "radius in L2")
  }

  static func lines() -> Chart {
    func points(_ height: Double) -> [Chart.Point] {
      [0.0009, 0.3, 10].enumerated().map {
        .init(x: $1, value: height + 20 * Double($0), interval: height...height + 25 * Double($0))
      }
    }
    return .lines(
      caption: caption("Success against the share of poison", "Bars: Student's 95 % interval over networks."),
      lines: [
        .init(name: "with the trigger", look: .role(.neurons), points: points(10)),
        .init(name: "after the defence", look: .role(.random), points: points(8)),
        .init(name: "no interval", look: .classIndex(3), points: [.init(x: 0.3, value: 4)]),
      ], across: .init("poisoned images, %", isLogarithmic: true, places: [0.0009, 0.3, 10]),
      up: .init("% of images"))
  }

  static func scatter() -> Chart {
    .scatter(
      caption: caption("Shift and attack", "A mark for each network."),
      clouds: [
        .init(name: "plain", role: .control, points: [.init(x: 81, value: 1.1), .init(x: 79, value: 1)]),
        .init(name: "none of it", role: .random, points: []),
        .init(name: "noise", role: .neurons, points: [.init(x: 86, value: 1.9, interval: 1.8...2.1)]),
      ], across: "accuracy under corruptions, %", up: "median distance in L2")
  }

  static func ladder() -> Chart {
    let conditions: [(String, Double, Double, Chart.Role)] = [
      ("random images", 0, 0.004, .control), ("untrained network, random", 0.34, 0.03, .control),
      ("pixels, random", 0.39, 0.01, .control), ("random directions", 0.648, 0.02, .random),
      ("neurons", 0.68, 0.025, .neurons), ("logits", 0.995, 0.002, .control),
    ]
    let rungs = conditions.enumerated().map { number, condition in
      let networks = spread(condition.1, condition.2, UInt64(number))
      let mean = networks.reduce(0, +) / 5
      return Chart.Rung(
        name: condition.0, value: mean,
        interval: mean - 1.24 * condition.2...mean + 1.24 * condition.2, networks: networks, role: condition.3
      )
    }
    return .ladder(
      caption: caption(
        "How coherent top images are",
        "Mark: mean over networks; bar: 95 % interval over networks (Student); circles: networks."),
      rungs: rungs, axis: "label agreement κ of the top 9")
  }

  static func null(observed: Double = 0.6931) -> Chart {
    var generator = SeededGenerator(seed: 12)
    let draws = (0..<999).map { _ in 0.648 + 0.027 * generator.normalPair().0 }
    let p = Double(1 + draws.count { $0 >= observed }) / 1000
    return .nullHistogram(
      caption: caption(
        "Neurons among random rotations, network 1",
        "Bars: bases of random rotations; line: the neurons. p is the share of bases at or above it, itself included."
      ), draws: draws, observed: observed, observedName: "neurons", p: p,
      axis: "mean label agreement κ of a basis", drawName: "rotations")
  }

  static func paper() -> Chart {
    .paperBesideOurs(
      caption: caption("A table of a paper, measured again", "Lines: 95 % intervals."),
      groups: [
        .init(
          name: "Errors and average smallest distortion",
          rows: [
            .init(name: "FC10(1) · test error", paper: 20, ours: 19.95, interval: 19.2...20.7),
            .init(name: "FC10(1) · found", paper: 100, ours: 100, interval: 99.6...100),
          ]),
        .init(
          name:
            "The same, with a name that is so long that it cannot stand in one line of the chart as it is written here, or can it",
          rows: [.init(name: "it's `50%` off", paper: 0, ours: 43.1)]),
      ], axis: "%", range: 0...100)
  }

  static func success() -> Chart {
    .successRates(
      caption: caption("How many images each attack fools", "Bars: Wilson's 95 % interval over images."),
      groups: [
        .init(
          name: "attacks within the budget",
          rows: [
            .init(name: "fgsm", role: .neurons, share: Proportion(204, of: 920)),
            .init(name: "mi-fgsm, made for another network", role: .random, share: Proportion(0, of: 920)),
            .init(name: "noise", role: .control, share: Proportion(920, of: 920)),
          ]),
        .init(
          name: "does pgd gain by steps?",
          rows: [.init(name: "10 steps", role: .neurons, share: Proportion(0, of: 0))]),
      ],
      legend: [
        (.neurons, "follows this network's gradient"), (.random, "made for another network"),
        (.control, "random noise"),
      ], axis: "attacked images fooled")
  }

  static func forest() -> Chart {
    let values = [0.050, 0.063, 0.011, 0.037, 0.001]
    return .forestPlot(
      caption: caption(
        "Neurons against random rotations",
        "Bars of networks: 95 % of the images (half-sampling); bar of the mean: 95 % over networks (Student)."
      ),
      networks: values.enumerated().map {
        .init(name: "network \($0 + 1)", value: $1, interval: $1 - 0.05...$1 + 0.05)
      }, mean: .init(name: "mean", value: 0.0324, interval: -0.0004...0.0652), margin: 0.1,
      axis: "κ of neurons − mean κ of rotations")
  }

  static func dose() -> Chart {
    let points = (0...10).map { step -> Chart.Point in
      let share = Double(step) / 10
      let value = 0.66 + 0.03 * (1 - share) * (1 - share)
      return .init(x: share, value: value, interval: value - 0.012...value + 0.012)
    }
    let permuted = (0...10).map { Chart.Point(x: Double($0) / 10, value: 0.69) }
    return .doseResponse(
      caption: caption(
        "Turning the basis away from the neurons", "Bars: 95 % interval over networks (Student)."),
      series: [
        .init(name: "fractional rotation", role: .random, points: points),
        .init(name: "permuted neurons", role: .other(0), points: permuted),
      ],
      levels: [
        .init(name: "mean of full rotations", value: 0.6595), .init(name: "pixels, random", value: 0.648),
        .init(name: "mean of 999 rotations", value: 0.659),
      ], axis: "mean label agreement κ")
  }

  static func depth(
    layers: [String] = ["pixels", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "fc1"]
  )
    -> Chart
  {
    func line(_ start: Double, _ step: Double) -> [Chart.Point] {
      layers.indices.map {
        let value = start + step * Double($0)
        return .init(x: Double($0), value: value, interval: value - 0.04...value + 0.04)
      }
    }
    return .depth(
      caption: caption("Coherence against depth", "Bars: 95 % interval over networks (Student)."),
      layers: layers,
      series: [
        .init(name: "neurons", role: .neurons, points: line(0.30, 0.055)),
        .init(name: "random directions", role: .random, points: line(0.31, 0.048)),
      ], axis: "mean label agreement κ")
  }

  static func conditions() -> Chart {
    func point(_ place: Int, _ value: Double, _ halfWidth: Double?) -> Chart.Point {
      .init(x: Double(place), value: value, interval: halfWidth.map { value - $0...value + $0 })
    }
    return .conditions(
      caption: caption("What privacy costs", "Bars: 95 % interval over networks (Student)."),
      names: ["not private", "clipped, no noise", "ε = 8", "ε = 0.5"],
      series: [
        .init(
          name: "trained this way", role: .neurons,
          points: [point(0, 97, 0.4), point(1, 95, 0.5), point(2, 93, 0.2), point(3, 90, nil)]),
        // A line that has no place for some of the conditions.
        .init(
          name: "stopped at the same accuracy", role: .random,
          points: [point(2, 93.1, 0.3), point(3, 89.6, 1)]),
      ], axis: "accuracy, %", acrossName: "how the network was trained")
  }

  static func topCounts() -> Chart {
    func line(_ start: Double) -> [Chart.Point] {
      [(4, 0.05), (9, 0.03), (16, 0.02), (25, 0.0), (100, -0.05)].map { (count: Double, gain: Double) in
        Chart.Point(x: count, value: start + gain, interval: start + gain - 0.02...start + gain + 0.02)
      }
    }
    return .topCounts(
      caption: caption(
        "Coherence against the number of top images", "Bars: 95 % interval over networks (Student)."),
      series: [
        .init(name: "neurons", role: .neurons, points: line(0.66)),
        .init(name: "random directions (Haar)", role: .random, points: line(0.63)),
        .init(name: "principal components", role: .other(0), points: line(0.41)),
      ], axis: "mean label agreement κ")
  }

  static func classShares() -> Chart {
    func shares(_ counts: [Int], of total: Int) -> [Chart.ClassSeries.Share] {
      counts.compactMap { Chart.ClassSeries.Share(Proportion($0, of: total)) }
    }
    return .classShares(
      caption: caption("What each class accepts", "Wilson's 95 % intervals."),
      classNames: ["t-shirt", "trouser", "ankle boot"],
      series: [
        .init(name: "noise", role: .random, shares: shares([0, 310, 4000], of: 10_000)),
        .init(name: "after a step", role: .neurons, shares: shares([120, 1000, 640], of: 1000)),
      ], axis: "share of the images")
  }

  static func activations(scale: Chart.CountScale = .logarithmic) -> Chart {
    let panels = (0..<10).map { number -> Chart.HistogramPanel in
      let isNeuron = number < 6
      let counts = (0..<24).map { bin -> Int in
        let place = Double(bin - (isNeuron ? 0 : 12))
        return Int((isNeuron ? 5000 : 1500) * exp(-place * place / (isNeuron ? 40 : 16)))
      }
      return Chart.HistogramPanel(
        title: isNeuron ? "neuron \(number * 17)" : "random direction \(number)",
        note: isNeuron ? "62.4 % zero" : "0 % zero", bounds: (isNeuron ? 0 : -6)...6.5, counts: counts,
        mark: 5.1, role: isNeuron ? .neurons : .random)
    }
    return .activationHistograms(
      caption: caption(
        "Activations of neurons and random directions", "Dashed: least activation among the top 9 images."),
      panels: panels, axis: "activation", countScale: scale)
  }
}
