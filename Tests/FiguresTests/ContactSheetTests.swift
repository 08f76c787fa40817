import Foundation
import Images
import Storage
import Testing

@testable import Figures

@Suite struct ContactSheetTests {
  /// Blocks of noise tiles, each recognisable; the last row of the first block lacks its last tile.
  private func sheet(channels: Int = 1, side: Int = 10, names: [String] = fashionNames, scale: Int? = 3)
    -> ContactSheet
  {
    var seed = 0
    func row(_ id: String, _ count: Int) -> ContactSheet.Row {
      let tiles = (0..<count).map { column in
        seed += 1
        return ContactSheet.Tile(
          image: noise(seed, side: side, channels: channels),
          caption: Numbers.threeDigits(Double(seed) * 1.7),
          classIndex: seed % names.count, isMisclassified: column == 1)
      }
      return ContactSheet.Row(
        id: id, agreement: 0.4, purity: 0.5, mean: 1.25, standardDeviation: 0.5, tailGap: 3,
        activeShare: 0.62,
        histogram: .init(counts: [90, 40, 10, 1, 0, 2], threshold: 0.8),
        classCounts: names.indices.map { $0 < 2 ? 2 : 0 }, tiles: tiles,
        meanImage: noise(1000 + seed, side: side),
        deviationImage: noise(2000 + seed, side: side))
    }
    let neurons = [row("n004", 4), row("n017", 4), row("n042", 3)]
    let random = [row("r000", 4), row("r001", 4), row("r002", 4)]
    return ContactSheet(
      caption: FigureCaption(
        title: "Neurons and random directions", subtitle: "a network on noise",
        footer: ["model 1234 · seed 1", "layer relu3"], text: [.init(key: "Seed", value: "1")]),
      classNames: names,
      blocks: [
        .init(title: "Neurons", subtitle: "sampled", rows: neurons),
        .init(title: "Random directions", rows: random),
      ], scale: scale)
  }

  @Test("Of many classes the key has those on the sheet, and says so; of few all")
  func key() {
    func entries(_ count: Int) -> (entries: [SheetFrame.LegendEntry], note: [String]) {
      SheetFrame.LegendEntry.classes(ClassKey(names: (0..<count).map { "class \($0)" }), shown: [7, 3, 7])
    }
    #expect(entries(40).entries.count == 40 && entries(40).note == [])
    #expect(entries(1000).entries.count == 2)
    #expect(entries(1000).note == ["The key has the 2 classes on this figure, of 1000."])
    let heights = [40, 1000].map { count in sheet(names: (0..<count).map { "class \($0)" }).size.height }
    #expect(heights[1] <= heights[0])
  }

  @Test("Every tile stands once, pixel by pixel, in the order of block, row and rank", arguments: [1, 3])
  func tilePlacement(channels: Int) throws {
    let sheet = sheet(channels: channels)
    let drawn = sheet.drawn()
    var columns: [Int: Set<Int>] = [:]
    var rowsOfBlocks: [[Int]] = []
    for (block, content) in sheet.blocks.enumerated() {
      rowsOfBlocks.append([])
      for row in content.rows {
        var places: [Place] = []
        for (column, tile) in row.tiles.enumerated() {
          let enlarged = try #require(tile.image).enlarged(by: 3)
          let found = drawn.places(of: enlarged) { x, y in
            tile.isMisclassified && x >= enlarged.width - 11 && y < 11
          }
          try #require(found.count == 1, "\(row.id) rank \(column + 1) stands at \(found)")
          places.append(found[0])
          columns[block * 100 + column, default: []].insert(found[0].x)
        }
        #expect(Set(places.map(\.y)).count == 1, "\(row.id) stands on one line")
        rowsOfBlocks[block].append(places[0].y)
      }
    }
    #expect(rowsOfBlocks[0] == rowsOfBlocks[1], "rows of both blocks are level")
    #expect(rowsOfBlocks[0] == rowsOfBlocks[0].sorted() && Set(rowsOfBlocks[0]).count == 3)
    let lefts = columns.sorted { $0.key < $1.key }.map(\.value)
    #expect(lefts.allSatisfy { $0.count == 1 }, "a rank is one column")
    #expect(lefts.flatMap { $0 } == lefts.flatMap { $0 }.sorted(), "ranks run from left to right")
  }

