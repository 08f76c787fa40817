import Foundation
import Images
import Tensors

@testable import Figures

/// Charts of what nobody plans for: names in other scripts and as long as they may be, ten lines, one point, gaps,
/// hundreds of classes, numbers far from 1.
enum NastyCharts {
  static let names = [
    "شبكة عصبية عميقة", "卷积神经网络，第三层", "it's `50%` off; rm -rf $HOME",
    "W" + String(repeating: "w", count: 254),
    "свёрточная сеть с очень длинным именем, которое не помещается ни в одну строку", "{x}_2^3 \\n %d",
    "line\nbreak\tand tab",
    "日本語の名前", "עברית", "e\u{301}\u{302}\u{303} combining", "", "🙂 emoji",
  ]

  private static var caption: FigureCaption {
    FigureCaption(
      title:
        "A title that is far too long for one line of a chart because it names \(names[0]) and \(names[1])",
      subtitle: names.joined(separator: " · "), footer: ["A remark: \(names[4])", names[3]])
  }

  static func charts() -> [(name: String, chart: Chart)] {
    [
      ("ten-lines", tenLines()), ("ten-curves", tenCurves()), ("log-axes", logAxes()),
      ("one-point", onePoint()),
      ("gaps", gaps()), ("band", band()), ("hundred-classes", hundredClasses()),
      ("odd-classes", oddClasses()),
      ("two-classes", twoClasses()), ("many-conditions", manyConditions()),
      ("odd-conditions", oddConditions()),
      ("odd-ladder", oddLadder()), ("odd-forest", oddForest()), ("odd-estimates", oddEstimates()),
      ("odd-rates", oddRates()), ("odd-paper", oddPaper()), ("odd-transfer", oddTransfer()),
      ("transfer-one", transferOne()), ("gap-cluster", gapCluster()), ("large-numbers", largeNumbers()),
      ("small-numbers", smallNumbers()), ("levels", levels()), ("one-panel", onePanel()),
      ("three-panels", threePanels()),
      ("diverged", diverged()), ("long-training", longTraining()), ("hundred-shares", hundredShares()),
      ("one-bar", oneBar()), ("null-far", nullFar()),
    ]
  }

  private static func points(_ count: Int, _ value: (Int) -> Double) -> [Chart.Point] {
    (0..<count).map { .init(x: Double($0), value: value($0)) }
  }

  static func roles(_ count: Int) -> [Chart.Role] {
    [.neurons, .random, .control] + (0..<max(0, count - 3)).map { .other($0) }
  }

  static func tenLines() -> Chart {
    .lines(
      caption: caption,
      lines: zip(roles(10), 0...).map { role, number in
        .init(
          name: "attack \(number), \(names[number])", look: .role(role),
          points: points(12) { Double($0 * $0) / 12 + 3 * Double(number) })
      }, across: .init("queries"), up: .init("images fooled (%)"))
  }

  static func tenCurves() -> Chart {
    .lines(
      caption: FigureCaption(title: "Logits along a line"),
      lines: (0..<10).map { number in
        .init(
          name: fashionNames[number], look: .classIndex(number),
          points: (-50...50).map {
            .init(x: Double($0) / 5, value: sin(Double($0) / 12 + Double(number)) * 8)
          },
          hasMarks: false)
      }, across: .init("ε"), up: .init("logit"), band: -0.5...2)
  }

  static func logAxes() -> Chart {
    .lines(
      caption: FigureCaption(title: "Both axes are logarithmic"),
      lines: [
        .init(
          name: "error", look: .role(.neurons),
          points: (0..<9).map {
            let value = pow(10, Double($0) * 0.9 - 7)
            return .init(x: pow(10, Double($0) - 4), value: value, interval: value * 0.5...value * 2)
          })
      ], across: .init("ε", isLogarithmic: true), up: .init("relative error", isLogarithmic: true))
  }

  static func onePoint() -> Chart {
    .lines(
      caption: FigureCaption(title: "One point"),
      lines: [.init(name: "alone", look: .role(.random), points: [.init(x: 3, value: 7)])],
      across: .init("x", isLogarithmic: true), up: .init("y"))
  }

