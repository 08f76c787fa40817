import Foundation
import Testing

@testable import Datasets

@Suite struct DatasetCatalogueTests {
  @Test(
    "datasets/README.md gives every home page and address of the catalogue",
    arguments: DatasetCatalogue.entries.map(\.name))
  func readme(_ name: String) throws {
    let entry = try #require(DatasetCatalogue.entries.first { $0.name == name })
    let project = (0..<3).reduce(URL(filePath: #filePath)) { place, _ in place.deletingLastPathComponent() }
    let text = try String(contentsOf: project.appending(path: "datasets/README.md"), encoding: .utf8)
    let file = try #require(entry.archive ?? entry.files.first)
    let address = try #require(file.url)
    let home = entry.archive == nil ? String(address.dropLast(file.name.count)) : address
    #expect(text.contains("- `\(name)`: <\(home)>"))
    #expect(text.contains("| <\(entry.homePage)> |"))
  }

  @Test("Every file is fetched by https, and its size is known")
  func addresses() throws {
    let files = DatasetCatalogue.entries.flatMap { $0.archive.map { [$0] } ?? $0.files }
    #expect(files.count == 13)
    for file in files {
      #expect(file.url?.hasPrefix("https://") == true, "\(file.name)")
      #expect((file.byteCount ?? 0) > 4000, "\(file.name)")
    }
  }
}
