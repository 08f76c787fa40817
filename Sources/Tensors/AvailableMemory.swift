import Foundation

/// How many bytes this process may still allocate, and by which limit.
///
/// The smallest of what the machine has free, what `ulimit` leaves and what a container's control groups leave, each
/// minus what the process already uses. A tenth stays free for what is not counted: stacks, generated code, the
/// allocator's own data.
public struct AvailableMemory: Equatable, Sendable {
  public enum Limit: Equatable, Sendable {
    case machine
    /// RLIMIT_AS, which `ulimit -v` sets.
    case addressSpace
    /// RLIMIT_DATA, which `ulimit -d` sets.
    case data
    /// `memory.max` of cgroups, or `memory.limit_in_bytes` of their first version.
    case controlGroup
  }

  public let byteCount: Int
  public let limit: Limit

  public init(byteCount: Int, limit: Limit) {
    self.byteCount = byteCount
    self.limit = limit
  }

  /// Memory assumed available, in tests.
  @TaskLocal package static var assumed: AvailableMemory?

  /// The memory available to this process now; unlimited if the system reports nothing.
  public static var current: AvailableMemory {
    if let assumed { return assumed }
    let usage = text("/proc/self/statm")
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return least([
      (.machine, machine(meminfo: text("/proc/meminfo")) ?? Int(ProcessInfo.processInfo.physicalMemory)),
      (.addressSpace, rest(of: __rlimit_resource_t(RLIMIT_AS.rawValue), used: pages(0, of: usage) * page)),
      (.data, rest(of: __rlimit_resource_t(RLIMIT_DATA.rawValue), used: pages(5, of: usage) * page)),
      (.controlGroup, ControlGroupMemory(membership: text("/proc/self/cgroup")).rest),
    ])
  }

  /// - Parameter rests: What each limit leaves; nil if there is no limit.
  static func least(_ rests: [(limit: Limit, rest: Int?)]) -> AvailableMemory {
    let limited = rests.compactMap { pair in pair.rest.map { (pair.limit, max(0, $0)) } }
    guard let least = limited.min(by: { $0.1 < $1.1 }) else {
      return AvailableMemory(byteCount: .max, limit: .machine)
    }
    return AvailableMemory(byteCount: least.1 / 10 * 9, limit: least.0)
  }

  /// Byte count in the line `MemAvailable:   123 kB`.
  static func machine(meminfo: String) -> Int? {
    let line = meminfo.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  private static func pages(_ field: Int, of usage: String) -> Int {
    usage.split(separator: " ").dropFirst(field).first.flatMap { Int($0) } ?? 0
  }

  private static func rest(of resource: __rlimit_resource_t, used: Int) -> Int? {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return nil }
    // Infinity is the largest number, which no Int holds.
    return Int(exactly: limit.rlim_cur).map { $0 - used }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}

/// The limits of the control groups that a process belongs to, in either version.
struct ControlGroupMemory {
  /// The least that any group leaves of its limit; nil if no group has one.
  let rest: Int?

  /// - Parameters:
  ///   - membership: The content of `/proc/self/cgroup`: lines `0::/path`, or `4:memory:/path` in version 1.
  ///   - root: Where the groups are mounted.
  init(membership: String, root: String = "/sys/fs/cgroup") {
    var rests: [Int] = []
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isFirstVersion = fields[1].split(separator: ",").contains("memory")
      guard isFirstVersion || fields[1].isEmpty else { continue }
      let mount = isFirstVersion ? root + "/memory" : root
      // Limits of parent groups apply as well. Inside a container the path may be one of the host, and only the top
      // exists.
      var path = fields[2].split(separator: "/").map(String.init)
      while true {
        let folder = ([mount] + path).joined(separator: "/")
        if let rest = Self.rest(in: folder, isFirstVersion: isFirstVersion) { rests.append(rest) }
        if path.popLast() == nil { break }
      }
    }
    rest = rests.min()
  }

  private static func rest(in folder: String, isFirstVersion: Bool) -> Int? {
    func text(_ name: String) -> String? { try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    func number(_ name: String) -> Int? {
      text(name).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    // `max` is not a number: no limit.
    guard let limit = number(isFirstVersion ? "memory.limit_in_bytes" : "memory.max"),
      let used = number(isFirstVersion ? "memory.usage_in_bytes" : "memory.current")
    else { return nil }
    // Page cache that the kernel drops when memory is needed.
    let key = isFirstVersion ? "total_inactive_file " : "inactive_file "
    let line = text("memory.stat")?.split(separator: "\n").first { $0.hasPrefix(key) }
    let reclaimable = line.flatMap { Int($0.dropFirst(key.count)) } ?? 0
    return limit - used + reclaimable
  }
}
