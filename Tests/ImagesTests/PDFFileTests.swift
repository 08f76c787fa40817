import Foundation
import Storage
import Testing

@testable import Images

@Suite struct PDFFileTests {
  private let file = URL(filePath: "page.pdf")

  private func page(_ text: String, level: UInt8 = 40) -> PDFFile.Page {
    PDFFile.Page(width: 620, height: 877) { canvas in
      canvas.fill(Rectangle(x: 10, y: 10, width: 30, height: 20), Colour(0xD0021B))
      canvas.draw(text, x: 310, baseline: 60, font: Font(.sans, size: 12), alignment: .centre)
      canvas.draw(
        "κ 0.25", x: 600, baseline: 60, font: Font(.mono, size: 12, isBold: true), alignment: .right)
      let samples = (0..<28 * 28).map { UInt8($0 % 251) ^ level }
      canvas.draw(Bitmap(width: 28, height: 28, channels: 1, samples: samples), x: 20, y: 100, scale: 3)
    }
  }

  private func encoded(_ pages: [PDFFile.Page], title: String = "A page") throws -> String {
    let data = try PDFFile.encode(
      pages, properties: .init(title: title, subject: "subject"), pixelsPerInch: 75, file: file)
    return String(decoding: data, as: Unicode.ASCII.self)
  }

  @Test("Pages have their extent in points, one each, and the document ends as a PDF ends")
  func pages() throws {
    let text = try encoded([page("one"), page("two")])
    #expect(text.hasPrefix("%PDF-1."))
    #expect(text.hasSuffix("%%EOF\n"))
    // 620×877 pixels at 75 an inch: 595.2×841.92 points, which is A4.
    #expect(text.components(separatedBy: "/MediaBox [ 0 0 595.2").count == 3)
    #expect(text.contains("/Count 2"))
  }

  @Test("Fonts are embedded, images keep their pixels and are not to be smoothed")
  func content() throws {
    let text = try encoded([page("words")])
    #expect(text.contains("/FontFile2"))
    #expect(text.contains("DejaVuSans"))
    #expect(text.contains("DejaVuSansMono-Bold"))
    #expect(text.contains("/Width 28\n"))
    #expect(text.contains("/Height 28\n"))
    #expect(!text.contains("/Interpolate true"))
    // Letters are text, so no page is a picture of itself.
    #expect(!text.contains("/Width 620"))
  }

  @Test("The same pages give the same bytes at any time, other pages others")
  func deterministic() throws {
    let first = try encoded([page("words")])
    Thread.sleep(forTimeInterval: 1.1)  // a date of making would have another second
    #expect(try encoded([page("words")]) == first)
    #expect(try encoded([page("word")]) != first)
    #expect(try encoded([page("words", level: 41)]) != first)
    // Cairo 1.16 leaves out the "D:" before a date that is set; readers know both.
    #expect(
      first.contains("/CreationDate (20000101000000") || first.contains("/CreationDate (D:20000101000000"))
    #expect(first.contains("/Title (A page)"))
  }

  @Test("A file is written whole")
  func write() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pdf é \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let target = folder.appending(path: "a page.pdf")
    try PDFFile.write([page("x")], properties: .init(title: "x"), pixelsPerInch: 75, to: target)
    #expect(try Data(contentsOf: target).starts(with: Array("%PDF".utf8)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    #expect(throws: FileError.self) {
      try PDFFile.write(
        [page("x")], properties: .init(title: "x"), pixelsPerInch: 75,
        to: folder.appending(path: "missing/x.pdf"))
    }
  }
}
