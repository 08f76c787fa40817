import CCairo
import Foundation
import Storage

/// PDF documents, by Cairo: shapes and letters as outlines, fonts embedded, images at their own resolution.
///
/// The same pages give the same bytes: the date in a PDF is fixed.
public enum PDFFile {
  /// One page, drawn on a canvas of its size in pixels.
  public struct Page {
    public let width: Int
    public let height: Int
    public let draw: (Canvas) -> Void

    public init(width: Int, height: Int, draw: @escaping (Canvas) -> Void) {
      precondition(
        width > 0 && height > 0, "a page has an extent in both directions, got \(width)×\(height)")
      (self.width, self.height, self.draw) = (width, height, draw)
    }
  }

  /// Document properties shown by readers; empty ones are omitted.
  public struct Properties: Hashable, Sendable {
    public var title: String
    public var subject: String
    public var keywords: String

    public init(title: String, subject: String = "", keywords: String = "") {
      (self.title, self.subject, self.keywords) = (title, subject, keywords)
    }
  }

  /// Creation time of every document, for reproducible bytes.
  static let date = "2000-01-01T00:00:00Z"

  /// - Parameter pixelsPerInch: Sets the paper size of the pages: 150 makes 1240×1754 pixels an A4 page.
  /// - Throws: ``FileError``; an existing file is replaced whole or not at all.
  public static func write(
    _ pages: [Page], properties: Properties, pixelsPerInch: Int, to file: URL
  ) throws {
    try AtomicFile.write(
      encode(pages, properties: properties, pixelsPerInch: pixelsPerInch, file: file), to: file)
  }

  /// - Parameter file: Named in errors; nothing is written to it.
  public static func encode(
    _ pages: [Page], properties: Properties, pixelsPerInch: Int, file: URL
  ) throws -> Data {
    precondition(!pages.isEmpty, "a document has at least one page")
    precondition(pixelsPerInch > 0, "an inch has pixels, got \(pixelsPerInch)")
    let points = 72 / Double(pixelsPerInch)
    let sink = Sink()
    let surface = cairo_pdf_surface_create_for_stream(
      { sink, bytes, count in
        guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(sink).takeUnretainedValue().data.append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque(), Double(pages[0].width) * points,
      Double(pages[0].height) * points)
    guard let surface else {
      throw FileError(file: file, problem: "cannot be made a PDF: there is no memory for it")
    }
    defer { cairo_surface_destroy(surface) }
    for (kind, text) in [
      (CAIRO_PDF_METADATA_TITLE, properties.title), (CAIRO_PDF_METADATA_SUBJECT, properties.subject),
      (CAIRO_PDF_METADATA_KEYWORDS, properties.keywords), (CAIRO_PDF_METADATA_CREATOR, "Intrigue"),
      (CAIRO_PDF_METADATA_CREATE_DATE, date),
    ] where !text.isEmpty {
      cairo_pdf_surface_set_metadata(surface, kind, text)
    }
    for page in pages {
      cairo_pdf_surface_set_size(surface, Double(page.width) * points, Double(page.height) * points)
      let canvas = Canvas(
        pageOf: surface, width: page.width, height: page.height, pointsPerPixel: points)
      page.draw(canvas)
      canvas.endPage()
    }
    // The fonts are written only now.
    Font.takingTurns { cairo_surface_finish(surface) }
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw FileError(
        file: file, problem: "cannot be made a PDF: \(String(cString: cairo_status_to_string(status)))")
    }
    return withExtendedLifetime(sink) { sink.data }
  }

  /// Collects what Cairo writes.
  private final class Sink {
    var data = Data()
  }
}
