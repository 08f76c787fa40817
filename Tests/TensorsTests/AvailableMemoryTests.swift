import Foundation
import Testing

@testable import Tensors

@Suite struct AvailableMemoryTests {
  @Test("The least of the limits counts, with a tenth left free; none is no limit")
  func least() {
    let found = AvailableMemory.least([(.machine, 1000), (.addressSpace, nil), (.controlGroup, 500)])
    #expect(found == AvailableMemory(byteCount: 450, limit: .controlGroup))
    #expect(AvailableMemory.least([(.machine, 10), (.data, -3)]).byteCount == 0)
    #expect(AvailableMemory.least([(.machine, nil)]).byteCount == .max)
  }

  @Test("What the machine has is the kernel's own estimate")
  func machine() {
    let text = "MemTotal:       24000000 kB\nMemFree:    10 kB\nMemAvailable:   2000 kB\n"
    #expect(AvailableMemory.machine(meminfo: text) == 2000 * 1024)
    #expect(AvailableMemory.machine(meminfo: "MemTotal: 5 kB\n") == nil)
    #expect(AvailableMemory.current.byteCount > 0)
    #expect(AvailableMemory.current.byteCount < Int(ProcessInfo.processInfo.physicalMemory))
  }

  @Test("Of nested control groups the tightest counts, and cached files are not in use")
  func controlGroups() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "cgroup-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    func write(_ values: [String: String], in group: String) throws {
      let folder = root.appending(path: group)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, value) in values { try Data("\(value)\n".utf8).write(to: folder.appending(path: name)) }
    }
    try write(["memory.max": "max", "memory.current": "5"], in: "")
    try write(
      ["memory.max": "1000", "memory.current": "700", "memory.stat": "anon 400\ninactive_file 200"], in: "a")
    try write(["memory.max": "5000", "memory.current": "300"], in: "a/b")
    func rest(_ membership: String) -> Int? {
      ControlGroupMemory(membership: membership, root: root.path).rest
    }
    #expect(rest("0::/a/b\n") == 500)
    #expect(rest("0::/\n") == nil)
    #expect(rest("0::/of/the/host\n") == nil)
    try write(["memory.limit_in_bytes": "900", "memory.usage_in_bytes": "100"], in: "memory/x")
    #expect(rest("3:cpu,cpuacct:/x\n4:memory:/x\n") == 800)
  }

  @Test("A shortage says what needs how much, how much there is, and what to do")
  func sentence() {
    let shortage = MemoryShortage(
      work: "training net", byteCount: 8_240_000_000,
      available: AvailableMemory(byteCount: 5_300_000, limit: .addressSpace),
      advice: "train with a smaller --batch")
    #expect(
      shortage.description
        == "training net needs at least 8.2 GB of memory, and 6 MB is available under the limit of `ulimit -v`; "
        + "train with a smaller --batch, or raise that limit")
    #expect(boundedProduct(1 << 40, 1 << 30) == .max)
    #expect(boundedProduct(3, 5) == 15)
  }
}
