import Foundation
import Images
import Testing

@testable import Figures

@Suite struct ContactSheetPagesTests {
  /// Two blocks of noise, each row's tiles recognisable, with a control row at the end of each.
  private func sheet(rows: Int = 8, columns: Int = 9, side: Int = 28) -> ContactSheet {
    var seed = 0
    func row(_ id: String, isControl: Bool = false) -> ContactSheet.Row {
      let tiles = (0..<columns).map { column in
        seed += 1
        return ContactSheet.Tile(
          image: noise(seed, side: side), caption: "12.3", classIndex: seed % 10,
          isMisclassified: column == 2)
      }
      return ContactSheet.Row(
        id: id, agreement: 0.5, mean: 1, standardDeviation: 1, isControl: isControl,
        classCounts: [columns], tiles: tiles, meanImage: noise(9000, side: side),
        deviationImage: noise(9001, side: side))
    }
    let blocks = ["n", "r"].map { kind in
      ContactSheet.Block(
        title: kind,
        rows: (0..<rows).map { row("\(kind)\($0)") } + [row("random images", isControl: true)])
    }
    return ContactSheet(
      caption: FigureCaption(
        title: "Neurons and random directions", subtitle: "noise",
        footer: (0..<6).map { "\($0) " + String(repeating: "word ", count: 30) }),
      classNames: fashionNames, blocks: blocks)
  }

  @Test(
    "Every page has the preset's extent and margin, and nothing runs out of it",
    arguments: [SheetPreset.a4, .slide], [1, 8, 30])
  func extent(preset: SheetPreset, rows: Int) throws {
    let pages = try #require(sheet(rows: rows).pages(for: preset))
    let extent = try #require(preset.extent)
    for page in pages {
      #expect(page.size == extent)
      #expect(ContactSheetLayout(page).fits)
      let drawn = page.drawn()
      #expect((drawn.width, drawn.height) == extent)
      #expect(drawn.hasWhiteMargin(Style.margin - 6))
    }
  }

  @Test(
    "Pages together hold every row once, in its order, and each ends with the control rows",
    arguments: [SheetPreset.a4, .slide], [3, 8, 29])
  func rows(preset: SheetPreset, rows: Int) throws {
    let sheet = sheet(rows: rows)
    let pages = try #require(sheet.pages(for: preset))
    for block in 0..<2 {
      let shown = pages.flatMap { $0.blocks[block].rows.filter { !$0.isControl }.map(\.id) }
      #expect(shown == sheet.blocks[block].rows.dropLast().map(\.id))
      for page in pages {
        let controls = page.blocks[block].rows.map(\.isControl)
        #expect(controls == controls.indices.map { $0 == controls.count - 1 })
        #expect(abs(controls.count - pages[0].blocks[block].rows.count) <= 1, "rows are shared out evenly")
      }
    }
    #expect((pages.count > 1) == pages[0].caption.subtitle.contains("page 1 of \(pages.count)"))
  }

  @Test("Tiles stand whole on the page, pixel by pixel, enlarged by a whole factor")
  func tiles() throws {
    let page = try #require(sheet(rows: 2, columns: 4).pages(for: .a4)?.first)
    let layout = ContactSheetLayout(page)
    let drawn = page.drawn()
    for (block, content) in page.blocks.enumerated() {
      for (row, line) in content.rows.enumerated() {
        for (column, tile) in line.tiles.enumerated() where !tile.isMisclassified {
          let image = try #require(tile.image).enlarged(by: layout.scale)
          let (x, y) = layout.imageOrigin(block: block, row: row, column: column)
          try #require(x + image.width <= 1240 && y + image.height <= 1754)
          for corner in [
            (0, 0), (image.width - 1, 0), (0, image.height - 1), (image.width - 1, image.height - 1),
          ] {
            let sample = image.samples[corner.1 * image.width + corner.0]
            #expect(drawn[x: x + corner.0, y: y + corner.1] == .grey(sample))
          }
        }
      }
    }
  }

  @Test("Few rows are shown large, and blocks stand side by side where they fit")
  func arrangement() throws {
    let few = try #require(sheet(rows: 1, columns: 3).pages(for: .slide))
    #expect(few.count == 1 && ContactSheetLayout(few[0]).scale > 2)
    let slides = try #require(sheet().pages(for: .slide))
    #expect(slides[0].arrangement?.isStacked == false)
    let portrait = try #require(sheet().pages(for: .a4))
    #expect(portrait[0].arrangement?.isStacked == true)
    #expect(ContactSheetLayout(portrait[0]).scale == 2)
  }

  @Test("A row that no page can hold is told, and the screen holds any")
  func tooWide() {
    #expect(sheet(rows: 1, columns: 80).pages(for: .a4) == nil)
    let screen = sheet(rows: 1, columns: 80)
    #expect(screen.pages(for: .screen)?.map(\.size.width) == [screen.size.width])
  }

  @Test("A PDF of the pages has as many, and the same bytes each time")
  func document() throws {
    try withTemporaryFolder { folder in
      let pages = try #require(sheet().pages(for: .a4))
      let files = [folder.appending(path: "1.pdf"), folder.appending(path: "2.pdf")]
      for file in files {
        try FigureDocument.write(pages, pixelsPerInch: SheetPreset.a4.pixelsPerInch, to: file)
      }
      let data = try Data(contentsOf: files[0])
      #expect(try Data(contentsOf: files[1]) == data)
      let text = String(decoding: data, as: Unicode.ASCII.self)
      #expect(text.contains("/Count \(pages.count)"))
      #expect(text.contains("/Title (Neurons and random directions)"))
    }
  }
}
