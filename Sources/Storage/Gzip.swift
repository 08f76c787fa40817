import CZlib
import Foundation
import Tensors

/// Gzip files (RFC 1952), by zlib.
public enum Gzip {
  /// Whether `data` begins like a gzip file.
  public static func isCompressed(_ data: Data) -> Bool { data.starts(with: [0x1F, 0x8B]) }

  /// The content of a gzip file. Several members in a row form one content, as with `gzip -d`.
  ///
  /// - Parameters:
  ///   - data: The whole file.
  ///   - file: Named in errors; nothing is read from it.
  ///   - budget: Most bytes of content, shared with other files. What the content uses is not returned to it.
  /// - Throws: ``FileError`` when a header is wrong, the file ends too early, the content does not have the
  ///   stored CRC-32 and length, is longer than `budget`, or is followed by anything but another member.
  public static func decompress(_ data: Data, file: URL, within budget: UnfoldingBudget) throws -> Data {
    guard isCompressed(data) else {
      throw FileError(file: file, problem: "is not a gzip file: expected it to begin with the bytes 1f 8b")
    }
    var stream = z_stream()
    // 15: the largest window; + 16: gzip headers and trailers are required and checked.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(file: file, problem: "cannot be decompressed: zlib cannot be started")
    }
    defer { inflateEnd(&stream) }
    // zlib counts in 32 bits, so input and output are passed in parts.
    var content = Data()
    var (consumed, produced, granted) = (0, 0, 0)
    defer { budget.giveBack(max(0, granted - produced)) }
    var wanted = firstCapacity(for: data)
    while true {
      if produced == content.count {
        granted += budget.take(upTo: wanted - content.count)
        // One byte more than the budget, so that content that just fits still reaches its end.
        content.count = max(granted, produced + 1)
        wanted = max(2 * content.count, 1 << 16)
      }
      let status = step(&stream, from: data, at: &consumed, into: &content, at: &produced)
      guard produced <= granted else {
        throw FileError(
          file: file,
          problem: "unfolds to more than \(granted) bytes, what is left of the \(budget.byteCount) that the "
            + "compressed files of a data set may have together")
      }
      switch status {
      case Z_STREAM_END:
        if consumed == data.count { return content.prefix(produced) }
        guard isCompressed(data.dropFirst(consumed)) else {
          throw FileError(
            file: file, problem: "has \(data.count - consumed) bytes after its end that are not a gzip member"
          )
        }
        inflateReset(&stream)
      case Z_OK, Z_BUF_ERROR:
        if consumed == data.count && produced < content.count {
          throw FileError(
            file: file, problem: "is truncated: the gzip data end after \(produced) bytes of content")
        }
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        throw FileError(
          file: file, problem: "is a damaged gzip file: \(reason) after \(produced) bytes of content")
      }
    }
  }

  /// The length in the last four bytes is an untrusted hint: deflate cannot expand more than 1032-fold.
  private static func firstCapacity(for data: Data) -> Int {
    guard data.count >= 18 else { return 1 << 10 }
    let hint = Int(data.littleEndianInteger(UInt32.self, at: data.count - 4))
    return min(hint + 1, boundedProduct(data.count, 1032))
  }

  private static func step(
    _ stream: inout z_stream, from data: Data, at consumed: inout Int, into content: inout Data,
    at produced: inout Int
  ) -> Int32 {
    data.withUnsafeBytes { source in
      content.withUnsafeMutableBytes { destination in
        let input = UnsafeRawBufferPointer(rebasing: source[consumed...].prefix(1 << 30))
        let output = UnsafeMutableRawBufferPointer(rebasing: destination[produced...].prefix(1 << 30))
        // zlib does not write through next_in; its C type merely lacks the const.
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(output.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        consumed += input.count - Int(stream.avail_in)
        produced += output.count - Int(stream.avail_out)
        return status
      }
    }
  }
}
