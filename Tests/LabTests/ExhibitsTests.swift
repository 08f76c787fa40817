import Figures
import Foundation
import Storage
import Tensors
import Testing

@testable import Lab

@Suite struct ExhibitsTests {
  private func inFolder(_ body: (RunFolder) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue exhibits \(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = RunFolder(url)
    try folder.create()
    try body(folder)
  }

  private func exhibits(_ name: String) -> Exhibits {
    var exhibits = Exhibits(
      title: "Title", findings: ["first", "second"], basis: "n = 2.", listing: ["a  b"])
    exhibits.table(
      "\(name).csv", "Table.", of: [(1, 0.5), (2, nil as Double?)],
      [TableColumn("number", article: "no.") { $0.0 }, TableColumn("value") { $0.1 }])
    let epoch = Chart.Epoch(
      number: 1, trainingLoss: 1, trainingAccuracy: 0.5, validationLoss: nil, validationAccuracy: nil)
    exhibits.chart(
      "figures/\(name)", "Curve.", alternative: "A curve.", Chart.trainingCurve(title: "t", epochs: [epoch]))
    exhibits.chart("figures/none", "None.", alternative: "", nil)
    exhibits.cite(.gu2017badnets)
    return exhibits
  }

  @Test("Tables, pictures and their list are written, and the list says where to look")
  func writes() throws {
    try inFolder { folder in
      try exhibits("one").write(to: folder)
      let table = try String(contentsOf: folder.file("one.csv"), encoding: .utf8)
      #expect(table == "number,value\n1,0.5\n2,\n")
      let list = try #require(try ExhibitList(of: folder))
      #expect(list == exhibits("one").list)
      #expect(list.pictures.map(\.file) == ["figures/one.png"] && folder.exists("figures/one.png"))
      #expect(list.tables[0].columns.map(\.heading) == ["no.", nil])
      let lines = list.lines(in: folder)
      #expect(lines.prefix(5) == ["first", "", "a  b", "", "second"])
      #expect(lines[5].hasPrefix("look at    ") && lines[5].hasSuffix("/figures/one.png"))
      #expect(lines[6].hasPrefix("numbers    ") && lines[6].hasSuffix("/one.csv") && lines.count == 7)
      // A picture that could not be drawn is no place to look.
      try folder.remove("figures/one.png")
      #expect(!list.lines(in: folder).contains { $0.hasPrefix("look at") })
    }
  }

  @Test("Tables and list stand before the first picture is drawn, so that one that fails loses no number")
  func failing() throws {
    struct Failure: Error {}
    try inFolder { folder in
      var exhibits = exhibits("one")
      exhibits.figure("failing.png", "Fails.") { () throws -> ImageStrip in throw Failure() }
      #expect(throws: Failure.self) { try exhibits.write(to: folder) }
      #expect(folder.exists("one.csv") && folder.exists("exhibits.json"))
    }
  }

  @Test("What an earlier run listed and this one does not goes, with all of a chart; other files stay")
  func earlier() throws {
    try inFolder { folder in
      try exhibits("one").write(to: folder)
      try folder.write(["own"], to: "own.json")
      try exhibits("two").write(to: folder)
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted()
      #expect(
        names == [
          "exhibits.json", "figures", "figures/two.csv", "figures/two.gp", "figures/two.pdf",
          "figures/two.png",
          "figures/two.txt", "own.json", "two.csv",
        ])
    }
  }

  @Test("A list that names a file outside its folder takes nothing away")
  func outside() throws {
    try inFolder { folder in
      let inner = try folder.folder("run")
      try folder.write(["mine"], to: "mine.csv")
      var list = exhibits("one").list
      list.tables[0].file = "../mine.csv"
      try inner.write(list, to: "exhibits.json")
      try exhibits("two").write(to: inner)
      #expect(folder.exists("mine.csv"))
    }
  }

  @Test("A share has its count, its total and Wilson's interval in columns of one name")
  func counted() {
    let columns = [TableColumn<Proportion?>].counted("error", article: ("errors", "of", nil)) { $0 }
    #expect(
      columns.map(\.name) == ["error_count", "error_of", "error", "error_lower_95", "error_upper_95"])
    #expect(columns.map(\.heading) == ["errors", "of", nil, nil, nil])
    let share = Proportion(3, of: 7)
    let fields = columns.map { $0.value(share).csvField(isForGnuplot: false) }
    let interval = share.interval95
    #expect(fields[0] == "3" && fields[1] == "7" && fields[2] == "\(3.0 / 7)")
    #expect(fields[3] == "\(interval?.lowerBound ?? 0)" && fields[4] == "\(interval?.upperBound ?? 0)")
    #expect(columns.map { $0.value(nil).csvField(isForGnuplot: false) } == ["", "", "", "", ""])
  }
}
