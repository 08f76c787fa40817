import CEXIF
import CPNG
import Foundation
import Storage

/// PNG files, by libpng.
///
/// Reading accepts every colour type, depth and interlacing of the standard and gives 8-bit grey or RGB: transparent
/// pixels are composited over white, 16-bit samples are rounded to 8, a palette is looked up. Colour profiles and gamma
/// are ignored: samples are used unchanged. The EXIF orientation is applied (``Orientation``, chunk eXIf). Damage is an
/// error, never a guess; a libpng warning is an error too where it affects pixels, and a note where it does not.
public enum PNGFile {
  /// A text chunk of the file: `Title`, `Description`, `Software` and so on.
  public typealias Text = (key: String, value: String)

  /// Images with more pixels are refused before memory is taken for them.
  public static let largestPixelCount = 1 << 26

  /// - Throws: ``FileError`` when the file cannot be read or is not a whole and valid PNG.
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
    try withDecoded(data, file: file, pixelLimit: pixelLimit) { image in
      let pixels = Int(image.width) * Int(image.height)
      let samples = UnsafeBufferPointer(start: image.samples, count: pixels * Int(image.channels))
      let (opaque, isComposited) = opaque(samples, channels: Int(image.channels))
      var notes: Set<ImageNote> = []
      if isComposited { notes.insert(.composited) }
      if image.is16Bit != 0 { notes.insert(.rounded) }
      if image.remarkCount > 0 { notes.insert(.oddity(CText.string(of: image.remark))) }
      let stored = Bitmap(
        width: Int(image.width), height: Int(image.height), channels: image.channels < 3 ? 1 : 3,
        samples: opaque)
      let orientation = orientation(in: data)
      if orientation != .upright { notes.insert(.turned) }
      return ReadImage(bitmap: stored.turned(orientation), notes: notes)
    }
  }

  /// The orientation in the chunk eXIf, which may come before or after the pixels (PNG 1.5, extensions, 3.7).
  static func orientation(in data: Data) -> Orientation {
    data.withUnsafeBytes { bytes in
      var position = signature.count
      // Length, name, content, checksum.
      while position + 12 <= bytes.count {
        let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - position - 12 else { break }
        if bytes[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
          let content = Array("Exif".utf8) + [0, 0] + bytes[position + 8..<position + 8 + length]
          let number = Int(CEXIFOrientation(content, content.count))
          return number == 0 ? .upright : Orientation(number: number)
        }
        position += length + 12
      }
      return .upright
    }
  }

  /// The text chunks of a PNG in file order, of any kind (tEXt, zTXt, iTXt).
  public static func readText(_ file: URL) throws -> [Text] {
    try decodeText(FileContents.read(file), file: file)
  }

  public static func decodeText(_ data: Data, file: URL) throws -> [Text] {
    try withDecoded(data, file: file) { image in
      UnsafeBufferPointer(start: image.text, count: image.textCount).map { chunk in
        (
          key: string(chunk.key, encoding: .isoLatin1),
          value: string(chunk.value, encoding: chunk.isUTF8 != 0 ? .utf8 : .isoLatin1)
        )
      }
    }
  }

  /// Writes an 8-bit grey or RGB file. The same bitmap and text give the same bytes.
  ///
  /// - Parameter text: Chunks in the order given. Keys are 1 to 79 printable Latin-1 characters.
  /// - Throws: ``FileError``; an existing file is replaced whole or not at all.
  public static func write(_ bitmap: Bitmap, text: [Text] = [], to file: URL) throws {
    try AtomicFile.write(encode(bitmap, text: text, file: file), to: file)
  }

  /// - Parameter file: Named in errors; nothing is written to it.
  public static func encode(_ bitmap: Bitmap, text: [Text] = [], file: URL) throws -> Data {
    precondition(
      bitmap.width > 0 && bitmap.height > 0, "a PNG has pixels, got \(bitmap.width)×\(bitmap.height)")
    let chunks = text.map(TextChunk.init)
    let cTexts = chunks.map { CPNGText(key: $0.key, value: $0.value, isUTF8: $0.isUTF8 ? 1 : 0) }
    return try withExtendedLifetime(chunks) {
      var encoded = CPNGBytes()
      var message = [CChar](repeating: 0, count: CPNGMessageLength)
      let succeeded = CPNGEncode(
        bitmap.samples, UInt32(bitmap.width), UInt32(bitmap.height), Int32(bitmap.channels), cTexts,
        cTexts.count, &encoded, &message)
      guard succeeded != 0 else {
        throw FileError(file: file, problem: "cannot be encoded as PNG: \(CText.string(message))")
      }
      defer { CPNGFreeBytes(&encoded) }
      return Data(bytes: encoded.bytes, count: encoded.count)
    }
  }

  private static func withDecoded<Result>(
    _ data: Data, file: URL, pixelLimit: Int = largestPixelCount, _ body: (CPNGImage) throws -> Result
  ) throws -> Result {
    guard data.starts(with: signature) else {
      throw FileError(
        file: file,
        problem: data.isEmpty
          ? "is empty: expected a PNG image" : "is not a PNG image: its first 8 bytes differ")
    }
    var image = CPNGImage()
    var message = [CChar](repeating: 0, count: CPNGMessageLength)
    let succeeded = data.withUnsafeBytes { bytes in
      CPNGDecode(
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, UInt64(pixelLimit), &image,
        &message)
    }
    guard succeeded != 0 else {
      throw FileError(file: file, problem: "is a damaged PNG image: \(CText.string(message))")
    }
    defer { CPNGFreeImage(&image) }
    return try body(image)
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Composites grey+alpha or RGBA over white; grey and RGB are copied.
  ///
  ///     c′ = (α c + (255 − α) 255) / 255, rounded to nearest
  ///
  /// - Returns: The samples, and whether a pixel was not opaque.
  private static func opaque(
    _ samples: UnsafeBufferPointer<UInt8>, channels: Int
  ) -> (samples: [UInt8], isComposited: Bool) {
    guard channels == 2 || channels == 4 else { return (Array(samples), false) }
    var result: [UInt8] = []
    result.reserveCapacity(samples.count / channels * (channels - 1))
    var isComposited = false
    for pixel in stride(from: 0, to: samples.count, by: channels) {
      let alpha = Int(samples[pixel + channels - 1])
      if alpha < 255 { isComposited = true }
      for channel in 0..<channels - 1 {
        result.append(UInt8((Int(samples[pixel + channel]) * alpha + (255 - alpha) * 255 + 127) / 255))
      }
    }
    return (result, isComposited)
  }

  private static func string(_ text: UnsafePointer<CChar>, encoding: String.Encoding) -> String {
    let bytes = Data(bytes: text, count: strlen(text))
    return String(data: bytes, encoding: encoding) ?? String(decoding: bytes, as: UTF8.self)
  }
}

