import CCrypto
import Foundation

/// A cryptographic checksum of bytes that arrive in parts, by OpenSSL.
///
///     var checksum = Checksum(.sha256)
///     checksum.update(header)
///     checksum.update(pixels)
///     let text = checksum.hexadecimal()
public struct Checksum: ~Copyable {
  public enum Algorithm: String, Codable, Sendable {
    case sha256
    /// Only for comparison with published checksums; not secure against tampering.
    case md5

    /// Conventional spelling.
    public var name: String { self == .sha256 ? "SHA-256" : "MD5" }
  }

  private let context: OpaquePointer

  public init(_ algorithm: Algorithm = .sha256) {
    guard let context = EVP_MD_CTX_new(),
      EVP_DigestInit_ex(context, algorithm == .sha256 ? EVP_sha256() : EVP_md5(), nil) == 1
    else { preconditionFailure("OpenSSL does not supply \(algorithm.name) on this system") }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // Fails only on a context that was never initialised.
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "EVP_DigestUpdate failed")
  }

  public mutating func update(_ data: Data) {
    data.withUnsafeBytes { update($0) }
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The sum of all bytes so far.
  public consuming func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    precondition(EVP_DigestFinal_ex(context, &digest, &count) == 1, "EVP_DigestFinal_ex failed")
    return Array(digest.prefix(Int(count)))
  }

  /// The sum of all bytes so far, in lower-case hexadecimal.
  public consuming func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The sum of `data` in lower-case hexadecimal.
  public static func hexadecimal(of data: Data, _ algorithm: Algorithm = .sha256) -> String {
    var checksum = Checksum(algorithm)
    checksum.update(data)
    return checksum.hexadecimal()
  }

  /// The sum of a file's bytes in lower-case hexadecimal. The file is read in parts.
  ///
  /// - Throws: ``FileError`` when the file cannot be read.
  public static func hexadecimal(ofFile file: URL, _ algorithm: Algorithm = .sha256) throws -> String {
    guard let stream = fopen(file.path, "rb") else {
      throw FileError(file: file, problem: "cannot be read: \(lastSystemError())")
    }
    defer { fclose(stream) }
    var checksum = Checksum(algorithm)
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&part, 1, part.count, stream)
      guard ferror(stream) == 0 else {
        throw FileError(file: file, problem: "cannot be read: \(lastSystemError())")
      }
      if count == 0 { return checksum.hexadecimal() }
      part.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
