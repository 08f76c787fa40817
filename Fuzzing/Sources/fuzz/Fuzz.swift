import CFuzzer
import Foundation
import Storage

// What libFuzzer calls. It brings its own `main`; scripts/fuzz-parsers.sh sets the reader.

/// Environment variable that names the reader; its value `list` prints the names of all.
private let choice = "INTRIGUE_FUZZ_READER"

private let target: any FuzzTarget = {
  let name = ProcessInfo.processInfo.environment[choice] ?? "list"
  guard let chosen = fuzzTargets.first(where: { $0.name == name }) else {
    print(fuzzTargets.map { $0.name }.joined(separator: "\n"))
    exit(name == "list" ? 0 : 64)
  }
  do {
    // Not removed: a crash would leave it as well. The script gives a place in memory, and clears it away.
    let folder = FileManager.default.temporaryDirectory.appending(path: "intrigue-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try chosen.init(in: folder)
  } catch {
    fatalError("the reader \(name) cannot be set up: \(error)")
  }
}()

/// Adds the seeds that code makes to the first corpus folder of the command line.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
  let words = (1..<max(1, Int(count.pointee))).map { String(cString: arguments.pointee[$0]) }
  let target = target
  var isFolder: ObjCBool = false
  if let corpus = words.first(where: { !$0.hasPrefix("-") }),
    FileManager.default.fileExists(atPath: corpus, isDirectory: &isFolder), isFolder.boolValue
  {
    var number = 0
    do {
      for seed in try target.seeds {
        // A seed that is refused would leave the reader's inside unseen.
        try target.read(seed)
        try seed.write(to: URL(filePath: corpus).appending(path: "seed-\(number)"))
        number += 1
      }
    } catch {
      fatalError("seed \(number) of \(type(of: target).name): \(error)")
    }
  }
  return 0
}

/// A reader returns or throws a sentence. Whatever else it does ends the process, and libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let data = bytes.map { Data(bytes: $0, count: count) } ?? Data()
  do {
    try target.read(data)
  } catch let error as FileError {
    guard !error.problem.isEmpty else { fatalError("an error without a word") }
  } catch {
    guard target.foresees(error) else { fatalError("an error that no caller foresees: \(error)") }
  }
  return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: CUnsignedInt)
  -> Int
{
  var draws = Draws(seed: UInt64(seed))
  let damaged = target.damaged(Data(bytes: bytes, count: count), capacity: capacity, using: &draws)
  let kept = min(damaged.count, capacity)
  damaged.copyBytes(to: bytes, count: kept)
  return kept
}
