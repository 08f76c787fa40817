import Foundation
import Images
import Storage
import Testing

@testable import Figures

@Suite struct ChartTests {
  static let charts = ChartExamples.charts + NastyCharts.charts()

  @Test(
    "A chart is two pictures, its numbers, its words and a script, the same bytes each time",
    arguments: charts.indices)
  func files(index: Int) throws {
    let (name, chart) = Self.charts[index]
    try withTemporaryFolder { folder in
      let again = folder.appending(path: "again")
      try FileManager.default.createDirectory(at: again, withIntermediateDirectories: true)
      try chart.write(named: name, in: folder)
      try chart.write(named: name, in: again)
      let names = try FileManager.default.contentsOfDirectory(atPath: again.path).sorted()
      #expect(names == ["csv", "gp", "pdf", "png", "txt"].map { "\(name).\($0)" })
      for file in names {
        #expect(
          try Data(contentsOf: again.appending(path: file)) == Data(contentsOf: folder.appending(path: file)),
          "\(file)")
      }
      let bitmap = try PNGFile.read(folder.appending(path: "\(name).png"))
      #expect((bitmap.width, bitmap.height) == (2 * chart.width, 2 * chart.height))
      // Nothing is cut off at the edge.
      #expect(bitmap.hasWhiteMargin(8))
    }
  }

  @Test("The PDF is a page of the picture's size at 96 pixels per inch, with its text as text")
  func document() throws {
    let chart = ChartExamples.ladder()
    try withTemporaryFolder { folder in
      try chart.write(named: "ladder", in: folder)
      let document = String(
        decoding: try Data(contentsOf: folder.appending(path: "ladder.pdf")), as: UTF8.self)
      let (width, height) = (0.75 * Double(chart.width), 0.75 * Double(chart.height))
      #expect(document.contains("MediaBox [ 0 0 \(Numbers.factor(width)) \(Numbers.factor(height)) ]"))
      #expect(document.contains("DejaVuSans"))
    }
  }

  @Test("The PNG tells where it comes from, and its words to who cannot see it")
  func chunks() throws {
    try withTemporaryFolder { folder in
      try ChartExamples.ladder().write(named: "ladder", in: folder)
      let chunks = try PNGFile.readText(folder.appending(path: "ladder.png"))
      #expect(chunks.contains { $0.key == "Title" && $0.value == "How coherent top images are" })
      #expect(chunks.contains { $0.key == "Protocol" && $0.value == "5f0e91aa" })
      #expect(chunks.contains { $0.key == "Transcript" && $0.value.contains("untrained network, random") })
    }
  }

  @Test("The data file holds every number; what was not measured, and what is no number, is an empty field")
  func data() throws {
    try withTemporaryFolder { folder in
      let chart = Chart.trainingCurve(
        title: "lenet",
        epochs: [
          .init(number: 1, trainingLoss: 0.5, trainingAccuracy: 0.75, validationAccuracy: 0.7),
          .init(number: 2, trainingLoss: .nan, trainingAccuracy: 0.1, validationLoss: .infinity),
        ])
      try chart.write(named: "curve", in: folder)
      let lines = try String(contentsOf: folder.appending(path: "curve.csv"), encoding: .utf8).split(
        separator: "\n")
      #expect(
        lines == [
          #"epoch,"training loss","training accuracy","validation loss","validation accuracy""#,
          "1,0.5,0.75,,0.7",
          "2,,0.1,,",
        ])
    }
  }

  @Test("A chart of more rows than a picture can hold is an error, and earlier files stay as they were")
  func tooLarge() throws {
    let count = 2000
    let chart = Chart.classShares(
      caption: FigureCaption(title: ""), classNames: (0..<count).map(String.init),
      series: [
        .init(
          name: "a", role: .random, shares: (0..<count).map { _ in .init(value: 0.5, interval: 0.4...0.6) })
      ], axis: "share")
    try withTemporaryFolder { folder in
      let old = folder.appending(path: "m.csv")
      try Data("old".utf8).write(to: old)
      #expect(throws: FigureTooLarge.self) { try chart.write(named: "m", in: folder) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.csv"])
    }
  }

  @Test("Charts of the least that there can be are drawn")
  func least() throws {
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
      .confusionMatrix(title: "", classNames: [""], counts: [[0]]),
    ]
    for chart in charts {
      try withTemporaryFolder { try chart.write(named: "least", in: $0) }
    }
  }
}
