import Foundation
import Images
import Storage

/// A picture that carries its own provenance: its text is also in its PNG text chunks.
public protocol Figure {
  /// Heading, provenance and extra text of the picture.
  var caption: FigureCaption { get }
  /// Size of the finished picture in pixels, known before it is drawn.
  var size: (width: Int, height: Int) { get }
  /// A text description, one line per row or image: for text chunks and for readers who cannot see the picture.
  var transcript: [String] { get }
  /// The finished picture. The same figure gives the same pixels.
  func drawn() -> Bitmap
}

extension Figure {
  /// `Title`, `Description` (subtitle and footer), the caption's own pairs, `Transcript`.
  public var textChunks: [PNGFile.Text] {
    var chunks: [PNGFile.Text] = [(key: "Title", value: caption.title)]
    let description = ([caption.subtitle] + caption.footer).filter { !$0.isEmpty }
    if !description.isEmpty {
      chunks.append((key: "Description", value: description.joined(separator: "\n")))
    }
    chunks += caption.text.map { (key: $0.key, value: $0.value) }
    if !transcript.isEmpty { chunks.append((key: "Transcript", value: transcript.joined(separator: "\n"))) }
    return chunks
  }

  /// Draws the figure and writes it as PNG. The same figure gives the same bytes.
  ///
  /// - Throws: ``FileError`` when the file cannot be written; ``FigureTooLarge`` for a canvas, unless
  ///   ``FigureFailures`` are recorded.
  public func write(to file: URL) throws {
    try FigureFailures.noting(file) {
      let (width, height) = size
      guard max(width, height) <= Canvas.largestSide else {
        throw FigureTooLarge(width: width, height: height, limit: Canvas.largestSide)
      }
      try PNGFile.write(drawn(), text: textChunks, to: file)
    }
  }
}

/// Text around the images of a figure.
public struct FigureCaption: Hashable, Sendable {
  /// A key and a value for the PNG's text chunks.
  public struct Pair: Hashable, Sendable {
    /// 1 to 79 printable Latin-1 characters.
    public let key: String
    public let value: String

    public init(key: String, value: String) {
      (self.key, self.value) = (key, value)
    }
  }

  public var title: String
  public var subtitle: String
  /// Lines at the foot: data set, model hash, layer, seed, k, version. Long lines are wrapped.
  public var footer: [String]
  /// Further text chunks, in this order.
  public var text: [Pair]

  public init(title: String, subtitle: String = "", footer: [String] = [], text: [Pair] = []) {
    (self.title, self.subtitle, self.footer, self.text) = (title, subtitle, footer, text)
  }
}
