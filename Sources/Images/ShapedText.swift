import CShaping

/// A line of text whose letters are no row of independent glyphs, or are in no font of ours: joined, reordered, with
/// marks, from other fonts. For one thread at a time.
final class ShapedText {
  private let text: OpaquePointer

  /// Nil for text that Cairo alone draws well, and if there is no memory or no font.
  init?(_ line: String, _ font: Font) {
    guard line.unicodeScalars.contains(where: Self.needsShaping) else { return nil }
    let scalars = line.unicodeScalars.map(\.value)
    guard
      let text = shaped_text_create(
        font.face.rawValue, font.isBold ? 1 : 0, Int32(font.size), scalars, scalars.count)
    else { return nil }
    self.text = text
  }

  deinit { shaped_text_free(text) }

  var width: Double { shaped_text_width(text) }

  /// - Parameter width: All distances shrink to it if the text is wider.
  func draw(on context: OpaquePointer, x: Double, baseline: Double, width: Double) {
    shaped_text_draw(text, context, x, baseline, width)
  }

  /// Whether a scalar is outside of the blocks that DejaVu has and draws letter by letter.
  static func needsShaping(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Latin, its additions, phonetics and modifiers; Greek, Cyrillic; punctuation, superscripts, arrows, mathematics,
    // technical signs, boxes, shapes.
    case 0...0x2FF, 0x370...0x482, 0x48A...0x513, 0x1E00...0x1EFF, 0x2010...0x2027, 0x202F...0x205F,
      0x2070...0x209C,
      0x20AC, 0x2100...0x214E, 0x2190...0x22FF, 0x2500...0x26FF:
      false
    default: true
    }
  }
}
