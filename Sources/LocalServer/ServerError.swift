import Foundation
import NIOCore

/// Why a server cannot listen, or has stopped listening.
public enum ServerError: Error, Equatable, CustomStringConvertible {
  case notAnAddress(String)
  case inUse(ServerAddress)
  case notAllowed(ServerAddress)
  case notHere(ServerAddress)
  case tooFewFiles
  case failed(ServerAddress, reason: String)

  init(_ error: any Error, at address: ServerAddress) {
    self =
      switch error {
      case let error as ServerError: error
      case let error as IOError where error.errnoCode == EADDRINUSE: .inUse(address)
      case let error as IOError where error.errnoCode == EACCES: .notAllowed(address)
      case let error as IOError where error.errnoCode == EADDRNOTAVAIL: .notHere(address)
      case let error as IOError: .failed(address, reason: String(cString: strerror(error.errnoCode)))
      default: .failed(address, reason: "\(error)")
      }
  }

  public var description: String {
    switch self {
    case .notAnAddress(let host): "\(host): expected an address such as 127.0.0.1 or ::1"
    case .inUse(let address):
      "\(address.host):\(address.port): another program listens there; expected a free port, or 0 for any free one"
    case .notAllowed(let address):
      "\(address.host):\(address.port): this user may not listen there; expected a port from 1024 up"
    case .notHere(let address): "\(address.host): is no address of this machine"
    case .tooFewFiles: "too few files may be open at once for a server: expected at least 64 (ulimit -n)"
    case .failed(let address, let reason): "\(address.host):\(address.port): cannot listen: \(reason)"
    }
  }
}

/// A refusal instead of the requested answer: an HTTP status and one sentence, which the page shows.
///
/// Thrown by a route for errors in the request.
public struct ServerRefusal: Error, Equatable, CustomStringConvertible {
  public let status: Int
  public let sentence: String

  /// - Parameter status: 400 or higher.
  public init(_ status: Int, _ sentence: String) {
    precondition((400..<600).contains(status), "a refusal has a status from 400 to 599, got \(status)")
    self.status = status
    self.sentence = sentence
  }

  public var description: String { sentence }

  /// For unforeseen errors: the browser gets no details, which may not be its business.
  static let mistake = ServerRefusal(500, "the server has made a mistake")
}
