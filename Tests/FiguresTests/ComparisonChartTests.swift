import Foundation
import Images
import Testing

@testable import Figures

@Suite struct ComparisonChartTests {
  /// Names that gnuplot, its enhanced text, CSV, XML or a shell would read as something else.
  static let oddNames = [
    "a_b", "x^2", "{t}", "50% off", "%s %d %%", "it's", "\"q\"", "back\\slash\\n", "@x", "`touch marker`",
    "$HOME",
    "# 5", "a,b", "<&>", "tab\tline\nbreak", "~a{b}", "ends in \\", "'s-Hertogenbosch",
    "\u{0600}'; system\"m\"#", "\u{0600}\"0\u{200D}\"7",
  ]

  @Test(
    "A chart is redrawn by its script alone, and drawn twice it has the same bytes in every format",
    arguments: ChartExamples.charts.indices)
  func files(index: Int) throws {
    let (name, chart) = ChartExamples.charts[index]
    try withTemporaryFolder { folder in
      let again = folder.appending(path: "again")
      try FileManager.default.createDirectory(at: again, withIntermediateDirectories: true)
      try chart.write(named: name, in: folder, formats: Chart.Format.allCases)
      // A PDF would tell the second in which it was drawn.
      Thread.sleep(forTimeInterval: 1.1)
      try chart.write(named: name, in: again, formats: Chart.Format.allCases)
      for ending in ["csv", "gp", "pdf", "png", "svg", "txt"] {
        let file = "\(name).\(ending)"
        let first = try Data(contentsOf: folder.appending(path: file))
        #expect(try Data(contentsOf: again.appending(path: file)) == first, "\(file)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: again.path).count == 6)

      let picture = folder.appending(path: "\(name).png")
      let bytes = try Data(contentsOf: picture)
      try FileManager.default.removeItem(at: picture)
      // As a student would: with no format named.
      let gnuplot = Process()
      gnuplot.executableURL = URL(filePath: "/usr/bin/env")
      gnuplot.arguments = ["gnuplot", "\(name).gp"]
      gnuplot.currentDirectoryURL = folder
      try gnuplot.run()
      gnuplot.waitUntilExit()
      #expect(try Data(contentsOf: picture) == bytes)

      let bitmap = try PNGFile.read(picture)
      #expect((bitmap.width, bitmap.height) == (2 * chart.width, 2 * chart.height))
      // Nothing is cut off at the edge.
      #expect(bitmap.hasWhiteMargin(8))
    }
  }

  @Test("Odd names stand in the picture letter by letter and run nothing", arguments: oddNames)
  func drawnAsWritten(name: String) throws {
    let caption = FigureCaption(
      title: "T \(name)", subtitle: "S \(name)", footer: ["F \(name)"], text: [.init(key: "K", value: name)])
    let series = [Chart.Series(name: "L \(name)", role: .neurons, points: [.init(x: 0, value: 1)])]
    let interval = 0.1...0.3
    let charts: [(Chart, [String])] = [
      (
        .ladder(
          caption: caption, rungs: [.init(name: "R \(name)", value: 0.2, networks: [0.1], role: .random)],
          axis: "A \(name)"), ["T ", "S ", "F ", "R ", "A "]
      ),
      (
        .nullHistogram(
          caption: caption, draws: [1, 2, 3], observed: 2, observedName: "O \(name)", p: 0.5,
          axis: "A \(name)",
          drawName: "D \(name)"), ["T ", "O ", "A ", "D "]
      ),
      (
        .forestPlot(
          caption: caption, networks: [.init(name: "N \(name)", value: 0.2, interval: interval)], mean: nil,
          margin: 0.1, axis: "A \(name)"), ["T ", "N ", "A "]
      ),
      (
        .estimates(
          caption: caption, rows: [.init(name: "E \(name)", value: 0.2, interval: interval)],
          reference: (0.5, "H \(name)"), range: 0...1, axis: "A \(name)"), ["T ", "E ", "H ", "A "]
      ),
      (
        .doseResponse(
          caption: caption, series: series, levels: [.init(name: "V \(name)", value: 1.1)], axis: "A \(name)"),
        ["T ", "L ", "V ", "A "]
      ),
      (
        .depth(caption: caption, layers: ["Y \(name)"], series: series, axis: "A \(name)"),
        ["T ", "L ", "Y "]
      ),
      (
        .activationHistograms(
          caption: caption,
          panels: [
            .init(title: "P \(name)", note: "M \(name)", bounds: 0...1, counts: [1, 5], role: .neurons),
            .init(title: "Q \(name)", note: "", bounds: 0...0, counts: [6], role: .random),
          ], axis: "A \(name)"), ["T ", "P ", "M ", "Q ", "A "]
      ),
      (
        .classShares(
          caption: caption, classNames: ["C \(name)"],
          series: [.init(name: "L \(name)", role: .random, shares: [.init(value: 0.2, interval: interval)])],
          axis: "A \(name)"), ["T ", "C ", "L ", "A "]
      ),
    ]
    // A heading goes on in a new line after a line break, a name with a space.
    let firstLine = String(name.prefix { $0 != "\n" })
    // A tab is drawn as a space: it ends a field of the file of words.
    let shown = firstLine.replacing("\t", with: " ").replacing("&", with: "&amp;").replacing(
      "<", with: "&lt;")
    for (number, (chart, prefixes)) in charts.enumerated() {
      try withTemporaryFolder { folder in
        try chart.write(named: "odd", in: folder, formats: [.svg])
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
            "odd.csv", "odd.gp", "odd.svg", "odd.txt",
          ])
        let svg = try String(contentsOf: folder.appending(path: "odd.svg"), encoding: .utf8)
        for prefix in prefixes {
          #expect(svg.contains("\(prefix)\(shown)"), "chart \(number), \(prefix)")
        }
      }
    }
  }

  @Test("Marks of a ladder stand at their values and in their rows")
  func ladderPositions() throws {
    let rungs = [
      Chart.Rung(name: "neurons", value: 0.2, role: .neurons),
      .init(name: "random", value: 0.6, role: .random),
      .init(name: "other", value: 0.8, interval: 0.7...0.9, role: .other(0)),
    ]
    let chart = Chart.ladder(caption: FigureCaption(title: ""), rungs: rungs, axis: "κ")
    try withTemporaryFolder { folder in
      try chart.write(named: "ladder", in: folder)
      let drawn = try PNGFile.read(folder.appending(path: "ladder.png"))
      let places = rungs.map { centre(of: Colour(hex: $0.role.colour), in: drawn) }
      let scale = (places[1].x - places[0].x) / 0.4
      // A point of gnuplot is placed to a pixel or so.
      #expect(abs(places[2].x - places[1].x - 0.2 * scale) < 2)
      #expect(abs(places[1].y - places[0].y - (places[2].y - places[1].y)) < 2)
      #expect(places[0].y < places[1].y)
      // The axis from floor to ceiling fills most of the picture.
      #expect(scale > 0.6 * Double(drawn.width))
      let lines = try String(contentsOf: folder.appending(path: "ladder.csv"), encoding: .utf8).split(
        separator: "\n")
      #expect(
        lines == [
          "row,κ,lower,upper,network,condition", "0,0.2,,,,neurons", "1,0.6,,,,random",
          "2,0.8,0.7,0.9,,other",
        ])
    }
  }

  @Test("Estimates stand at their values on the whole scale, in their rows")
  func estimatePositions() throws {
    let chart = Chart.estimates(
      caption: FigureCaption(title: ""),
      rows: [
        .init(name: "neurons", value: 0.2), .init(name: "random directions", value: 0.6),
        .init(name: "control", value: 0.9),
      ], reference: nil, range: 0...1, axis: "share")
    try withTemporaryFolder { folder in
      try chart.write(named: "estimates", in: folder)
      let drawn = try PNGFile.read(folder.appending(path: "estimates.png"))
      let places = [Chart.Role.neurons, .random].map { centre(of: Colour(hex: $0.colour), in: drawn) }
      let scale = (places[1].x - places[0].x) / 0.4
      // The names at the left and the numbers at the right leave more than half of the width to the scale.
      #expect(scale > 0.5 * Double(drawn.width) && scale < Double(drawn.width))
      #expect(places[0].y < places[1].y)
      let lines = try String(contentsOf: folder.appending(path: "estimates.csv"), encoding: .utf8).split(
        separator: "\n")
      #expect(
        lines == [
          "row,share,lower,upper,name", "0,0.2,,,neurons", "1,0.6,,,\"random directions\"", "2,0.9,,,control",
        ])
    }
  }

  @Test("The line of the observed value stands where it belongs among the bars", arguments: [1.0, 4.5, 12])
  func observedLine(observed: Double) throws {
    // A bar for each of 2…9 with edges at whole numbers: the bars reach from 2 to 10.
    let draws = (2...9).flatMap { [Double](repeating: Double($0) + 0.5, count: 9) }
    let chart = Chart.nullHistogram(
      caption: FigureCaption(title: ""), draws: draws, observed: observed, observedName: "neurons", p: 0.1,
      axis: "κ", drawName: "rotations")
    try withTemporaryFolder { folder in
      try chart.write(named: "null", in: folder)
      let drawn = try PNGFile.read(folder.appending(path: "null.png"))
      let bars = columns(of: Colour(hex: Chart.Role.random.colour), in: drawn)
      // Within the bars the line alone is so tall and of this colour: its column has most pixels.
      let line = columns(of: Colour(hex: Chart.Role.neurons.colour), in: drawn).max { $0.value < $1.value }
      let (left, right) = (Double(bars.keys.min()!), Double(bars.keys.max()! + 1))
      let found: Int = try #require(line?.key)
      #expect(abs(Double(found) - (left + (observed - 2) / 8 * (right - left))) < 5)
    }
  }

  @Test("Bins lie between multiples of an easy width and hold every draw once")
  func bins() {
    let values = (0..<999).map { sin(Double($0)) * 0.3 }
    let bins = Chart.Bins(values)
    #expect(bins.counts.reduce(0, +) == 999)
    #expect((16...40).contains(bins.counts.count))
    let width = bins.edge(1) - bins.edge(0)
    #expect(abs(width - 0.02) < 1e-12)
    for bin in bins.counts.indices {
      let inside = values.count { bins.edge(bin) <= $0 && $0 < bins.edge(bin + 1) }
      #expect(bins.counts[bin] == inside)
    }
    #expect(Chart.Bins([0.5]).counts == [1])
    #expect(Chart.Bins([3, 3, 3]).counts == [3])
  }

  @Test("A forest plot without a mean, a curve of one point, and level values are drawn")
  func leastCharts() throws {
    let caption = FigureCaption(title: "")
    let charts: [Chart] = [
      .forestPlot(
        caption: caption, networks: [.init(name: "network 1", value: 0)], mean: nil, margin: 0.1, axis: "Δ"),
      .topCounts(
        caption: caption, series: [.init(name: "", role: .random, points: [.init(x: 9, value: 0)])], axis: "κ"
      ),
      .doseResponse(
        caption: caption, series: [.init(name: "", role: .other(-1), points: [.init(x: 0, value: 0.5)])],
        levels: [.init(name: "level", value: 0.5)], axis: "κ"),
      .nullHistogram(
        caption: caption, draws: [0.5, 0.5], observed: 0.5, observedName: "", p: 1, axis: "", drawName: ""),
      .activationHistograms(
        caption: caption, panels: [.init(title: "", bounds: 0...0, counts: [0], role: .neurons)], axis: "",
        countScale: .linear),
    ]
    for chart in charts {
      try withTemporaryFolder { try chart.write(named: "least", in: $0) }
    }
  }

  @Test("Names of levels move apart upwards, and no further than they must")
  func apart() {
    #expect(Chart.apart([5, 1, 1.5, 3.2], by: 1) == [5, 1, 2, 3.2])
    #expect(Chart.apart([1, 1, 1], by: 2) == [1, 3, 5])
  }

  @Test(
    "p is printed with digits that show it", arguments: [(1, "1.000"), (0.048, "0.048"), (0.0002, "0.0002")])
  func pText(p: Double, text: String) {
    #expect(Chart.pText(p) == text)
  }

  @Test("Layer names too long for their places are slanted and stay inside the picture")
  func longLayerNames() throws {
    let layers = (1...9).map { "block\($0).convolution.after_relu" }
    try withTemporaryFolder { folder in
      try ChartExamples.depth(layers: layers).write(named: "depth", in: folder)
      #expect(try PNGFile.read(folder.appending(path: "depth.png")).hasWhiteMargin(20))
    }
  }

  // MARK: Pixels

  private func columns(of colour: Colour, in bitmap: Bitmap) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for y in 0..<bitmap.height {
      for x in 0..<bitmap.width where bitmap[x: x, y: y] == colour { counts[x, default: 0] += 1 }
    }
    return counts
  }

  private func centre(of colour: Colour, in bitmap: Bitmap) -> (x: Double, y: Double) {
    var (count, sumX, sumY) = (0, 0, 0)
    for y in 0..<bitmap.height {
      for x in 0..<bitmap.width where bitmap[x: x, y: y] == colour {
        (count, sumX, sumY) = (count + 1, sumX + x, sumY + y)
      }
    }
    return (Double(sumX) / Double(count), Double(sumY) / Double(count))
  }
}

extension Colour {
  /// `#RRGGBB`
  fileprivate init(hex code: ChartCode) {
    var words = ChartWords()
    self.init(UInt32(words.rendered(code).dropFirst(), radix: 16)!)
  }
}
