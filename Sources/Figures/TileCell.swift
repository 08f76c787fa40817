import Images

/// The cell for one image in every figure: enlarged pixels in a frame. Contrast is never stretched.
struct TileCell {
  /// Extent of the images before enlargement.
  let imageWidth: Int
  let imageHeight: Int
  let scale: Int

  /// Extent of image and frame together.
  var width: Int { imageWidth * scale + 2 * Style.border }
  var height: Int { imageHeight * scale + 2 * Style.border }

  /// Nil if images are not enlarged.
  var enlargementNote: String? {
    guard scale > 1 else { return nil }
    let extent = imageWidth == 1 && imageHeight == 1 ? "1 pixel" : "\(imageHeight)×\(imageWidth) pixels"
    return "Images of \(extent), enlarged \(scale) times."
  }

  /// Draws `image`, or hatching if there is none, with the upper left corner of the frame at (x, y).
  ///
  /// - Parameter frame: nil draws a thin grey line instead of a coloured frame.
  func draw(
    _ image: Bitmap?, on canvas: Canvas, x: Int, y: Int, frame: Colour?, isMisclassified: Bool = false
  ) {
    let inside = Rectangle(
      x: x + Style.border, y: y + Style.border, width: imageWidth * scale, height: imageHeight * scale)
    guard let image else {
      canvas.hatch(inside)
      canvas.frame(inside.inset(by: -1), Style.rule)
      return
    }
    precondition(
      image.width == imageWidth && image.height == imageHeight,
      "images of one figure share a size: expected \(imageWidth)×\(imageHeight), got \(image.width)×\(image.height)"
    )
    canvas.draw(image, x: inside.x, y: inside.y, scale: scale)
    if let frame {
      canvas.frame(inside.inset(by: -Style.border), frame, thickness: Style.border)
    } else {
      canvas.frame(inside.inset(by: -1), .grey(170))
    }
    if isMisclassified { Self.drawMisclassifiedMark(on: canvas, inside: inside) }
  }

  /// Side of the mark in a tile's upper right corner; it covers image pixels.
  static let markSide = 11

  /// A red triangle with a white edge in the upper right corner of `box`.
  static func drawMisclassifiedMark(on canvas: Canvas, inside box: Rectangle) {
    let side = min(markSide, box.width, box.height)
    for (reach, colour) in [(side, Colour.white), (side - 2, Style.alarm)] {
      canvas.fill(
        polygon: [(box.right - reach, box.y), (box.right, box.y), (box.right, box.y + reach)], colour)
    }
  }
}
