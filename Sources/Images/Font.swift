import CCairo
import Synchronization

/// A DejaVu font at one size, hinted to whole pixels so that text measures and looks the same everywhere.
public struct Font: Hashable, Sendable {
  public enum Face: String, Sendable {
    case sans = "DejaVu Sans"
    case mono = "DejaVu Sans Mono"
  }

  public var face: Face
  /// Height of the em square in pixels.
  public var size: Int
  public var isBold: Bool

  public init(_ face: Face, size: Int, isBold: Bool = false) {
    precondition(size > 0, "a font has a size, got \(size)")
    (self.face, self.size, self.isBold) = (face, size, isBold)
  }

  /// Pixels above the baseline that a capital or a digit needs (DejaVu: 0.73 em).
  public var capHeight: Int { Int((0.73 * Double(size)).rounded()) }

  /// How far `text` moves the pen, in pixels.
  public func width(of text: String) -> Int {
    withScaledFont { font in
      var extents = cairo_text_extents_t()
      cairo_scaled_font_text_extents(font, text, &extents)
      return Int(extents.x_advance.rounded(.up))
    }
  }

  /// `text` if it fits in `width` pixels, otherwise as much of it as fits before an ellipsis.
  public func truncated(_ text: String, toWidth width: Int) -> String {
    guard self.width(of: text) > width else { return text }
    var kept = text
    while !kept.isEmpty {
      kept.removeLast()
      while kept.last == " " { kept.removeLast() }
      if self.width(of: kept + "…") <= width { return kept + "…" }
    }
    return ""
  }

  /// `text` cut at spaces into lines of at most `width` pixels; a word that is wider alone is truncated.
  ///
  /// A separating dot stays at the end of its line.
  public func wrapped(_ text: String, toWidth width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.replacing(" · ", with: "\u{A0}· ").split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      var line = ""
      for word in paragraph.split(separator: " ") {
        let longer = line.isEmpty ? String(word) : line + " " + word
        if line.isEmpty || self.width(of: longer) <= width {
          line = longer
        } else {
          lines.append(truncated(line, toWidth: width))
          line = String(word)
        }
      }
      lines.append(truncated(line, toWidth: width))
    }
    return lines
  }

  /// Cairo shares scaled fonts and their glyphs between threads, and version 1.16 does not survive it: it stops
  /// the process by an assertion (`! scaled_font->cache_frozen`). So one thread at a time works with text.
  private static let turn = Mutex(())

  /// - Parameter body: Must let go of the font before it returns.
  func withScaledFont<Result: Sendable>(_ body: (OpaquePointer?) -> Result) -> Result {
    Self.turn.withLock { _ in withUnguardedScaledFont(body) }
  }

  private func withUnguardedScaledFont<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    // All four are fixed, because Cairo would otherwise take them from the desktop's settings.
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON)
    cairo_font_options_set_subpixel_order(options, CAIRO_SUBPIXEL_ORDER_DEFAULT)
    let toy = cairo_toy_font_face_create(
      face.rawValue, CAIRO_FONT_SLANT_NORMAL, isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    defer { cairo_font_face_destroy(toy) }
    var (scale, identity) = (cairo_matrix_t(), cairo_matrix_t())
    cairo_matrix_init_scale(&scale, Double(size), Double(size))
    cairo_matrix_init_identity(&identity)
    let font = cairo_scaled_font_create(toy, &scale, &identity, options)
    defer { cairo_scaled_font_destroy(font) }
    return body(font)
  }
}
