import Foundation

/// Threads of a ``WorkerPool``. By `pthread_create`, because Foundation's `Thread` does not report when the system
/// cannot create one.
enum WorkerThread {
  struct Shortage: Error, Equatable, CustomStringConvertible {
    let wanted: Int
    let started: Int
    /// Return value of `pthread_create`.
    let code: Int32

    var description: String {
      "the system gives \(started) of \(wanted) threads: \(String(cString: strerror(code))); use fewer with --workers, "
        + "or raise the limits of processes and of memory (ulimit -u, ulimit -v)"
    }
  }

  private final class Work {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// - Returns: 0, or the error of `pthread_create`.
  static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 8 << 20)
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
        work.body()
        return nil
      }, work.toOpaque())
    if code != 0 { work.release() }
    return code
  }
}
