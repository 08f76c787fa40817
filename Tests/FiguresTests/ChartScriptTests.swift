import Foundation
import Images
import Testing

@testable import Figures

/// gnuplot, which draws no chart of ours but by which a reader restyles them.
enum Gnuplot {
  static let isHere = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":").contains
  {
    FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
  }
  static let whatIsMissing: Comment = "gnuplot is not installed; make test-dependencies installs it"

  /// - Returns: What it says, which of a script without mistakes is nothing.
  static func draw(_ name: String, as format: String, in folder: URL) throws -> String {
    let (gnuplot, said) = (Process(), Pipe())
    gnuplot.executableURL = URL(filePath: "/usr/bin/env")
    gnuplot.arguments = ["gnuplot", "-e", "format = '\(format)'", "\(name).gp"]
    gnuplot.currentDirectoryURL = folder
    gnuplot.standardError = said
    try gnuplot.run()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    gnuplot.waitUntilExit()
    return text
  }
}

@Suite struct ChartScriptTests {
  /// Names that gnuplot, its enhanced text, CSV, XML or a shell would read as something else.
  static let oddNames = [
    "a_b", "x^2", "{t}", "50% off", "%s %d %%", "it's", "\"q\"", "back\\slash\\n", "@x", "`touch marker`",
    "$HOME",
    "# 5", "a,b", "<&>", "tab\tline\nbreak", "~a{b}", "ends in \\", "'s-Hertogenbosch",
    "\u{0600}'; system\"m\"#", "\u{0600}\"0\u{200D}\"7",
  ]

  static let charts = ChartExamples.charts + NastyCharts.charts()

  @Test(
    "gnuplot reads every exported script without a word and draws a picture of the chart's size",
    .enabled(if: Gnuplot.isHere, Gnuplot.whatIsMissing), arguments: charts.indices)
  func valid(index: Int) throws {
    let (name, chart) = Self.charts[index]
    try withTemporaryFolder { folder in
      try chart.write(named: name, in: folder)
      let picture = folder.appending(path: "\(name).png")
      try FileManager.default.removeItem(at: picture)
      #expect(try Gnuplot.draw(name, as: "png", in: folder) == "")
      let bitmap = try PNGFile.read(picture)
      #expect((bitmap.width, bitmap.height) == chart.size)
    }
  }

  @Test(
    "Marks of the script stand where those of the picture do",
    .enabled(if: Gnuplot.isHere, Gnuplot.whatIsMissing))
  func samePlaces() throws {
    let clouds: [Chart.Cloud] = [
      .init(name: "a", role: .neurons, points: [.init(x: 2, value: 30)]),
      .init(name: "b", role: .random, points: [.init(x: 7, value: 10)]),
    ]
    let chart = Chart.scatter(caption: FigureCaption(title: ""), clouds: clouds, across: "x", up: "y")
    try withTemporaryFolder { folder in
      try chart.write(named: "scatter", in: folder)
      let picture = folder.appending(path: "scatter.png")
      let ours = try PNGFile.read(picture)
      #expect(try Gnuplot.draw("scatter", as: "png", in: folder) == "")
      let theirs = try PNGFile.read(picture)
      let area = chart.plots[0].area
      for role in [Chart.Role.neurons, .random] {
        let (one, other) = (
          centre(of: role.colour, in: ours, area), centre(of: role.colour, in: theirs, area)
        )
        #expect(abs(one.x - other.x) < 5 && abs(one.y - other.y) < 5, "\(one), \(other)")
      }
    }
  }

