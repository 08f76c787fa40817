import Foundation
import Images
import Testing

@testable import Figures

@Suite struct ChartTests {
  private let curve = Chart.trainingCurve(
    title: "lenet",
    epochs: (1...4).map { (number: Int) in
      let rest = 1 / Double(number)
      return Chart.Epoch(
        number: number, trainingLoss: rest, trainingAccuracy: 1 - rest / 2,
        validationLoss: number == 2 ? nil : rest,
        validationAccuracy: 1 - rest / 3)
    })

  @Test(
    "The axis of accuracy ends where shares end",
    arguments: [(0.005, 0.0...1.5), (0, 0...1), (1, 99...100), (0.5, 49...51)])
  func accuracyAxis(accuracy: Double, range: ClosedRange<Double>) {
    let chart = Chart.trainingCurve(
      title: "one", epochs: [.init(number: 1, trainingLoss: 1, trainingAccuracy: accuracy)])
    let lines = chart.script(named: "m").script.split(separator: "\n")
    let ends = lines.filter { $0.hasPrefix("set yrange ") }[1].dropFirst("set yrange [".count).dropLast()
      .split(separator: ":").compactMap { Double($0) }
    #expect(ends == [range.lowerBound, range.upperBound])
  }

  @Test(
    "A chart is a picture, its script, its numbers and its words; the script alone draws the same picture again"
  )
  func files() throws {
    try withTemporaryFolder { folder in
      try curve.write(named: "a-curve", in: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["csv", "gp", "pdf", "png", "txt"].map { "a-curve.\($0)" })
      let picture = folder.appending(path: "a-curve.png")
      let bitmap = try PNGFile.read(picture)
      #expect((bitmap.width, bitmap.height) == (960, 400))
      let bytes = try Data(contentsOf: picture)
      try FileManager.default.removeItem(at: picture)
      try Gnuplot(searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
        .run(script: "a-curve.gp", in: folder)
      #expect(try Data(contentsOf: picture) == bytes)
    }
  }

  @Test("The data file holds every number; what was not measured is an empty field")
  func data() throws {
    try withTemporaryFolder { folder in
      try curve.write(named: "curve", in: folder)
      let lines = try String(contentsOf: folder.appending(path: "curve.csv"), encoding: .utf8).split(
        separator: "\n")
      #expect(lines.count == 5)
      #expect(
        lines[0] == #"epoch,"training loss","training accuracy","validation loss","validation accuracy""#)
      #expect(lines[2] == "2,0.5,0.75,,\(1 - 0.5 / 3)")
    }
  }

  @Test("Names with quotes, commas, backquotes and line breaks are drawn as names and run nothing")
  func oddNames() throws {
    try withTemporaryFolder { folder in
      let marker = folder.appending(path: "marker")
      let names = [
        "a,b", "it's \"x\"", "50% off", "`touch '\(marker.path)'`", "x_{2}^3", "\\n", "# 5", "e\nf", "DATA",
        "",
      ]
      let counts = names.indices.map { row in names.indices.map { row == $0 ? 7 : 1 } }
      let chart = Chart.confusionMatrix(title: names.joined(), classNames: names, counts: counts)
      try chart.write(named: "confusion", in: folder)
      #expect(!FileManager.default.fileExists(atPath: marker.path))
      let lines = try String(contentsOf: folder.appending(path: "confusion.csv"), encoding: .utf8).split(
        separator: "\n")
      #expect(lines.count == 1 + 100)
      #expect(lines[2] == #"0,1,1,"a,b","it's ""x""""#)
    }
  }

  @Test(
    "Cells of a confusion matrix are as dark as their counts, true classes downwards, predicted to the right")
  func confusionCells() throws {
    try withTemporaryFolder { folder in
      // 30 classes: no numbers are printed into the cells.
      var counts = [[Int]](repeating: [Int](repeating: 0, count: 30), count: 30)
      counts[2][27] = 10
      let names = (0..<30).map { "c\($0)" }
      try Chart.confusionMatrix(title: "", classNames: names, counts: counts).write(named: "m", in: folder)
      let drawn = try PNGFile.read(folder.appending(path: "m.png"))
      let dark = Colour(0x0B4F82)
      // The colour scale, at the right, begins beyond the matrix of 30 cells of 17 pixels.
      let left = 50 + (names.map { Font(.sans, size: 13).width(of: $0) }.max() ?? 0)
      let cells = (0..<drawn.height).flatMap { y in
        (left..<left + 30 * 17).filter { drawn[x: $0, y: y] == dark }.map {
          (column: ($0 - left) / 17, row: (y - 48) / 17)
        }
      }
      #expect(cells.count > 200)
      #expect(cells.allSatisfy { $0.column == 27 && $0.row == 2 })
    }
  }

  @Test("Without gnuplot the error names the package, and earlier files stay as they were")
  func missingGnuplot() throws {
    try withTemporaryFolder { folder in
      let old = folder.appending(path: "curve.csv")
      try Data("old".utf8).write(to: old)
      #expect(throws: Chart.Problem.gnuplotMissing) {
        try curve.write(named: "curve", in: folder, searchPath: folder.path)
      }
      #expect(try Data(contentsOf: old) == Data("old".utf8))
      #expect(Chart.Problem.gnuplotMissing.description.contains("gnuplot-nox"))
    }
  }

  @Test("Every format is drawn from one script; an SVG shows class names letter by letter")
  func formats() throws {
    try withTemporaryFolder { folder in
      let chart = Chart.confusionMatrix(
        title: "", classNames: ["50% off", "%s"], counts: [[3, 1], [0, 2]])
      try chart.write(named: "m", in: folder, formats: [.svg, .pdf])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["m.csv", "m.gp", "m.pdf", "m.svg", "m.txt"])
      let svg = try String(contentsOf: folder.appending(path: "m.svg"), encoding: .utf8)
      #expect(svg.contains(">50% off<") && svg.contains(">%s<"))
    }
  }

  @Test("Left of the axes there is room for the widest number and, clear of it, the name of the axis")
  func leftRoom() {
    for (range, widest) in [(-0.016...0.013, "−0.015"), (-0.00016...0.0001, "−0.00015")] {
      let name = ChartFrame.edge + 12  // its letters end here
      #expect(
        ChartFrame.leastLeft(ofTicsIn: range) >= name + ChartFrame.ticFont.width(of: widest) + 8 + 4)
    }
    #expect(ChartFrame.leastLeft(ofTicsIn: 0...100) < 86)
  }

  @Test("What gnuplot says of a failure is passed on")
  func gnuplotFails() throws {
    try withTemporaryFolder { folder in
      let broken = Chart(
        script: ["plot no_such_function(x)"], table: [["x"], ["1"]], width: 100, height: 100)
      let error = #expect(throws: Chart.Problem.self) { try broken.write(named: "broken", in: folder) }
      #expect(error?.description.contains("no_such_function") == true)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == [])
    }
  }
}
