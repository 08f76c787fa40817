import CJPEG
import Foundation
import Storage

/// JPEG files, by libjpeg-turbo: grey and colour, baseline and progressive.
///
/// Colour profiles and the orientation note of a camera are ignored. Damage of which the library would only
/// warn (data that end too early, for example) is an error here: a half-grey image must not enter a data set.
public enum JPEGFile {
  /// Images with more pixels are refused before memory is taken for them.
  public static let largestPixelCount = 1 << 26

  /// - Throws: ``FileError`` when the file cannot be read or is not a whole and valid grey or colour JPEG.
  public static func read(_ file: URL) throws -> Bitmap {
    try decode(Data(readingImage: file), file: file)
  }

  /// - Parameters:
  ///   - file: Named in errors; nothing is read from it.
  ///   - pixelLimit: Images with more pixels are refused before memory is taken for them.
  public static func decode(_ data: Data, file: URL, pixelLimit: Int = largestPixelCount) throws -> Bitmap {
    guard data.starts(with: signature) else {
      throw FileError(
        file: file,
        problem: data.isEmpty
          ? "is empty: expected a JPEG image" : "is not a JPEG image: its first 3 bytes differ")
    }
    guard let decoder = tjInitDecompress() else {
      throw FileError(file: file, problem: "cannot be decoded: libjpeg-turbo cannot be started")
    }
    defer { tjDestroy(decoder) }
    return try data.withUnsafeBytes { source in
      let bytes = source.bindMemory(to: UInt8.self).baseAddress
      func check(_ status: Int32) throws {
        guard status == 0 else {
          throw FileError(
            file: file, problem: "is a damaged JPEG image: \(String(cString: tjGetErrorStr2(decoder)))")
        }
      }
      var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      try check(
        tjDecompressHeader3(decoder, bytes, UInt(source.count), &width, &height, &subsampling, &space))
      guard space != TJCS_CMYK.rawValue && space != TJCS_YCCK.rawValue else {
        throw FileError(file: file, problem: "is a CMYK image: expected grey or RGB; convert it first")
      }
      guard Int(width) * Int(height) <= pixelLimit else {
        throw FileError(
          file: file, problem: "has \(width)×\(height) pixels, more than the limit of \(pixelLimit)")
      }
      let isGrey = space == TJCS_GRAY.rawValue
      let channels = isGrey ? 1 : 3
      let count = Int(width) * Int(height) * channels
      let samples = try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        try check(
          tjDecompress2(
            decoder, bytes, UInt(source.count), buffer.baseAddress, width, 0, height,
            isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue,
            TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS))
        written = count
      }
      return Bitmap(width: Int(width), height: Int(height), channels: channels, samples: samples)
    }
  }

  /// Width and height as the header says.
  static func size(of data: Data, file: URL) throws -> (width: Int, height: Int) {
    guard let decoder = tjInitDecompress() else {
      throw FileError(file: file, problem: "cannot be decoded: libjpeg-turbo cannot be started")
    }
    defer { tjDestroy(decoder) }
    var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let status = data.withUnsafeBytes { source in
      tjDecompressHeader3(
        decoder, source.bindMemory(to: UInt8.self).baseAddress, UInt(source.count), &width, &height,
        &subsampling,
        &space)
    }
    guard status == 0 else {
      throw FileError(
        file: file, problem: "is a damaged JPEG image: \(String(cString: tjGetErrorStr2(decoder)))")
    }
    return (Int(width), Int(height))
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
    guard let encoder = tjInitCompress() else {
      throw FileError(file: file, problem: "cannot be encoded: libjpeg-turbo cannot be started")
    }
    defer { tjDestroy(encoder) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    let isGrey = bitmap.channels == 1
    let status = tjCompress2(
      encoder, bitmap.samples, Int32(bitmap.width), 0, Int32(bitmap.height),
      isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue, &bytes, &count,
      Int32(isGrey ? TJSAMP_GRAY.rawValue : TJSAMP_444.rawValue), Int32(quality), TJFLAG_ACCURATEDCT)
    defer { tjFree(bytes) }
    guard status == 0, let bytes else {
      throw FileError(
        file: file, problem: "cannot be encoded as JPEG: \(String(cString: tjGetErrorStr2(encoder)))")
    }
    return Data(bytes: bytes, count: Int(count))
  }

  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]
}
