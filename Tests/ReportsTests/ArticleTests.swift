import Foundation
import Testing

@testable import Lab
@testable import Reports

@Suite struct ArticleTests {
  private func article(_ runs: MadeUpRuns) throws -> (folder: URL, text: String) {
    let target = runs.folder.appending(path: "report")
    try Report(title: MadeUpRuns.evil, of: [runs.evaluation("first run"), runs.gallery("sheets")])
      .files(hasArticle: true).write(to: target)
    let folder = target.appending(path: "latex")
    return (folder, try String(contentsOf: folder.appending(path: "writeup.tex"), encoding: .utf8))
  }

  private func arguments(of command: String, in text: String) -> [String] {
    text.components(separatedBy: "\\\(command){").dropFirst().map { String($0.prefix { $0 != "}" }) }
  }

  @Test(
    "Everything that the article includes is beside it, and every work that it cites is in its bibliography")
  func whole() throws {
    let runs = try MadeUpRuns()
    let (folder, text) = try article(runs)
    let figures = arguments(of: "fitted", in: text).filter { $0.hasPrefix("figures/") }
    let tables = arguments(of: "input", in: text)
    #expect(
      figures
        == ["first-run_figures-confusion", "sheets_neurons", "sheets_random"].map { "figures/\($0).pdf" })
    #expect(FileManager.default.fileExists(atPath: folder.appending(path: "figures/sheets_gallery.pdf").path))
    #expect(tables == ["first-run_classes", "sheets_directions"].map { "tables/\($0)" })
    for file in figures + tables.map({ $0 + ".tex" }) {
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: file).path), "\(file)")
    }
    #expect(
      try Data(contentsOf: folder.appending(path: figures[0])).starts(with: Data("%PDF".utf8)))
    let bibliography = try String(contentsOf: folder.appending(path: "references.bib"), encoding: .utf8)
    let cited = arguments(of: "cite", in: text).flatMap { $0.split(separator: ",").map(String.init) }
    #expect(cited.contains("wilson1927probable") && cited.contains("bau2017network"))
    for key in cited { #expect(bibliography.contains("{\(key),"), "\(key)") }
    for citation in Citation.allCases {
      #expect(bibliography.contains("{\(citation.rawValue),"), "\(citation)")
    }
  }

  @Test("Two pictures whose names come to one in the article stand there both")
  func equalNames() throws {
    let runs = try MadeUpRuns()
    let run = RunFolder(try runs.gallery("sheets"))
    try runs.picture(run, "neurons a.png", title: "first")
    try runs.picture(run, "neurons_a.png", title: "second")
    var list = try #require(try ExhibitList(of: run))
    list.pictures += ["neurons a.png", "neurons_a.png"].map { .init(file: $0, caption: $0) }
    try run.write(list, to: "exhibits.json")
    let target = runs.folder.appending(path: "report")
    try Report(title: "t", of: [run.url]).files(hasArticle: true).write(to: target)
    let text = try String(contentsOf: target.appending(path: "latex/writeup.tex"), encoding: .utf8)
    let figures = arguments(of: "fitted", in: text).filter { $0.hasPrefix("figures/sheets_neurons-a") }
    #expect(figures == ["figures/sheets_neurons-a.pdf", "figures/sheets_neurons-a-2.pdf"])
    #expect(Set(arguments(of: "label", in: text)).count == arguments(of: "label", in: text).count)
    for name in figures {
      #expect(FileManager.default.fileExists(atPath: target.appending(path: "latex/\(name)").path), "\(name)")
    }
  }

  @Test("Names and captions are text; captions say what the numbers are of")
  func captions() throws {
    let runs = try MadeUpRuns()
    let (folder, text) = try article(runs)
    #expect(text.contains("\\title{\\textless{}script\\textgreater{}alert("))
    #expect(!text.contains("<script") && text.contains("n = 30 images that the network was not trained on"))
    let table = try String(
      contentsOf: folder.appending(path: "tables/first-run_classes.tex"), encoding: .utf8)
    #expect(table.contains("n = 30 images") && table.contains("interval: Wilson, 95 \\%"))
    #expect(table.contains("\\textless{}script\\textgreater{}") && table.contains("\\toprule"))
    #expect(table.contains("class & mean recall \\\\"))
  }

  @Test("A chart's own PDF stands in the article; one that nothing vouches for does not")
  func drawn() throws {
    let runs = try MadeUpRuns()
    let run = try runs.evaluation("run")
    let drawing = Data("%PDF-1.5 a drawing".utf8)
    try drawing.write(to: run.appending(path: "figures/confusion.pdf"))
    let target = runs.folder.appending(path: "report")
    let figure = target.appending(path: "latex/figures/run_figures-confusion.pdf")
    for hasScript in [false, true] {
      if hasScript { try Data().write(to: run.appending(path: "figures/confusion.gp")) }
      try Report(title: "t", of: [run]).files(hasArticle: true).write(to: target)
      #expect(try (Data(contentsOf: figure) == drawing) == hasScript)
    }
  }
}
