import Foundation
import Images
import Storage
import Synchronization
import Testing

@testable import Figures

@Suite struct FigureFailuresTests {
  private func huge() -> ImageGrid {
    let pixel = Bitmap(width: 1, height: 1, channels: 1, samples: [0])
    return ImageGrid(
      caption: FigureCaption(title: "many"), rows: (0..<600).map { .init(name: "\($0)", images: [pixel]) },
      scale: 64)
  }

  @Test("Without anybody who notes it, a figure that is too large is an error and the earlier picture stays")
  func error() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "sheet.png")
      try Data("earlier".utf8).write(to: file)
      #expect(throws: FigureTooLarge.self) { try huge().write(to: file) }
      #expect(try Data(contentsOf: file) == Data("earlier".utf8))
    }
  }

  @Test("Noted, it is a remark of its folder, the run goes on, and no earlier picture is taken for it")
  func noted() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "figures/sheet.png")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "figures"), withIntermediateDirectories: true)
      try Data("earlier".utf8).write(to: file)
      let told = Mutex<[String]>([])
      let failures = FigureFailures { sentence in told.withLock { $0.append(sentence) } }
      let other = folder.appending(path: "other")
      try FigureFailures.$current.withValue(failures) { try huge().write(to: file) }
      #expect(!FileManager.default.fileExists(atPath: file.path))
      let remarks = failures.remarks(in: folder)
      #expect(remarks.count == 1 && remarks[0].hasPrefix("figures/sheet.png was not drawn: it would be "))
      #expect(told.withLock { $0 }.count == 1)
      #expect(failures.remarks(in: other).isEmpty)
    }
  }

  @Test("Without gnuplot a chart is a remark, and none of its five files is left from earlier")
  func chart() throws {
    try withTemporaryFolder { folder in
      for ending in Chart.fileEndings {
        try Data("earlier".utf8).write(to: folder.appending(path: "m.\(ending)"))
      }
      let failures = FigureFailures { _ in }
      let chart = Chart.confusionMatrix(title: "", classNames: ["a", "b"], counts: [[1, 0], [0, 1]])
      try FigureFailures.$current.withValue(failures) {
        try FigureFailures.noting(
          folder.appending(path: "m.png"),
          and: Chart.fileEndings.dropFirst().map { folder.appending(path: "m.\($0)") }
        ) { try chart.write(named: "m", in: folder, searchPath: "") }
      }
      #expect(
        failures.remarks(in: folder) == [
          "m.png was not drawn: gnuplot is not installed: charts need the package gnuplot-nox"
        ])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("What the one who is told throws ends the run, and a disk's error is none of the figure's")
  func thrown() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      FigureFailures.$current.withValue(FigureFailures { _ in throw Stop() }) {
        #expect(throws: Stop.self) { try huge().write(to: folder.appending(path: "a.png")) }
      }
      let small = ImageGrid(
        caption: FigureCaption(title: "one"),
        rows: [.init(name: "a", images: [Bitmap(width: 1, height: 1, channels: 1, samples: [0])])])
      FigureFailures.$current.withValue(FigureFailures { _ in }) {
        #expect(throws: FileError.self) { try small.write(to: folder.appending(path: "none/a.png")) }
      }
    }
  }

  @Test("Confused pairs stand under their class, with the share of its images")
  func pairs() throws {
    let chart = Chart.confusedPairs(
      caption: FigureCaption(title: "t"),
      pairs: [
        .init(className: "a", predicted: "b", share: .init(3, of: 10)),
        .init(className: "c", predicted: "a", share: .init(2, of: 4)),
        .init(className: "a", predicted: "c", share: .init(1, of: 10)),
      ])
    let rows = chart.table.dropFirst().map { $0.map { "\($0)" } }
    #expect(chart.table[0].map { "\($0)" }.suffix(4) == ["count", "of", "name", "part"])
    #expect(
      rows.map { Array($0.suffix(4)) } == [
        ["3", "10", "→ b", "a"], ["1", "10", "→ c", "a"], ["2", "4", "→ a", "c"],
      ])
  }
}
