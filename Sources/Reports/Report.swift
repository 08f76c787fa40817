import Escapes
import Foundation
import Lab
import Storage

/// A folder with one page about several runs, which opens from a disk, without a network, scripts or a server.
///
/// | file | content |
/// | --- | --- |
/// | `index.html` | the page |
/// | `runs/NAME/…` | the pictures and tables that it shows, as they are in the run folders |
/// | `report.md` | findings, pictures and the beginnings of the tables as Markdown |
/// | `latex/` | if asked for: an ``Article`` |
///
/// With `isSingleFile` the pictures are inside the page, and neither `report.md` nor `runs/` is beside it.
public struct Report: Sendable {
  /// Largest page with its pictures inside.
  public static let singleFileLimit = 32 << 20

  public let title: String
  private let sections: [ReportSection]
  /// Of each section, the folder of its run below `runs`.
  private let names: [String]

  /// Reads everything that will be shown.
  ///
  /// - Parameter folders: Run folders, in the order of the page.
  /// - Throws: ``FileError`` naming the first folder that holds no finished run that can be shown.
  public init(title: String, of folders: [URL]) throws {
    precondition(!folders.isEmpty, "a report is about at least one run")
    self.title = title
    var sections: [ReportSection] = []
    var names: [String] = []
    var anchors: Set<String> = []
    for folder in folders {
      let parts = try ReportSection.parts(of: RunFolder(folder))
      let plain = Self.anchor(folder.lastPathComponent)
      var (name, number) = (plain, 2)
      // Sections of different runs may come to the same: of demo, and of demo-gallery.
      while parts.contains(where: { anchors.contains(name + $0.suffix) }) || names.contains(name) {
        name = "\(plain)-\(number)"
        number += 1
      }
      for part in parts {
        sections.append(try ReportSection(part.folder, anchor: name + part.suffix))
        names.append(name)
        anchors.insert(name + part.suffix)
      }
    }
    let titles = Dictionary(grouping: sections.indices) { sections[$0].title }
    for places in titles.values where places.count > 1 {
      for place in places { sections[place].title += " (\(names[place]))" }
    }
    self.sections = sections
    self.names = names
  }

  /// Letters, digits and hyphens, to stand in an address.
  private static func anchor(_ name: String) -> String {
    let text = FileName.plain(name.lowercased())
    return text.allSatisfy { $0 == "-" } ? "run" : text
  }

  /// Pictures and tables, each once, with where they go.
  private var files: [(source: URL, place: String)] {
    var seen: Set<String> = []
    return zip(sections, names).flatMap { section, name in
      section.files.map { file in
        (section.folder.appending(path: file), Self.place(of: file, in: name))
      }
    }.filter { seen.insert($0.1).inserted }
  }

  private static func place(of file: String, in name: String) -> String { "runs/\(name)/\(file)" }

  /// Everything that will be written, before it is.
  ///
  /// - Throws: ``FileError`` where a file cannot be read, or a page with its pictures inside would be larger than it
  ///   may be.
  public func files(isSingleFile: Bool = false, hasArticle: Bool = false) throws -> ReportFiles {
    var files = ReportFiles()
    if hasArticle { try Article(title: title, sections: sections).append(to: &files, in: Self.articleFolder) }
    if !isSingleFile { for file in self.files { files.append(copyOf: file.source, as: file.place) } }
    if !isSingleFile {
      let text = MarkdownReport(title: title, sections: sections).rendered { number, file in
        AddressPath.escaped(Self.place(of: file, in: names[number]))
      }
      files.append(Data(text.utf8), as: Self.markdownName)
    }
    let page = try Data(page(isSingleFile: isSingleFile).utf8)
    guard !isSingleFile || page.count <= Self.singleFileLimit else {
      throw FileError(
        file: URL(filePath: Self.pageName),
        problem:
          "would be \(page.count >> 20) MB in one file, at most \(Self.singleFileLimit >> 20) are allowed; leave "
          + "--single-file out, or show fewer runs")
    }
    // Last: who finds the page finds what it shows.
    files.append(page, as: Self.pageName)
    return files
  }

  private static let pageName = "index.html"
  private static let markdownName = "report.md"
  private static let articleFolder = "latex"

  private func page(isSingleFile: Bool) throws -> String {
    try ReportPage(title: title, sections: sections).rendered { number, file in
      guard isSingleFile else { return AddressPath.escaped(Self.place(of: file, in: names[number])) }
      guard file.hasSuffix(".png") else { return nil }
      let data = try FileContents.read(sections[number].folder.appending(path: file))
      return "data:image/png;base64,\(data.base64EncodedString())"
    }
  }
}
