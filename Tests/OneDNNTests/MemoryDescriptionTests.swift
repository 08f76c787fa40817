import OneDNN
import Testing

@Suite struct MemoryDescriptionTests {
  @Test(
    "A row-major layout stores the product of its extents",
    arguments: [[7], [2, 3], [2, 3, 4], [2, 3, 4, 5], [2, 3, 4, 5, 6]])
  func plain(_ extents: [Int]) throws {
    let description = try MemoryDescription.plain(extents)
    #expect(description.storageCount == extents.reduce(1, *))
    #expect(try description == .plain(extents))
    #expect(try description != .plain(extents.dropLast() + [9]))
  }

  @Test("A layout left to oneDNN is stored nowhere and equals no settled one")
  func free() throws {
    let free = try MemoryDescription.any([2, 3])
    #expect(free.storageCount == 0)
    #expect(try free != .plain([2, 3]))
  }

  @Test("Extents that no array has are refused by name")
  func refused() throws {
    #expect { try MemoryDescription.plain([2, -3]) } throws: { error in
      "\(error)" == "oneDNN, layout of [2, -3]: invalid arguments"
    }
  }

  @Test("A blocked layout stores its padding too")
  func blocked() throws {
    let extents = [2, 20, 6, 6]
    let plain = try MemoryDescription.plain(extents)
    let chosen = try OneThread().freeConvolution(20, to: 24).source
    #expect(chosen.storageCount >= plain.storageCount)
    #if arch(x86_64)
      #expect(chosen != plain)
    #endif
    // A layout that was asked for again is the same one, although it is another object.
    #expect(try chosen == OneThread().freeConvolution(20, to: 24).source)
  }
}
