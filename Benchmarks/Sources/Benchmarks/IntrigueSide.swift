import Foundation
import Intrigue

/// What `peer.py` does, done by the library.
struct IntrigueSide {
  let dataFolder: URL

  func serve(_ workload: Workload, _ requests: Requests) throws {
    try requests.greet(.unavailable(reason: "the library does not train yet"))
  }
}
