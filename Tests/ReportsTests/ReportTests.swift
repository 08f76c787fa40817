import Foundation
import Storage
import Testing

@testable import Lab
@testable import Reports

@Suite struct ReportTests {
  private func page(_ folder: URL) throws -> String {
    try String(contentsOf: folder.appending(path: "index.html"), encoding: .utf8)
  }

  /// What stands in an attribute, everywhere on the page.
  private func values(of attribute: String, in page: String) -> [String] {
    page.components(separatedBy: " \(attribute)=\"").dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
  }

  @Test(
    "Everything that the page shows is beside it; every anchor is there, once; nothing points to a network")
  func whole() throws {
    let runs = try MadeUpRuns()
    let folders = try [
      runs.evaluation("first run"), runs.evaluation("other/first run"), runs.training("training"),
    ]
    let target = runs.folder.appending(path: "report")
    let report = try Report(title: "A title", of: folders)
    try report.files().write(to: target)
    let page = try page(target)
    let files = Set(values(of: "src", in: page) + values(of: "href", in: page)).filter { !$0.hasPrefix("#") }
    #expect(files.count == 4)
    for file in files {
      #expect(FileManager.default.fileExists(atPath: target.appending(path: file).path), "\(file)")
    }
    #expect(
      try Data(contentsOf: target.appending(path: "runs/first-run/figures/confusion.png"))
        == Data(contentsOf: folders[0].appending(path: "figures/confusion.png")))
    let anchors = values(of: "id", in: page)
    #expect(Set(anchors).count == anchors.count)
    for link in values(of: "href", in: page) where link.hasPrefix("#") {
      #expect(anchors.contains(String(link.dropFirst())), "\(link)")
    }
    #expect(anchors.contains("first-run") && anchors.contains("first-run-2") && anchors.contains("training"))
    for address in ["http:", "https:", "//cdn", "@import"] {
      #expect(!page.contains(address), "\(address)")
    }
    #expect(page.contains("<title>A title</title>") && page.contains("20 of 30 held-out images"))
    let size = try report.files().size
    let found = try files.union(["index.html", "report.md"]).reduce(0) { sum, file in
      sum + (try Data(contentsOf: target.appending(path: file)).count)
    }
    #expect(size == found)
  }

  @Test("Names that would be scripts are text")
  func escaping() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: MadeUpRuns.evil, of: [runs.evaluation("run")]).files().write(to: target)
    let page = try page(target)
    #expect(!page.contains("<script>alert") && !page.contains("alert(\""))
    #expect(page.contains("&lt;script&gt;alert("))
    // One script, at the end, and one style: the page's own.
    #expect(page.components(separatedBy: "<script>").count == 2)
    #expect(page.components(separatedBy: "</script>").count == 2)
    // A quotation mark would end an attribute.
    for cell in values(of: "data-value", in: page) { #expect(!cell.contains("<") && !cell.contains("'x")) }
  }

  @Test("Every picture has words; wide tables end where the page says so")
  func pictures() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "t", of: [runs.evaluation("run", rowCount: 350)]).files().write(to: target)
    let page = try page(target)
    let alternatives = values(of: "alt", in: page)
    #expect(alternatives.count == 1 && !alternatives.contains(""))
    #expect(page.contains("<li>row 2</li>") && page.contains("width=\"6\" height=\"4\""))
    #expect(
      page.contains("the first 200 of 350 rows") && page.components(separatedBy: "<tr id=").count == 201)
    #expect(page.contains("<th scope=\"col\" class=\"number\">mean recall</th>"))
    #expect(page.contains("data-value=\"0.3333333333333333\">0.333333</td>"))
  }

  @Test("A single file has its pictures inside and nothing beside it")
  func singleFile() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    let report = try Report(title: "t", of: [runs.evaluation("run")])
    try report.files(isSingleFile: true).write(to: target)
    #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["index.html"])
    let picture = try Data(contentsOf: runs.folder.appending(path: "run/figures/confusion.png"))
    #expect(try page(target).contains("data:image/png;base64,\(picture.base64EncodedString())"))
    #expect(try report.files(isSingleFile: true).size == Data(page(target).utf8).count)
    #expect(!values(of: "href", in: try page(target)).contains { $0.hasSuffix(".csv") })
  }

  @Test("Files of an earlier report that the new one does not have are removed, and nobody else's")
  func earlier() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "A", of: [runs.evaluation("one"), runs.training("two")]).files(hasArticle: true).write(
      to: target)
    let stranger = target.appending(path: "runs/one/notes.txt")
    try Data().write(to: stranger)
    // A list that was changed leads nowhere else.
    let outside = runs.folder.appending(path: "outside.txt")
    try Data().write(to: outside)
    let list = target.appending(path: ReportFiles.listName)
    let names = try JSONFile.read([String].self, from: list)
    #expect(names.contains("latex/writeup.tex") && names.contains("index.html"))
    try JSONFile.write(
      names + ["../outside.txt", "runs/../../outside.txt", "runs/one/notes.txt/.."], to: list)
    let files = try Report(title: "B", of: [runs.training("two")]).files()
    try files.write(to: target)
    let found = try FileManager.default.subpathsOfDirectory(atPath: target.path).filter {
      !["runs", "runs/one", "runs/two", "runs/two/figures"].contains($0)
    }
    #expect(Set(found) == Set(files.places + [ReportFiles.listName, "runs/one/notes.txt"]))
    #expect(FileManager.default.fileExists(atPath: outside.path))
    try Report(title: "C", of: [runs.training("two")]).files(isSingleFile: true).write(to: target)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: target.path)) == ["index.html", "runs"])
  }

  @Test("A demo and a run called after one of its parts stay apart; its directions are shown once")
  func anchors() throws {
    let runs = try MadeUpRuns()
    let demo = try runs.demo("demo")
    let target = runs.folder.appending(path: "report")
    let report = try Report(title: "t", of: [demo, runs.gallery("demo-gallery")])
    let files = try report.files(hasArticle: true)
    #expect(Set(files.places).count == files.places.count)
    try files.write(to: target)
    let page = try page(target)
    let anchors = values(of: "id", in: page)
    #expect(Set(anchors).count == anchors.count)
    #expect(anchors.contains("demo-gallery") && anchors.contains("demo-gallery-2"))
    #expect(page.components(separatedBy: "<details class=\"directions\">").count == 3)
    #expect(page.contains("Neurons beside random directions (demo)"))
    #expect(page.contains("Neurons beside random directions (demo-gallery-2)"))
  }

  @Test("A link in a run folder that leads to a file elsewhere is refused, one inside it is followed")
  func links() throws {
    let runs = try MadeUpRuns()
    let secret = runs.folder.appending(path: "secret")
    try FileManager.default.createDirectory(at: secret, withIntermediateDirectories: true)
    for (name, file) in [
      ("table", "classes.csv"), ("picture", "figures/confusion.png"), ("folder", "figures"),
    ] {
      let run = try runs.evaluation(name)
      let (place, moved) = (run.appending(path: file), secret.appending(path: name))
      try FileManager.default.moveItem(at: place, to: moved)
      try FileManager.default.createSymbolicLink(at: place, withDestinationURL: moved)
      let error = #expect(throws: FileError.self, "\(name)") { try Report(title: "t", of: [run]) }
      #expect(error.map { "\($0)" }?.contains("a link that leads there") == true, "\(name)")
      let inside = run.appending(path: "moved")
      try FileManager.default.moveItem(at: moved, to: inside)
      try FileManager.default.removeItem(at: place)
      try FileManager.default.createSymbolicLink(at: place, withDestinationURL: inside)
      #expect(throws: Never.self, "\(name)") { try Report(title: "t", of: [run]).files() }
    }
  }

  @Test("What an earlier report left is not removed through a link")
  func linkedReport() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "A", of: [runs.evaluation("one")]).files().write(to: target)
    let (own, theirs) = (target.appending(path: "runs/one"), runs.folder.appending(path: "theirs"))
    try FileManager.default.moveItem(at: own, to: theirs)
    try FileManager.default.createSymbolicLink(at: own, withDestinationURL: theirs)
    try Report(title: "B", of: [runs.training("two")]).files().write(to: target)
    #expect(FileManager.default.fileExists(atPath: theirs.appending(path: "classes.csv").path))
  }

  @Test("A list of exhibits that names files elsewhere is refused")
  func outside() throws {
    let runs = try MadeUpRuns()
    let run = try runs.gallery("run")
    let file = run.appending(path: "exhibits.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    for name in ["../other/gallery.png", "/etc/gallery.png"] {
      try Data(text.replacing("gallery.png", with: name).replacing("/", with: "\\/").utf8).write(to: file)
      let error = #expect(throws: FileError.self) { try Report(title: "t", of: [run]) }
      #expect(error.map { "\($0)" }?.contains("outside the run folder") == true)
    }
  }

  @Test("A list of exhibits that cannot be read is refused with its name")
  func damagedList() throws {
    let runs = try MadeUpRuns()
    let file = try runs.evaluation("run").appending(path: "exhibits.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    for damaged in [text.replacing("\"findings\"", with: "\"finds\""), String(text.dropLast(3))] {
      try Data(damaged.utf8).write(to: file)
      let error = #expect(throws: FileError.self) {
        try Report(title: "t", of: [file.deletingLastPathComponent()])
      }
      #expect(error?.file.lastPathComponent == "exhibits.json")
    }
  }

  @Test("What is no finished run is said, with its folder, and nothing is written")
  func refused() throws {
    let runs = try MadeUpRuns()
    let good = try runs.evaluation("good")
    let unfinished = try runs.evaluation("unfinished", isComplete: false)
    let unknown = RunFolder(runs.folder.appending(path: "unknown"))
    try unknown.create()
    try AtomicFile.write(#"{"experiment": "alchemy", "complete": true}"#, to: unknown.file("run.json"))
    let broken = RunFolder(runs.folder.appending(path: "broken"))
    try broken.create()
    try AtomicFile.write("{", to: broken.file("run.json"))
    let noPicture = try runs.evaluation("no picture")
    try AtomicFile.write("no PNG", to: noPicture.appending(path: "figures/confusion.png"))
    for (folder, words) in [
      (runs.folder.appending(path: "nowhere"), "is no run folder"), (unfinished, "was not finished"),
      (unknown.url, "alchemy"), (broken.url, "run.json"), (noPicture, "PNG"),
    ] {
      let error = #expect(throws: FileError.self) { try Report(title: "t", of: [good, folder]) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(folder.lastPathComponent) && text.contains(words), "\(text)")
    }
  }

  @Test("A picture that is not there is left out; an earlier page stays until the new one is whole")
  func missing() throws {
    let runs = try MadeUpRuns()
    let run = try runs.evaluation("run")
    try FileManager.default.removeItem(at: run.appending(path: "figures/confusion.png"))
    let target = runs.folder.appending(path: "report")
    try Report(title: "first", of: [run]).files().write(to: target)
    #expect(try !page(target).contains("<img"))
    let report = try Report(title: "second", of: [run])
    try FileManager.default.removeItem(at: run.appending(path: "classes.csv"))
    #expect(throws: (any Error).self) { try report.files().write(to: target) }
    #expect(try page(target).contains("<title>first</title>"))
  }
}