  @Test("No name is a part of the script, and each stands in the file of words", arguments: oddNames)
  func names(name: String) throws {
    let odd = "Q\(name)"
    for (chart, _) in oddCharts(odd) {
      let (script, words) = chart.script(named: "odd")
      #expect(!script.contains(odd))
      #expect(
        words.split(separator: "\n").contains { $0.contains("\tQ") || $0.contains("\t") && $0.contains("Q") })
    }
  }

  @Test(
    "gnuplot draws odd names letter by letter and runs nothing",
    .enabled(if: Gnuplot.isHere, Gnuplot.whatIsMissing),
    arguments: oddNames)
  func drawnAsWritten(name: String) throws {
    // Controls are drawn as spaces.
    let shown = name.replacing("\t", with: " ").replacing("\n", with: " ").replacing("&", with: "&amp;")
      .replacing("<", with: "&lt;")
    for (number, (chart, prefixes)) in oddCharts(name).enumerated() {
      try withTemporaryFolder { folder in
        try chart.write(named: "odd", in: folder)
        #expect(try Gnuplot.draw("odd", as: "svg", in: folder) == "")
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            == ["csv", "gp", "pdf", "png", "svg", "txt"].map { "odd.\($0)" })
        let svg = try String(contentsOf: folder.appending(path: "odd.svg"), encoding: .utf8)
        for prefix in prefixes { #expect(svg.contains("\(prefix)\(shown)"), "chart \(number), \(prefix)") }
      }
    }
  }

  /// Charts with the name in every place, behind these letters.
  private func oddCharts(_ name: String) -> [(chart: Chart, prefixes: [String])] {
    let caption = FigureCaption(title: "", text: [.init(key: "K", value: name)])
    let series = [Chart.Series(name: "L \(name)", role: .neurons, points: [.init(x: 0, value: 1)])]
    let interval = 0.1...0.3
    return [
      (
        .ladder(
          caption: caption, rungs: [.init(name: "R \(name)", value: 0.2, networks: [0.1], role: .random)],
          axis: "A \(name)"), ["R ", "A "]
      ),
      (
        .nullHistogram(
          caption: caption, draws: [1, 2, 3], observed: 1, observedName: "O \(name)", p: 0.5,
          axis: "A \(name)",
          drawName: "D \(name)"), ["O ", "A ", "D "]
      ),
      (
        .forestPlot(
          caption: caption, networks: [.init(name: "N \(name)", value: 0.2, interval: interval)], mean: nil,
          margin: 0.1, axis: "A \(name)"), ["N ", "A "]
      ),
      (
        .estimates(
          caption: caption, rows: [.init(name: "E \(name)", value: 0.2, interval: interval)],
          reference: (0.5, "H \(name)"), range: 0...1, axis: "A \(name)"), ["E ", "H ", "A "]
      ),
      (
        .doseResponse(
          caption: caption, series: series, levels: [.init(name: "V \(name)", value: 1.1)], axis: "A \(name)"),
        ["L ", "V ", "A "]
      ),
      (.depth(caption: caption, layers: ["Y \(name)"], series: series, axis: "A"), ["L ", "Y "]),
      (
        .activationHistograms(
          caption: caption,
          panels: [
            .init(title: "P \(name)", note: "M \(name)", bounds: 0...1, counts: [1, 5], role: .neurons),
            .init(title: "Q \(name)", note: "", bounds: 0...0, counts: [6], role: .random),
          ], axis: "A \(name)"), ["P ", "M ", "Q ", "A "]
      ),
      (
        .classShares(
          caption: caption, classNames: ["C \(name)"],
          series: [.init(name: "L \(name)", role: .random, shares: [.init(value: 0.2, interval: interval)])],
          axis: "A \(name)"), ["C ", "L ", "A "]
      ),
      (
        .confusionMatrix(title: "", classNames: ["C \(name)", "c"], counts: [[1, 0], [0, 1]]), ["C "]
      ),
    ]
  }

  private func centre(of colour: Colour, in bitmap: Bitmap, _ area: Rectangle) -> (x: Double, y: Double) {
    var (count, sumX, sumY) = (0, 0, 0)
    for y in 2 * area.y..<2 * area.bottom {
      for x in 2 * area.x..<2 * area.right where bitmap[x: x, y: y] == colour {
        (count, sumX, sumY) = (count + 1, sumX + x, sumY + y)
      }
    }
    return (Double(sumX) / Double(count), Double(sumY) / Double(count))
  }
}
