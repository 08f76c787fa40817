import CJPEG
import Foundation
import Storage

/// JPEG files, by libjpeg: grey and colour, baseline and progressive.
///
/// The EXIF orientation is applied (``Orientation``); colour profiles are ignored. A libjpeg warning is an error where
/// it affects pixels, since a half-grey image must not enter a data set, and a note where it does not.
public enum JPEGFile {
  /// Images with more pixels are refused before memory is taken for them.
  public static let largestPixelCount = 1 << 26

  /// - Throws: ``FileError`` when the file cannot be read or is not a whole and valid grey or colour JPEG.
  public static func read(_ file: URL) throws -> Bitmap {
    try decode(FileContents.read(file), file: file)
  }

  /// - Parameters:
  ///   - file: Named in errors; nothing is read from it.
  ///   - pixelLimit: Images with more pixels are refused before memory is taken for them.
  public static func decode(_ data: Data, file: URL, pixelLimit: Int = largestPixelCount) throws -> Bitmap {
    try decodeWithNotes(data, file: file, pixelLimit: pixelLimit).bitmap
  }

  /// As ``decode(_:file:pixelLimit:)``, with what was assumed or left out.
  static func decodeWithNotes(
    _ data: Data, file: URL, pixelLimit: Int = largestPixelCount
  ) throws -> ReadImage {
    try withImage(of: data, file: file, pixelLimit: pixelLimit) { image in
      let (width, height, channels) = (Int(image.width), Int(image.height), Int(image.channels))
      let samples = UnsafeBufferPointer(start: image.samples, count: width * height * channels)
      let stored = Bitmap(width: width, height: height, channels: channels, samples: Array(samples))
      let orientation = Orientation(number: Int(image.orientation))
      var notes: Set<ImageNote> = []
      if orientation != .upright { notes.insert(.turned) }
      if image.remarkCount > 0 { notes.insert(.oddity(CText.string(of: image.remark))) }
      return ReadImage(bitmap: stored.turned(orientation), notes: notes)
    }
  }

  /// Width and height after EXIF orientation, from the header alone.
  static func size(of data: Data, file: URL) throws -> (width: Int, height: Int) {
    try withImage(of: data, file: file, pixelLimit: nil) { image in
      let (width, height) = (Int(image.width), Int(image.height))
      return Orientation(number: Int(image.orientation)).isTransposed ? (height, width) : (width, height)
    }
  }

  /// - Parameter pixelLimit: nil to read only the header.
  private static func withImage<Result>(
    of data: Data, file: URL, pixelLimit: Int?, _ body: (CJPEGImage) throws -> Result
  ) throws -> Result {
    guard data.starts(with: signature) else {
      throw FileError(
        file: file,
        problem: data.isEmpty
          ? "is empty: expected a JPEG image" : "is not a JPEG image: its first 3 bytes differ")
    }
    var image = CJPEGImage()
    defer { CJPEGFreeImage(&image) }
    var message = [CChar](repeating: 0, count: Int(CJPEGMessageLength))
    let outcome = data.withUnsafeBytes { source in
      let bytes = source.bindMemory(to: UInt8.self).baseAddress
      return pixelLimit.map { CJPEGDecode(bytes, source.count, UInt64($0), &image, &message) }
        ?? CJPEGReadHeader(bytes, source.count, &image, &message)
    }
    let words = CText.string(message)
    let problem: String
    switch outcome {
    case CJPEGSucceeded: return try body(image)
    case CJPEGFourInks: problem = "is a CMYK image: expected grey or RGB; convert it first"
    case CJPEGTooLarge:
      problem =
        "has \(image.width)×\(image.height) pixels, more than the limit of \(pixelLimit ?? largestPixelCount)"
    case CJPEGUnsupported: problem = "is a kind of JPEG that cannot be read: \(words); convert it first"
    case CJPEGDamaged: problem = "is a damaged JPEG image: \(words)"
    default: problem = "cannot be decoded: \(words)"
    }
    throw FileError(file: file, problem: problem)
  }

  /// Writes a baseline file without chroma subsampling.
  ///
  /// - Parameter quality: 1 (small) to 100 (faithful).
  /// - Throws: ``FileError``; an existing file is replaced whole or not at all.
  public static func write(_ bitmap: Bitmap, quality: Int, to file: URL) throws {
    try AtomicFile.write(encode(bitmap, quality: quality, file: file), to: file)
  }

  /// - Parameter file: Named in errors; nothing is written to it.
  public static func encode(_ bitmap: Bitmap, quality: Int, file: URL) throws -> Data {
    precondition((1...100).contains(quality), "quality must be in 1...100, got \(quality)")
    precondition(
      bitmap.width > 0 && bitmap.height > 0, "a JPEG has pixels, got \(bitmap.width)×\(bitmap.height)")
    var encoded = CJPEGBytes()
    defer { CJPEGFreeBytes(&encoded) }
    var message = [CChar](repeating: 0, count: Int(CJPEGMessageLength))
    let outcome = CJPEGEncode(
      bitmap.samples, UInt32(bitmap.width), UInt32(bitmap.height), Int32(bitmap.channels), Int32(quality),
      &encoded, &message)
    guard outcome == CJPEGSucceeded else {
      throw FileError(file: file, problem: "cannot be encoded as JPEG: \(CText.string(message))")
    }
    return Data(bytes: encoded.bytes, count: encoded.count)
  }

  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]
}
