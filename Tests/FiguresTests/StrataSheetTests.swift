import Images
import Testing

@testable import Figures

@Suite struct StrataSheetTests {
  private static let counts = [9, 6, 5, 5, 5, 3, 3]

  private func sheet(side: Int = 10, scale: Int? = 3, counts: [Int] = counts) -> StrataSheet {
    var seed = 0
    func tiles(_ count: Int) -> [ContactSheet.Tile] {
      (0..<count).map { _ in
        seed += 1
        return ContactSheet.Tile(
          image: noise(seed, side: side), caption: Numbers.threeDigits(Double(seed)), classIndex: seed % 10)
      }
    }
    let groups = counts.enumerated().map { index, count in
      StrataSheet.Group(
        title: "group \(index)", lines: ["scores 9 to 8", "\(count) images (1.0 %)", "ranks 1 to 9"],
        tiles: tiles(count))
    }
    return StrataSheet(
      caption: FigureCaption(title: "n042", subtitle: "noise", footer: ["a line at the foot"]),
      classNames: fashionNames,
      row: .init(
        id: "n042", agreement: 0.5, mean: 1, standardDeviation: 2, tailGap: 3, activeShare: 0.5,
        histogram: .init(counts: [3, 2, 1], threshold: 0.9), classCounts: [9], tiles: [],
        meanImage: noise(901, side: side), deviationImage: noise(902, side: side)),
      groups: groups,
      control: .init(id: "random images", agreement: 0, isControl: true, classCounts: [9], tiles: tiles(9)),
      scale: scale)
  }

  @Test("Every tile of every group stands once, in order, and so do mean, deviation and random images")
  func tiles() throws {
    let sheet = sheet()
    let drawn = sheet.drawn()
    let origins = StrataSheetLayout(sheet).imageOrigins
    let images =
      sheet.groups.flatMap(\.tiles).map(\.image) + [sheet.row.meanImage, sheet.row.deviationImage]
      + sheet.control.tiles.map(\.image)
    try #require(origins.count == images.count)
    for (image, origin) in zip(images, origins) {
      let found = drawn.places(of: try #require(image).enlarged(by: 3))
      #expect(found == [Place(x: origin.x, y: origin.y)])
    }
    // Groups read like text: from the left, then down.
    #expect(zip(origins, origins.dropFirst()).allSatisfy { $1.y > $0.y || $1.x > $0.x })
  }

  @Test(
    "Nothing runs into the margin, in any format and with a group wider than a line",
    arguments: SheetPreset.allCases, [counts, [40, 3], [1], [70, 70]])
  func margins(preset: SheetPreset, counts: [Int]) throws {
    let page = try #require(sheet(scale: nil, counts: counts).page(for: preset))
    let drawn = page.drawn()
    #expect((drawn.width, drawn.height) == page.size)
    if let extent = preset.extent { #expect(page.size == extent) }
    #expect(drawn.hasWhiteMargin(Style.margin - 6))
    let (layout, extent) = (StrataSheetLayout(page), page.size)
    for origin in layout.imageOrigins {
      #expect(origin.x + 10 * layout.scale + Style.border <= extent.width - Style.margin)
      #expect(origin.y + 10 * layout.scale + Style.border <= extent.height - Style.margin)
    }
  }

  @Test("Its words name each group with its range and share before its tiles")
  func transcript() {
    let lines = sheet().transcript
    #expect(lines.count == 9)
    #expect(lines[0].hasPrefix("n042; κ 0.50; 9/9 T-shirt/top; mean 1.00"))
    #expect(
      lines[6]
        == "group 5, scores 9 to 8, 3 images (1.0 %), ranks 1 to 9: 31.0 Trouser, 32.0 Pullover, 33.0 Dress")
    #expect(lines[8].hasPrefix("random images; κ 0.00"))
  }

  @Test("A page has as few lines as the screen, with larger images where there is room for them")
  func lines() throws {
    let screen = StrataSheetLayout(sheet(side: 28, scale: nil))
    for (preset, scale) in [(SheetPreset.a4, 2), (.slide, 3)] {
      let page = StrataSheetLayout(try #require(sheet(side: 28, scale: nil).page(for: preset)))
      #expect(page.lineCount == screen.lineCount && screen.lineCount == 4, "\(preset)")
      #expect(page.scale == scale, "\(preset)")
    }
  }

  @Test("Too many images for a page are told")
  func tooMany() {
    #expect(sheet(side: 28, scale: nil, counts: [2000]).page(for: .slide) == nil)
  }
}
