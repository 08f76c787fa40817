import CCairo
import Synchronization

/// A DejaVu font at one size, hinted to whole pixels so that text measures and looks the same everywhere.
public struct Font: Hashable, Sendable {
  public enum Face: String, CaseIterable, Sendable {
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

  /// The first face that is not installed; nil if all are. Cairo replaces a missing face by another font, or boxes.
  public static let missingFace: Face? = takingTurns {
    Face.allCases.first { cairo_has_font_family($0.rawValue) == 0 }
  }

  /// Pixels above the baseline that a capital or a digit needs (DejaVu: 0.73 em).
  public var capHeight: Int { Int((0.73 * Double(size)).rounded()) }

  /// Advance width of `text` in pixels.
  public func width(of text: String) -> Int {
    withScaledFont { font in
      var extents = cairo_text_extents_t()
      cairo_scaled_font_text_extents(font, text, &extents)
      return Int(extents.x_advance.rounded(.up))
    }
  }

  /// `text` if it fits in `width` pixels, otherwise its longest beginning that fits with an ellipsis.
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

  /// For what works with text without a ``Font`` at hand, such as the end of a page.
  static func takingTurns<Result: Sendable>(_ body: () -> Result) -> Result {
    turn.withLock { _ in body() }
  }

  /// Draws `text` as scalable outlines, where ``Canvas/draw(_:x:baseline:font:colour:alignment:)`` would draw pixels.
  ///
  /// Letters keep their exact spacing instead of one rounded to pixels. Where that makes the text wider than
  /// ``width(of:)``, all distances shrink to it, so that text laid out by that width stays inside its cell.
  func drawOutlines(
    of text: String, on context: OpaquePointer, x: Int, baseline: Int, alignment: Canvas.Alignment
  ) {
    let room = Double(width(of: text))
    Self.takingTurns {
      cairo_save(context)
      defer { cairo_restore(context) }
      let options = cairo_font_options_create()
      defer { cairo_font_options_destroy(options) }
      cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
      cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
      cairo_set_font_options(context, options)
      let face = toyFace
      defer { cairo_font_face_destroy(face) }
      cairo_set_font_face(context, face)
      cairo_set_font_size(context, Double(size))

      var (glyphs, clusters):
        (UnsafeMutablePointer<cairo_glyph_t>?, UnsafeMutablePointer<cairo_text_cluster_t>?)
      var (glyphCount, clusterCount): (Int32, Int32) = (0, 0)
      var flags = cairo_text_cluster_flags_t(rawValue: 0)
      let byteCount = Int32(text.utf8.count)
      let font = cairo_get_scaled_font(context)
      let status = cairo_scaled_font_text_to_glyphs(
        font, 0, 0, text, byteCount, &glyphs, &glyphCount, &clusters, &clusterCount, &flags)
      defer {
        cairo_glyph_free(glyphs)
        cairo_text_cluster_free(clusters)
      }
      guard status == CAIRO_STATUS_SUCCESS, glyphCount > 0, let glyphs else { return }
      var extents = cairo_text_extents_t()
      cairo_scaled_font_glyph_extents(font, glyphs, glyphCount, &extents)
      let shrink = extents.x_advance > room ? room / extents.x_advance : 1
      let used = extents.x_advance * shrink
      let start =
        switch alignment {
        case .left: Double(x)
        case .centre: Double(x) - used / 2
        case .right: Double(x) - used
        }
      for place in 0..<Int(glyphCount) {
        glyphs[place].x = start + glyphs[place].x * shrink
        glyphs[place].y += Double(baseline)
      }
      // The text goes with the glyphs, so that it can be searched and copied.
      cairo_show_text_glyphs(context, text, byteCount, glyphs, glyphCount, clusters, clusterCount, flags)
    }
  }

  private var toyFace: OpaquePointer? {
    cairo_toy_font_face_create(
      face.rawValue, CAIRO_FONT_SLANT_NORMAL, isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
  }

  /// - Parameter body: Must release the font before it returns.
  func withScaledFont<Result: Sendable>(_ body: (OpaquePointer?) -> Result) -> Result {
    Self.turn.withLock { _ in withUnguardedScaledFont(body) }
  }

  private func withUnguardedScaledFont<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    // All four are set, because Cairo would otherwise take them from the desktop's settings.
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON)
    cairo_font_options_set_subpixel_order(options, CAIRO_SUBPIXEL_ORDER_DEFAULT)
    let toy = toyFace
    defer { cairo_font_face_destroy(toy) }
    var (scale, identity) = (cairo_matrix_t(), cairo_matrix_t())
    cairo_matrix_init_scale(&scale, Double(size), Double(size))
    cairo_matrix_init_identity(&identity)
    let font = cairo_scaled_font_create(toy, &scale, &identity, options)
    defer { cairo_scaled_font_destroy(font) }
    return body(font)
  }
}
