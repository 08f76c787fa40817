import ArgumentParser
import Foundation
import Storage
import Synchronization

/// Ctrl-C (SIGINT), SIGTERM and SIGHUP end the program within two seconds, whatever it is doing.
///
/// A signal asks the experiment to stop at its next word of progress, which lets it tidy up behind itself. But there are
/// stages without a word, and calls into libraries that know none. So a thread that does nothing else waits for ``grace``
/// and then ends the process. That loses no more than a kill, and all that an experiment writes is such that a kill
/// loses nothing that was finished; no stage has to remember to listen.
package enum Interruption {
  /// How long an experiment has to come to its next word of progress.
  private static let grace = Duration.milliseconds(700)

  /// The first signal that came; 0: none yet.
  private static let signalNumber = Atomic<Int32>(0)
  /// A semaphore may be used by any thread and in a handler; the pointer never changes.
  nonisolated(unsafe) private static let wakeUp = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private static let stage = Mutex(Stage.immediate)

  /// What the program is doing, as far as a signal is concerned.
  private enum Stage {
    /// Nothing that has to be tidied up.
    case immediate
    /// An experiment, and how to go on after it was stopped.
    case experiment(resume: String)
    /// A server, whose proper end a signal is.
    case server
    /// A server has ended; the program says goodbye.
    case served
  }

  /// Begins to watch, once, for the whole program.
  package static func watch() {
    sem_init(wakeUp, 0, 0)
    guard !isRequested else { return }  // made here, because a handler must not make it
    // Without the thread the signals end the process as they do without a handler.
    guard startThread() == 0 else { return }
    listen(to: SIGINT)
    listen(to: SIGTERM)
    // `nohup` starts programs deaf to it, and they stay so.
    if !isIgnored(SIGHUP) { listen(to: SIGHUP) }
  }

  private static func startThread() -> Int32 {
    var thread = pthread_t()
    return pthread_create(&thread, nil, { _ in Interruption.endWhenAsked() }, nil)
  }

  private static func listen(to number: Int32) {
    signal(number) { Interruption.receive($0) }
  }

  /// Runs in the handler: only what is safe there.
  private static func receive(_ number: Int32) {
    let earlier = signalNumber.compareExchange(expected: 0, desired: number, ordering: .relaxed).original
    if earlier == 0 { sem_post(wakeUp) } else { _exit(128 + number) }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  static var isRequested: Bool { signalNumber.load(ordering: .relaxed) != 0 }

  /// - Throws: ``Interrupted`` once a signal came.
  package static func check() throws {
    if isRequested { throw Interrupted() }
  }

  /// 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, as shells count.
  package static var exitCode: ExitCode { ExitCode(128 + signalNumber.load(ordering: .relaxed)) }

  package static func sentence(resume: String) -> String {
    let what = signalNumber.load(ordering: .relaxed) == SIGINT ? "Interrupted" : "Terminated"
    return "\(what). \(resume)"
  }

  // MARK: Stages

  static func inExperiment<Result>(resume: String, _ body: () throws -> Result) rethrows -> Result {
    enter(.experiment(resume: resume))
    defer { enter(.immediate) }
    return try body()
  }

  static func inExperiment<Result>(resume: String, _ body: () async throws -> Result) async rethrows -> Result
  {
    enter(.experiment(resume: resume))
    defer { enter(.immediate) }
    return try await body()
  }

  static func inServer(_ body: () async throws -> Void) async rethrows {
    enter(.server)
    defer { enter(isRequested ? .served : .immediate) }
    try await body()
  }

  private static func enter(_ next: Stage) { stage.withLock { $0 = next } }

  // MARK: The thread that ends the process

  private static func endWhenAsked() -> UnsafeMutableRawPointer? {
    while sem_wait(wakeUp) != 0 {}  // the call itself can be interrupted
    // What a picture waits for, for example; the experiment then learns that it failed, and why it did.
    ChildProcess.endAll()
    let end = ContinuousClock.now + grace
    while true {
      let stage = stage.withLock { $0 }
      let isOver = ContinuousClock.now >= end
      switch stage {
      case .served: return nil
      case .immediate: _exit(exitCode.rawValue)
      case .server where isOver: _exit(EXIT_SUCCESS)
      case .experiment(let resume) where isOver:
        Output.lastWords(sentence(resume: resume))
        _exit(exitCode.rawValue)
      case .server, .experiment: usleep(10_000)
      }
    }
  }
}

/// The user pressed Ctrl-C, or the system asks for the end.
struct Interrupted: Error {}