  @Test("A tile's frame has two pixels of its class's colour")
  func frameColour() throws {
    let sheet = sheet()
    let key = ClassKey(names: fashionNames)
    let drawn = sheet.drawn()
    for tile in sheet.blocks[0].rows[1].tiles where !tile.isMisclassified {
      let image = try #require(tile.image)
      let place = try #require(drawn.places(of: image.enlarged(by: 3)).first)
      let colour = key.colour(try #require(tile.classIndex))
      for distance in 1...2 {
        #expect(drawn[x: place.x - distance, y: place.y + 7] == colour)
        #expect(drawn[x: place.x + 7, y: place.y + 29 + distance] == colour)
      }
      #expect(drawn[x: place.x - 3, y: place.y + 7] == .white)
    }
  }

  @Test("Misclassified tiles, and only they, have a red corner")
  func misclassifiedCorner() throws {
    let sheet = sheet()
    let layout = ContactSheetLayout(sheet)
    let drawn = sheet.drawn()
    for (row, content) in sheet.blocks[1].rows.enumerated() {
      for (column, tile) in content.tiles.enumerated() {
        let (x, y) = layout.imageOrigin(block: 1, row: row, column: column)
        #expect((drawn[x: x + 29, y: y] == Style.alarm) == tile.isMisclassified)
      }
    }
  }

  @Test("A missing tile and a dead row are hatched, not black and not blank")
  func missingTile() {
    let sheet = sheet()
    let (x, y) = ContactSheetLayout(sheet).imageOrigin(block: 0, row: 2, column: 3)
    let drawn = sheet.drawn()
    let lumas = (0..<30).flatMap { row in (0..<30).map { drawn[x: x + $0, y: y + row].luma } }
    #expect(Set(lumas).count > 2)
    #expect(lumas.allSatisfy { $0 > 150 })
    let dead = ContactSheet(
      caption: FigureCaption(title: "Dead"), classNames: ["a"],
      blocks: [
        .init(
          title: "", rows: [.init(id: "n000", isDead: true, tiles: [.init(image: nil), .init(image: nil)])])
      ])
    #expect(dead.drawn().hasWhiteMargin(Style.margin - 6))
    #expect(dead.transcript == ["", "n000: dead; none, none"])
  }

  @Test("The same sheet gives the same bytes")
  func deterministic() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (folder.appending(path: "1.png"), folder.appending(path: "2.png"))
      try sheet().write(to: first)
      try sheet().write(to: second)
      #expect(try Data(contentsOf: first) == Data(contentsOf: second))
    }
  }

  @Test("The file's text says what the sheet says: title, provenance, own pairs, a line per row")
  func text() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "gallery.png")
      try sheet().write(to: file)
      let text = try PNGFile.readText(file)
      #expect(text.map(\.key) == ["Title", "Description", "Seed", "Transcript"])
      #expect(text[0].value == "Neurons and random directions")
      #expect(text[1].value == "a network on noise\nmodel 1234 · seed 1\nlayer relu3")
      #expect(text[2].value == "1")
      let lines = text[3].value.split(separator: "\n")
      #expect(lines.count == 8)
      #expect(
        lines[1] == """
          n004: κ 0.40; purity 0.50; 2/4 T-shirt/top; mean 1.25; s.d. 0.500; z 3.00; 62.0 % active; \
          1.70 Trouser, 3.40 Pullover (misclassified), 5.10 Dress, 6.80 Coat
          """)
    }
  }

  @Test(
    "Nothing runs into the margin, whatever the length of names and captions",
    arguments: [
      fashionNames, (0..<100).map { "a class with the long name number \($0)" },
      ["Ünïcödé", "中文", "🙂", "W W W W"],
      ["x"],
    ])
  func margins(names: [String]) {
    var sheet = sheet(names: names, scale: nil)
    sheet.blocks[0].rows[0].id = "an identifier that is much too long for its cell"
    sheet.blocks[0].rows[0].tiles[0].caption = "a caption that is much too long for any tile of this sheet"
    sheet.blocks[0].title = String(repeating: "long title ", count: 30)
    sheet.caption.title = String(repeating: "long title ", count: 30)
    sheet.caption.footer = [String(repeating: "word ", count: 300), String(repeating: "w", count: 900)]
    let drawn = sheet.drawn()
    #expect((drawn.width, drawn.height) == sheet.size)
    #expect(drawn.hasWhiteMargin(Style.margin - 6))
  }

  @Test("One block is half of two: the same tiles at the same places")
  func singleBlock() {
    let pair = sheet()
    var single = pair
    single.blocks = [pair.blocks[1]]
    single.blocks[0].subtitle = "sampled"
    let (inPair, alone) = (ContactSheetLayout(pair), ContactSheetLayout(single))
    #expect(inPair.scale == alone.scale)
    let step = { (layout: ContactSheetLayout, block: Int) in
      layout.imageOrigin(block: block, row: 0, column: 1).x
        - layout.imageOrigin(block: block, row: 0, column: 0).x
    }
    #expect(step(inPair, 0) == step(inPair, 1))
    #expect(step(inPair, 1) == step(alone, 0))
    #expect(
      inPair.imageOrigin(block: 1, row: 2, column: 0).y == alone.imageOrigin(block: 0, row: 2, column: 0).y)
  }

  @Test(
    "Images near 28 or 32 pixels are doubled, small ones enlarged more, large ones left",
    arguments: [
      (28, 2), (32, 2), (8, 8), (64, 1), (224, 1),
    ])
  func scale(side: Int, factor: Int) {
    #expect(ContactSheetLayout(sheet(side: side, scale: nil)).scale == factor)
  }

  @Test("A sheet beyond the limit of a canvas is refused with its size; nothing is written")
  func tooTall() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "gallery.png")
      var large = sheet()
      large.blocks[0].rows = Array(repeating: large.blocks[0].rows[0], count: 500)
      #expect(throws: FigureTooLarge.self) { try large.write(to: file) }
      #expect(!FileManager.default.fileExists(atPath: file.path))
    }
  }

  @Test("A sheet without rows or tiles is drawn all the same")
  func empty() {
    let none = ContactSheet(
      caption: FigureCaption(title: ""), classNames: [], blocks: [.init(title: "", rows: [])])
    #expect((none.drawn().width, none.drawn().height) == none.size)
  }
}
