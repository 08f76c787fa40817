import Foundation
import Testing

/// Requests to a server on this machine, byte for byte, each on a connection and a thread of its own.
enum PlainHTTP {
  struct Answer: Sendable {
    let status: Int
    /// Names in small letters.
    let fields: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: body)
    }
  }

  /// - Returns: nil where there was no connection, or no whole answer.
  static func ask(
    _ port: UInt16, _ method: String, _ path: String, fields: [String: String] = [:], body: String? = nil
  ) async -> Answer? {
    var head = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
    if let body {
      head["Content-Type"] = "application/json"
      head["Content-Length"] = "\(body.utf8.count)"
    }
    head.merge(fields) { $1 }
    let text =
      "\(method) \(path) HTTP/1.1\r\n" + head.map { "\($0): \($1)\r\n" }.joined() + "\r\n" + (body ?? "")
    return await raw(port, text)
  }

  /// Whatever bytes, until the server closes.
  ///
  /// - Parameter isLast: Nothing more will be sent, and the server is told so.
  static func raw(_ port: UInt16, _ text: String, isLast: Bool = false) async -> Answer? {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: exchange(port, Array(text.utf8), isLast).flatMap(answer))
      }
    }
  }

  private static func exchange(_ port: UInt16, _ bytes: [UInt8], _ isLast: Bool) -> Data? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let outcome = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard outcome == 0 else { return nil }
    // A server that says nothing must not hold up the tests.
    var limit = timeval(tv_sec: 300, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }  // it may have answered already
      sent += count
    }
    if isLast { shutdown(descriptor, Int32(SHUT_WR)) }
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return data }
      data += buffer[..<count]
    }
  }

  private static func answer(_ data: Data) -> Answer? {
    guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]) else { return nil }
    let fields = Dictionary(
      lines.dropFirst().compactMap { line -> (String, String)? in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
      }, uniquingKeysWith: { $1 })
    let body = data[end.upperBound...]
    if let length = fields["content-length"].flatMap(Int.init), body.count < length { return nil }
    return Answer(status: status, fields: fields, body: Data(body))
  }
}
