import Foundation
import Images

/// A figure that draws itself on a given canvas: as pixels for a PNG, as outlines for a page of a PDF.
public protocol CanvasFigure: Figure {
  /// Draws the figure on a white canvas of its ``Figure/size``.
  func draw(on canvas: Canvas)
}

extension CanvasFigure {
  public func drawn() -> Bitmap {
    let canvas = Canvas(width: size.width, height: size.height)
    draw(on: canvas)
    return canvas.bitmap
  }
}

/// Figures as the pages of one PDF.
public enum FigureDocument {
  /// The PDF's properties contain the text of a PNG's chunks: title, subject (subtitle and footer) and keywords (the
  /// caption's pairs), those of the first page. The same figures give the same bytes.
  ///
  /// - Throws: As ``Figure/write(to:)``; an existing file is replaced completely or not at all.
  public static func write(_ pages: [any CanvasFigure], pixelsPerInch: Int, to file: URL) throws {
    precondition(!pages.isEmpty, "a document has at least one page")
    let caption = pages[0].caption
    let subject = ([caption.subtitle] + caption.footer).filter { !$0.isEmpty }.joined(separator: "\n")
    try FigureFailures.noting(file) {
      try PDFFile.write(
        pages.map { figure in
          PDFFile.Page(width: figure.size.width, height: figure.size.height) { figure.draw(on: $0) }
        },
        properties: .init(
          title: caption.title, subject: subject,
          keywords: caption.text.map { "\($0.key): \($0.value)" }.joined(separator: "; ")),
        pixelsPerInch: pixelsPerInch, to: file)
    }
  }
}
