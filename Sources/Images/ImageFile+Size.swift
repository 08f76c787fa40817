import Foundation
import Storage

extension ImageFile {
  /// Width and height from the header, after EXIF orientation, without decoding anything.
  ///
  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when the data begin like neither a PNG nor a JPEG.
  public static func size(of data: Data, file: URL) throws -> (width: Int, height: Int) {
    if data.starts(with: PNGFile.signature) {
      // The header is the first chunk: length and name before width and height.
      guard data.count >= 24, data.dropFirst(12).starts(with: Array("IHDR".utf8)) else {
        throw FileError(file: file, problem: "is a damaged PNG image: it does not begin with a header")
      }
      let width = Int(data.bigEndianInteger(UInt32.self, at: 16))
      let height = Int(data.bigEndianInteger(UInt32.self, at: 20))
      return PNGFile.orientation(in: data).isTransposed ? (height, width) : (width, height)
    }
    if data.starts(with: JPEGFile.signature) { return try JPEGFile.size(of: data, file: file) }
    throw unknownKind(data, file)
  }

  static func unknownKind(_ data: Data, _ file: URL) -> FileError {
    FileError(
      file: file,
      problem: data.isEmpty
        ? "is empty: expected a PNG or JPEG image"
        : ForeignFile.problem(of: data, expected: "a PNG or JPEG image")
          ?? "is neither a PNG nor a JPEG image")
  }
}
