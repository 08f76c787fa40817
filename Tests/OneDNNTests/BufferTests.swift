import OneDNN
import Testing

@Suite struct BufferTests {
  @Test("A buffer is zeroed and starts on a cache line", arguments: [0, 1, 15, 16, 1000])
  func zeroed(_ count: Int) throws {
    let buffer = try Buffer(count: count, on: OneThread().device)
    #expect(buffer.count == count)
    #expect(UInt(bitPattern: buffer.floats) % 64 == 0)
    #expect((0..<count).allSatisfy { buffer.floats[$0] == 0 })
  }

  @Test("Memories in one buffer stand where they were put, and a view shares its storage")
  func shared() throws {
    let device = try OneThread().device
    let buffer = try Buffer(count: 20, on: device)
    let memory = try Memory(.plain([2, 3]), in: buffer, offset: 4, on: device)
    let view = try memory.viewed(as: .plain([6]), on: device)
    view.floats[5] = 8
    #expect(buffer.floats[9] == 8)
  }
}
