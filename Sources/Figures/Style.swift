import Images

/// Sizes, fonts and colours shared by all figures. Lengths are in pixels.
enum Style {
  static let margin = 24
  static let title = Font(.sans, size: 18, isBold: true)
  static let heading = Font(.sans, size: 14, isBold: true)
  static let text = Font(.sans, size: 12)
  static let small = Font(.sans, size: 11)
  static let smallBold = Font(.sans, size: 11, isBold: true)

  static let monoBold = Font(.mono, size: 12, isBold: true)

  static let ink = Colour(0x1A1A1A)
  static let faint = Colour(0x5A5A5A)
  static let rule = Colour(0xD0D0D0)
  static let alarm = Colour(0xD0021B)
  static let band = Colour(0xF3F3F3)

  /// Width of the coloured border around a tile.
  static let border = 2
  static let chipHeight = 13

  /// The enlargement that brings images of this size near `target` pixels, never below 1. If their shorter side would
  /// then be too small for the text beside it, they are enlarged further, as long as the longer one stays within four
  /// times the target.
  static func scale(width: Int, height: Int, target: Int) -> Int {
    let (shorter, longer) = (max(min(width, height), 1), max(width, height, 1))
    var scale = max(1, target / longer)
    while 8 * shorter * scale < 5 * target, longer * (scale + 1) <= 4 * target { scale += 1 }
    return scale
  }
}

extension Canvas {
  /// A filled tag with text in the more legible of black and white; if `width` is nil it fits the text.
  @discardableResult
  func drawTag(
    _ text: String, x: Int, y: Int, colour: Colour, width: Int? = nil, font: Font = Style.smallBold
  ) -> Int {
    let tagWidth = width ?? font.width(of: text) + 8
    fill(Rectangle(x: x, y: y, width: tagWidth, height: Style.chipHeight), colour)
    draw(
      text, x: x + tagWidth / 2, baseline: y + (Style.chipHeight + font.capHeight) / 2, font: font,
      colour: colour.ink, alignment: .centre)
    return tagWidth
  }

  /// The class's code on its colour.
  @discardableResult
  func drawChip(_ key: ClassKey, _ index: Int, x: Int, y: Int) -> Int {
    drawTag(key.codes[index], x: x, y: y, colour: key.colour(index), width: key.chipWidth)
  }
}

extension ClassKey {
  /// Width of every chip of these classes.
  var chipWidth: Int { (codes.map(Style.smallBold.width(of:)).max() ?? 0) + 5 }
}
