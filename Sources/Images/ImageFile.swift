import Foundation
import Storage

/// An image file whose type is determined by its first bytes, not by its name.
public enum ImageFile {
  /// - Throws: ``FileError`` when the file cannot be read or is neither a valid PNG nor a valid JPEG.
  public static func read(_ file: URL) throws -> Bitmap {
    try decode(FileContents.read(file), file: file)
  }

  /// - Parameters:
  ///   - file: Named in errors; nothing is read from it.
  ///   - pixelLimit: Images with more pixels are refused before memory is taken for them.
  public static func decode(_ data: Data, file: URL, pixelLimit: Int = PNGFile.largestPixelCount) throws
    -> Bitmap
  {
    try decodeWithNotes(data, file: file, pixelLimit: pixelLimit).bitmap
  }

  /// As ``decode(_:file:pixelLimit:)``, with what was assumed or left out.
  public static func decodeWithNotes(
    _ data: Data, file: URL, pixelLimit: Int = PNGFile.largestPixelCount
  ) throws -> ReadImage {
    if data.starts(with: PNGFile.signature) {
      return try PNGFile.decodeWithNotes(data, file: file, pixelLimit: pixelLimit)
    }
    if data.starts(with: JPEGFile.signature) {
      return try JPEGFile.decodeWithNotes(data, file: file, pixelLimit: pixelLimit)
    }
    throw unknownKind(data, file)
  }
}