/// C strings of one text chunk, freed with it.
private final class TextChunk {
  let key: UnsafeMutablePointer<CChar>
  let value: UnsafeMutablePointer<CChar>
  let isUTF8: Bool

  init(_ text: PNGFile.Text) {
    let keyBytes = text.key.unicodeScalars.filter(Self.isPrintableLatin1).map { UInt8($0.value) }
    precondition(
      (1...79).contains(keyBytes.count) && keyBytes.count == text.key.unicodeScalars.count,
      "a PNG text key has 1 to 79 printable Latin-1 characters, got \"\(text.key)\"")
    // A NUL would end the chunk: it is shown as the replacement character.
    let clean = text.value.replacing("\0", with: "\u{FFFD}")
    isUTF8 = !clean.unicodeScalars.allSatisfy { $0 == "\n" || Self.isPrintableLatin1($0) }
    key = Self.cString(keyBytes)
    value = Self.cString(isUTF8 ? Array(clean.utf8) : clean.unicodeScalars.map { UInt8($0.value) })
  }

  deinit {
    key.deallocate()
    value.deallocate()
  }

  private static func isPrintableLatin1(_ scalar: Unicode.Scalar) -> Bool {
    (0x20...0x7E).contains(scalar.value) || (0xA1...0xFF).contains(scalar.value)
  }

  private static func cString(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[bytes.count] = 0
    return copy
  }
}