  static func gaps() -> Chart {
    .lines(
      caption: FigureCaption(title: "A line with a gap, a line without a number"),
      lines: [
        .init(
          name: "interrupted", look: .role(.neurons),
          points: points(12) { (4...6).contains($0) ? .nan : Double($0) }),
        .init(name: "nothing", look: .role(.random), points: points(12) { _ in .nan }),
      ], across: .init("epoch"), up: .init("value"))
  }

  static func band() -> Chart {
    .lines(
      caption: FigureCaption(title: "Confidence bands"),
      lines: [(Chart.Role.neurons, 0.0), (.random, 0.25)].map { role, shift in
        .init(
          name: "\(role)", look: .role(role),
          points: (0..<80).map {
            let value = shift + sin(Double($0) / 15)
            return .init(x: Double($0), value: value, interval: value - 0.3...value + 0.3)
          }, hasMarks: false)
      }, across: .init("offset"), up: .init("mean"))
  }

  static func hundredClasses() -> Chart {
    .confusionMatrix(
      title: "resnet-50 on a hundred classes, held-out images", footer: ["Basis: 10,000 held-out images."],
      classNames: (0..<100).map { $0 % 9 == 0 ? names[$0 / 9] : "class number \($0)" },
      counts: (0..<100).map { row in (0..<100).map { row == $0 ? 80 : (row * 7 + $0 * 3) % 23 == 0 ? 5 : 0 } }
    )
  }

  static func oddClasses() -> Chart {
    .confusionMatrix(
      title: "\(names[0]) on \(names[1])", footer: ["A remark."], classNames: names,
      counts: names.indices.map { row in names.indices.map { row == $0 ? 12_345 : row * $0 } })
  }

  static func twoClasses() -> Chart {
    .confusionMatrix(title: "two", classNames: ["a", "b"], counts: [[3, 1], [0, 2]])
  }

  static func manyConditions() -> Chart {
    .depth(
      caption: FigureCaption(title: "A hundred layers"), layers: (0..<100).map { "layer\($0).convolution" },
      series: [.init(name: "neurons", role: .neurons, points: points(100) { Double($0 % 10) / 10 })],
      axis: "κ")
  }

  static func oddConditions() -> Chart {
    .conditions(
      caption: caption, names: Array(names.prefix(9)),
      series: zip(roles(3), 0...).map { role, number in
        .init(name: names[number], role: role, points: points(9) { Double($0 + number) })
      }, axis: names[4], acrossName: names[1] + names[3])
  }

  static func oddLadder() -> Chart {
    .ladder(
      caption: caption,
      rungs: zip(names, roles(12)).map { .init(name: $0, value: 0.4, networks: [0.3, 0.5], role: $1) },
      axis: names[4])
  }

  static func oddForest() -> Chart {
    .forestPlot(
      caption: caption, networks: names.map { .init(name: $0, value: 0.2, interval: -0.1...0.4) },
      mean: .init(name: names[3], value: 0.2, interval: 0.1...0.3), margin: 0.05, axis: names[0])
  }

  static func oddEstimates() -> Chart {
    .estimates(
      caption: caption, rows: names.prefix(3).map { .init(name: $0, value: 0.99, interval: 0.98...1) },
      reference: (1, names[4]), range: 0...1, axis: names[1])
  }

  static func oddRates() -> Chart {
    .successRates(
      caption: caption,
      groups: names.map { name in
        .init(name: name, rows: [.init(name: name, role: .other(5), share: Proportion(40_000, of: 60_000))])
      }, legend: zip(roles(6), names).map { ($0, $1) }, axis: names[2])
  }

  static func oddPaper() -> Chart {
    .paperBesideOurs(
      caption: caption,
      groups: [.init(name: names[4], rows: names.map { .init(name: $0, paper: 30, ours: 70) })],
      axis: names[1], range: 0...100)
  }

  static func oddTransfer() -> Chart {
    let count = 4
    func shares(_ row: Int) -> [Double?] { (0..<count).map { $0 == 2 ? nil : Double(row + $0) / 6 } }
    let rows = (0..<count).map { row in
      Chart.TransferRow(shares: shares(row), distortion: row == 1 ? nil : 1234.5)
    }
    let panels = ["attack", "noise"].map { Chart.TransferPanel(name: $0, rows: rows) }
    return .transferMatrix(
      caption: caption, names: Array(names.prefix(count)),
      blocks: [names[4], "L2 ≤ 1"].map { Chart.TransferBlock(name: $0, panels: panels) })
  }

