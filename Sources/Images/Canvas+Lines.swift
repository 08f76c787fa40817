import CCairo

/// Shapes at fractions of a pixel, for charts: lines, areas and turned text.
extension Canvas {
  /// A point of the canvas in pixels from its upper left corner.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// Draws everything in `body` larger by a whole factor; text is then drawn as outlines, as on a page.
  public func enlarged(by factor: Int, _ body: () -> Void) {
    precondition(factor >= 1, "a drawing is enlarged by at least 1, got \(factor)")
    cairo_save(context)
    cairo_scale(context, Double(factor), Double(factor))
    enlargement *= factor
    body()
    enlargement /= factor
    cairo_restore(context)
  }

  /// Draws a line through the points, with round joins.
  ///
  /// - Parameter dash: Lengths of dashes and gaps by turns; empty for a solid line.
  public func stroke(_ points: [Point], width: Double, dash: [Double] = [], _ colour: Colour) {
    guard points.count > 1 else { return }
    use(colour)
    cairo_set_line_width(context, width)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    path(points)
    cairo_stroke(context)
    cairo_set_dash(context, nil, 0, 0)
  }

  /// Fills the closed polygon through the points.
  ///
  /// - Parameter opacity: In [0, 1]; what is below an area of less than 1 remains visible.
  public func fill(area points: [Point], _ colour: Colour, opacity: Double = 1) {
    use(colour, opacity: opacity)
    path(points)
    cairo_close_path(context)
    cairo_fill(context)
  }

  /// Draws a filled circle, or only its outline.
  public func circle(at centre: Point, radius: Double, _ colour: Colour, outline: Double? = nil) {
    use(colour)
    cairo_arc(context, centre.x, centre.y, radius, 0, 2 * Double.pi)
    guard let outline else {
      cairo_fill(context)
      return
    }
    cairo_set_line_width(context, outline)
    cairo_stroke(context)
  }

  /// Draws `body` with nothing visible outside `rectangle`.
  public func clipped(to rectangle: Rectangle, _ body: () -> Void) {
    cairo_save(context)
    path(rectangle)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  /// Draws `body` turned counterclockwise about a point, which becomes the origin.
  ///
  /// - Parameter degrees: 90: text reads upwards.
  public func turned(by degrees: Double, about point: Point, _ body: () -> Void) {
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    cairo_rotate(context, -degrees * Double.pi / 180)
    body()
    cairo_restore(context)
  }

  private func path(_ points: [Point]) {
    cairo_new_path(context)
    for point in points { cairo_line_to(context, point.x, point.y) }
  }
}
