import ArgumentParser
import Foundation
import Synchronization

/// Ctrl-C asks the experiment to stop at its next word of progress; a second one ends the process at once.
enum Interruption {
  private static let requests = Atomic<Int>(0)

  static func watch() {
    signal(SIGINT) { _ in
      if Interruption.requests.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
    }
  }

  static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// - Throws: ``Interrupted`` once Ctrl-C was pressed.
  static func check() throws {
    if isRequested { throw Interrupted() }
  }
}

/// The user pressed Ctrl-C.
struct Interrupted: Error {}