  static func transferOne() -> Chart {
    .transferMatrix(
      caption: FigureCaption(title: "one network"), names: ["mlp"],
      blocks: [
        .init(name: "L∞", panels: [.init(name: "attack", rows: [.init(shares: [1], distortion: 0.1)])])
      ])
  }

  static func gapCluster() -> Chart {
    .accuracyGap(
      caption: FigureCaption(title: "Transfer and accuracy", footer: ["Bars: 95 % intervals."]),
      points: (0..<30).map {
        .init(
          x: Double($0 % 6) * 0.4 - 1, value: 20 + Double(($0 * $0) % 17), interval: 15...40,
          label: "network \($0) → \(names[$0 % names.count])")
      })
  }

  static func largeNumbers() -> Chart {
    .scatter(
      caption: FigureCaption(title: "Large numbers"),
      clouds: [.init(name: "a", role: .neurons, points: points(5) { 3e7 * Double($0) - 2e7 })], across: "x",
      up: "y")
  }

  static func smallNumbers() -> Chart {
    .scatter(
      caption: FigureCaption(title: "Small numbers"),
      clouds: [
        .init(
          name: "a", role: .neurons,
          points: (0..<5).map { .init(x: 12_500 + 20 * Double($0), value: 2e-6 * Double($0)) })
      ], across: "images", up: "y")
  }

  static func levels() -> Chart {
    .doseResponse(
      caption: FigureCaption(title: "Many levels at the top"),
      series: [.init(name: "a", role: .random, points: [.init(x: 0, value: 0), .init(x: 1, value: 1)])],
      levels: names.prefix(6).enumerated().map { .init(name: $1, value: 1 - 0.001 * Double($0)) }, axis: "κ")
  }

  private static func panels(_ count: Int) -> Chart {
    .activationHistograms(
      caption: FigureCaption(title: "\(count) panels", footer: ["Dashed: the least of the top images."]),
      panels: (0..<count).map {
        .init(
          title: names[$0], note: names[$0 + 1], bounds: 0...1, counts: [90_000, 10, 3, 0, 1], mark: 0.9,
          role: .neurons)
      }, axis: names[4])
  }

  static func onePanel() -> Chart { panels(1) }
  static func threePanels() -> Chart { panels(3) }

  static func diverged() -> Chart {
    .trainingCurve(
      title: "A training that diverged", footer: ["The loss is no number from epoch 5 on."],
      epochs: (1...8).map {
        .init(
          number: $0, trainingLoss: $0 > 4 ? .nan : 1 / Double($0), trainingAccuracy: 0.9,
          validationLoss: $0 % 2 == 0 ? 0.5 : nil, validationAccuracy: $0 % 2 == 0 ? 0.8 : nil)
      })
  }

  static func longTraining() -> Chart {
    .trainingCurve(
      title: names[3],
      epochs: (1...300).map {
        .init(
          number: $0, trainingLoss: 2 / Double($0).squareRoot(), trainingAccuracy: 1 - 0.5 / Double($0),
          validationLoss: 2.2 / Double($0).squareRoot(), validationAccuracy: 1 - 0.6 / Double($0))
      })
  }

  static func hundredShares() -> Chart {
    .classShares(
      caption: FigureCaption(title: "A hundred classes"), classNames: (0..<100).map { "class \($0)" },
      series: zip(roles(2), 0...).map { role, number in
        .init(
          name: names[number], role: role,
          shares: (0..<100).map { .init(Proportion(($0 * 7 + number * 20) % 100, of: 100))! })
      }, axis: "share of the images")
  }

  static func oneBar() -> Chart {
    .distortions(
      caption: FigureCaption(title: "All alike"), distances: [0.5, 0.5], median: 0.5, axis: "L2 distance")
  }

  static func nullFar() -> Chart {
    .nullHistogram(
      caption: FigureCaption(title: "Far away"), draws: (0..<999).map { Double($0 % 40) / 100 }, observed: -7,
      observedName: names[4], p: 0.00004, axis: "κ", drawName: "rotations")
  }
}
