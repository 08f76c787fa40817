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

  @Test("A chart that cannot be drawn is one remark, and none of its five files is left from earlier")
  func chart() throws {
    try withTemporaryFolder { folder in
      for ending in Chart.fileEndings {
        try Data("earlier".utf8).write(to: folder.appending(path: "m.\(ending)"))
      }
      let failures = FigureFailures { _ in }
      let rungs = (0..<1000).map { Chart.Rung(name: "\($0)", value: 0.5, role: .random) }
      let chart = Chart.ladder(caption: FigureCaption(title: ""), rungs: rungs, axis: "κ")
      try FigureFailures.$current.withValue(failures) { try chart.write(named: "m", in: folder) }
      let remarks = failures.remarks(in: folder)
      #expect(remarks.count == 1 && remarks[0].hasPrefix("m.png was not drawn: it would be "))
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
}
