import CCairo

/// A surface to draw on, by Cairo: shapes, text and bitmaps at whole pixels. The result is a ``Bitmap``, or a page of a
/// ``PDFFile``.
///
/// Coordinates are pixels from the upper left, on a page as well. The same calls give the same bytes.
public final class Canvas {
  /// Longest side of a canvas (Cairo's limit for image surfaces).
  public static let largestSide = 32767

  public let width: Int
  public let height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer
  /// Shapes, letters and images stay vectors instead of becoming pixels.
  private let isPage: Bool

  public init(width: Int, height: Int, background: Colour = .white) {
    precondition(
      (1...Self.largestSide).contains(width) && (1...Self.largestSide).contains(height),
      "a canvas has 1 to \(Self.largestSide) pixels each way, got \(width)×\(height)")
    guard
      let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let context = cairo_create(surface)
    else { preconditionFailure("no memory for a canvas of \(width)×\(height) pixels") }
    (self.width, self.height) = (width, height)
    (self.surface, self.context, isPage) = (surface, context, false)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_GRAY)
    fill(Rectangle(x: 0, y: 0, width: width, height: height), background)
  }

  /// The next page of a document; Cairo writes it when ``endPage()`` is called.
  ///
  /// - Parameter pointsPerPixel: A point is 1/72 inch.
  init(pageOf document: OpaquePointer, width: Int, height: Int, pointsPerPixel: Double) {
    guard let surface = cairo_surface_reference(document), let context = cairo_create(surface) else {
      preconditionFailure("no memory for a page of \(width)×\(height) pixels")
    }
    (self.width, self.height) = (width, height)
    (self.surface, self.context, isPage) = (surface, context, true)
    cairo_scale(context, pointsPerPixel, pointsPerPixel)
    fill(Rectangle(x: 0, y: 0, width: width, height: height), .white)
  }

  func endPage() { Font.takingTurns { cairo_show_page(context) } }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  // MARK: Shapes

  public func fill(_ rectangle: Rectangle, _ colour: Colour) {
    use(colour)
    path(rectangle)
    cairo_fill(context)
  }

  /// A frame of `thickness` pixels that lies inside `rectangle`.
  public func frame(_ rectangle: Rectangle, _ colour: Colour, thickness: Int = 1) {
    use(colour)
    path(rectangle)
    path(rectangle.inset(by: thickness))
    cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD)
    cairo_fill(context)
    cairo_set_fill_rule(context, CAIRO_FILL_RULE_WINDING)
  }

  /// Fills a closed polygon through the given pixel corners.
  public func fill(polygon: [(x: Int, y: Int)], _ colour: Colour) {
    use(colour)
    for corner in polygon { cairo_line_to(context, Double(corner.x), Double(corner.y)) }
    cairo_close_path(context)
    cairo_fill(context)
  }

  /// Fills `rectangle` with thin rising lines on a light ground, for a cell that is empty on purpose.
  public func hatch(
    _ rectangle: Rectangle, ink: Colour = .grey(185), ground: Colour = .grey(245), spacing: Int = 6
  ) {
    precondition(spacing > 0, "lines of a hatching are apart, got \(spacing)")
    cairo_save(context)
    path(rectangle)
    cairo_clip(context)
    fill(rectangle, ground)
    use(ink)
    cairo_set_line_width(context, 1)
    for start in stride(from: rectangle.x - rectangle.height, to: rectangle.right, by: spacing) {
      cairo_move_to(context, Double(start), Double(rectangle.bottom))
      cairo_line_to(context, Double(start + rectangle.height), Double(rectangle.y))
    }
    cairo_stroke(context)
    cairo_restore(context)
  }

  // MARK: Text

  public enum Alignment: Sendable { case left, centre, right }

  /// Draws one line of text.
  ///
  /// - Parameters:
  ///   - x: Where the text starts, is centred or ends, by `alignment`.
  ///   - baseline: The row of the text's baseline.
  public func draw(
    _ text: String, x: Int, baseline: Int, font: Font, colour: Colour = .black, alignment: Alignment = .left
  ) {
    guard !isPage else {
      use(colour)
      font.drawOutlines(of: text, on: context, x: x, baseline: baseline, alignment: alignment)
      return
    }
    let start =
      switch alignment {
      case .left: x
      case .centre: x - font.width(of: text) / 2
      case .right: x - font.width(of: text)
      }
    use(colour)
    font.withScaledFont { scaledFont in
      cairo_save(context)
      cairo_set_scaled_font(context, scaledFont)
      cairo_move_to(context, Double(start), Double(baseline))
      cairo_show_text(context, text)
      cairo_restore(context)  // and with it the reference to the font
    }
    cairo_new_path(context)
  }

  // MARK: Pixels

  /// Copies `bitmap`, every pixel as `scale × scale` pixels; what lies outside the canvas is left out.
  public func draw(_ bitmap: Bitmap, x: Int, y: Int, scale: Int = 1) {
    guard !isPage else {
      place(bitmap, x: x, y: y, scale: scale)
      return
    }
    let enlarged = bitmap.enlarged(by: scale)
    let channels = enlarged.channels
    withPixels { pixels, stride in
      for row in max(0, -y)..<max(0, -y, min(enlarged.height, height - y)) {
        for column in max(0, -x)..<max(0, -x, min(enlarged.width, width - x)) {
          let source = (row * enlarged.width + column) * channels
          let red = UInt32(enlarged.samples[source])
          let green = UInt32(enlarged.samples[source + channels / 3])
          let blue = UInt32(enlarged.samples[source + channels / 3 * 2])
          pixels[(y + row) * stride + x + column] = red << 16 | green << 8 | blue
        }
      }
    }
  }

  /// Puts `bitmap` on a page at its own resolution; readers are told not to smooth it.
  private func place(_ bitmap: Bitmap, x: Int, y: Int, scale: Int) {
    let image = Canvas(width: bitmap.width, height: bitmap.height)
    image.draw(bitmap, x: 0, y: 0)
    cairo_save(context)
    cairo_translate(context, Double(x), Double(y))
    cairo_scale(context, Double(scale), Double(scale))
    cairo_set_source_surface(context, image.surface, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    path(Rectangle(x: 0, y: 0, width: bitmap.width, height: bitmap.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// What has been drawn, as RGB.
  public var bitmap: Bitmap {
    precondition(!isPage, "a page of a document has no pixels")
    let count = width * height * 3
    return withPixels { pixels, stride in
      let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        var next = 0
        for row in 0..<height {
          for column in 0..<width {
            let pixel = pixels[row * stride + column]
            buffer[next] = UInt8(truncatingIfNeeded: pixel >> 16)
            buffer[next + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
            buffer[next + 2] = UInt8(truncatingIfNeeded: pixel)
            next += 3
          }
        }
        written = count
      }
      return Bitmap(width: width, height: height, channels: 3, samples: samples)
    }
  }

  /// Cairo's own pixels, one native 32-bit word each (`0x00RRGGBB`); `stride` is in words.
  private func withPixels<Result>(_ body: (UnsafeMutablePointer<UInt32>, _ stride: Int) -> Result) -> Result {
    cairo_surface_flush(surface)
    defer { cairo_surface_mark_dirty(surface) }
    let stride = Int(cairo_image_surface_get_stride(surface)) / MemoryLayout<UInt32>.size
    guard let bytes = cairo_image_surface_get_data(surface) else {
      preconditionFailure(
        "Cairo gives no pixels: \(String(cString: cairo_status_to_string(cairo_status(context))))")
    }
    return bytes.withMemoryRebound(to: UInt32.self, capacity: stride * height) { body($0, stride) }
  }

  private func use(_ colour: Colour) {
    cairo_set_source_rgb(
      context, Double(colour.red) / 255, Double(colour.green) / 255, Double(colour.blue) / 255)
  }

  private func path(_ rectangle: Rectangle) {
    cairo_rectangle(
      context, Double(rectangle.x), Double(rectangle.y), Double(rectangle.width), Double(rectangle.height))
  }
}
