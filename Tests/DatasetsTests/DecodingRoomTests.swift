import Foundation
import Synchronization
import Tensors
import Testing

@testable import Datasets

@Suite struct DecodingRoomTests {
  @Test("Never are more pixels in the room than it holds, and one image that is larger goes alone")
  func limit() {
    let room = DecodingRoom(pixelLimit: 100)
    let sizes = [40, 60, 30, 500, 100, 10, 90]
    let inside = Mutex((now: 0, most: 0, beside: 0))
    DispatchQueue.concurrentPerform(iterations: 70) { turn in
      let size = sizes[turn % sizes.count]
      room.withRoom(for: size) {
        inside.withLock { inside in
          if size == 500 { inside.beside += inside.now }
          inside.now += size
          if size != 500 { inside.most = max(inside.most, inside.now) }
        }
        Thread.sleep(forTimeInterval: 0.0005)
        inside.withLock { $0.now -= size }
      }
    }
    #expect(inside.withLock { $0.most } <= 100)
    #expect(inside.withLock { $0.beside } == 0)
    #expect(inside.withLock { $0.now } == 0)
  }

  @Test("The image with which a folder's sum is too large is named")
  func sum() throws {
    let images = DecodedImages(within: AvailableMemory(byteCount: 1000, limit: .machine))
    try images.add(250, of: URL(filePath: "/photos/1.png"))
    try images.add(250, of: URL(filePath: "/photos/2.png"))
    #expect {
      try images.add(1, of: URL(filePath: "/photos/3.png"))
    } throws: {
      "\($0)".contains("/photos/3.png: is one image too many") && "\($0)".contains("--resize")
    }
  }
}
