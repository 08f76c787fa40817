import Foundation
import Storage
import Tensors

/// Features of one layer on disk, in blocks of images, so that they need not fit in memory.
///
///     <folder>/000000.f32 …     [4096, units] each, the last with fewer rows: little-endian Float32, nothing else
///     <folder>/manifest.json    what they are of, and a checksum for each block; `complete` once all are there
///
/// A block appears whole or not at all, and is listed after that. So a run that was killed leaves blocks that the
/// next one uses, and computes the others. Nothing found is trusted: key, shape, checksums and every value are
/// checked first.
package struct FeatureStore: Sendable {
  struct Block: Codable, Equatable, Sendable {
    /// Among the images of the store.
    package var firstImage: Int
    package var imageCount: Int
    /// SHA-256 of the file.
    package var checksum: String
    /// Images that the network's last layer puts into their class, where it reads these features.
    package var correctCount: Int?
  }

  struct Manifest: Codable, Equatable, Sendable {
    var key: FeatureCache.Key
    var toolVersion: String
    var imageCount: Int
    var unitCount: Int
    var imagesPerBlock: Int
    /// In the order of the images. Some may be missing until `complete`.
    var blocks: [Block]
    var complete: Bool
  }

  /// What is there and was found good.
  struct Contents: Equatable, Sendable {
    /// By number; nil: to be computed.
    package var blocks: [Block?]
    /// All blocks are there, and the manifest says so.
    package var isComplete = false
    /// The first thing that was found wrong.
    package var problem: String?

    /// Of the whole store, where each block has one.
    package var correctCount: Int? {
      blocks.reduce(0) { total, block in total.flatMap { total in block?.correctCount.map { total + $0 } } }
    }
  }

  /// A block of this many images has 16 KiB for each unit: whole pages, so that blocks can be mapped one after the
  /// other.
  static let imagesPerBlock = 4096

  let folder: URL
  let key: FeatureCache.Key
  let imageCount: Int
  let unitCount: Int
  var imagesPerBlock = Self.imagesPerBlock

  var blockCount: Int { (imageCount + imagesPerBlock - 1) / imagesPerBlock }
  var byteCount: Int { imageCount * unitCount * MemoryLayout<Float>.stride }

  /// The images of a block.
  func images(ofBlock block: Int) -> Range<Int> {
    block * imagesPerBlock..<min((block + 1) * imagesPerBlock, imageCount)
  }

  var manifestFile: URL { folder.appending(path: "manifest.json") }

  func file(ofBlock block: Int) -> URL { folder.appending(path: String(format: "%06d.f32", block)) }

  // MARK: Reading

  /// Reads the manifest, and every block that it lists.
  func contents(workerCount: Int) -> Contents {
    var contents = Contents(blocks: [Block?](repeating: nil, count: blockCount))
    guard FileManager.default.fileExists(atPath: manifestFile.path) else { return contents }
    let manifest: Manifest
    do {
      manifest = try JSONFile.read(Manifest.self, from: manifestFile)
    } catch {
      contents.problem = "\(error)"
      return contents
    }
    guard manifest.key == key else {
      contents.problem = "\(manifestFile.path): was made from something else"
      return contents
    }
    guard
      [manifest.imageCount, manifest.unitCount, manifest.imagesPerBlock]
        == [imageCount, unitCount, imagesPerBlock]
    else {
      contents.problem =
        "\(manifestFile.path): has shape [\(manifest.imageCount), \(manifest.unitCount)] in blocks of "
        + "\(manifest.imagesPerBlock), expected [\(imageCount), \(unitCount)] in blocks of \(imagesPerBlock)"
      return contents
    }
    let problems = Workers.map(count: manifest.blocks.count, workerCount: workerCount) {
      problem(with: manifest.blocks[$0])
    }
    contents.problem = problems.compactMap { $0 }.first
    for (block, problem) in zip(manifest.blocks, problems) where problem == nil {
      contents.blocks[block.firstImage / imagesPerBlock] = block
    }
    contents.isComplete = manifest.complete && !contents.blocks.contains { $0 == nil }
    return contents
  }

  private func problem(with block: Block) -> String? {
    let number = block.firstImage / imagesPerBlock
    guard (0..<blockCount).contains(number), images(ofBlock: number).lowerBound == block.firstImage,
      images(ofBlock: number).count == block.imageCount
    else {
      return "\(manifestFile.path): lists a block of \(block.imageCount) images from \(block.firstImage)"
    }
    do {
      let file = file(ofBlock: number)
      let floats = try MappedFloats([(file, block.imageCount * unitCount)])
      return floats.withFloats { values in
        var checksum = Checksum()
        checksum.update(UnsafeRawBufferPointer(values))
        guard checksum.hexadecimal() == block.checksum else {
          return "\(file.path): is not the file that was written, by its checksum"
        }
        return values.firstIndex { !$0.isFinite }.map {
          "\(file.path): has the value \(values[$0]) at element \($0)"
        }
      }
    } catch {
      return "\(error)"
    }
  }

  /// - Returns: The features, `[imageCount, unitCount]`, of a complete store.
  /// - Throws: ``FileError`` when a block has vanished since it was checked.
  func mapped() throws -> MappedFloats {
    try MappedFloats(
      (0..<blockCount).map { (file(ofBlock: $0), images(ofBlock: $0).count * unitCount) })
  }

  /// One block that was found good.
  func mapped(block: Int) throws -> MappedFloats {
    try MappedFloats([(file(ofBlock: block), images(ofBlock: block).count * unitCount)])
  }

  // MARK: Writing

  /// Makes the folder, and clears away what a killed run left half written. Runs may share a store, since a block
  /// computed twice is the same bytes: where another one is there, it has cleared away already.
  func prepare() throws {
    try RunFolder(folder).create()
    _ = try? FolderLock(folder).removeLeftovers()
  }

  /// Writes a block, then the manifest with it.
  ///
  /// - Throws: ``FileError`` when the folder is missing or cannot be written; what was there stays.
  func write(_ features: Tensor, asBlock number: Int, correctCount: Int?, to contents: inout Contents) throws
  {
    let images = images(ofBlock: number)
    precondition(
      features.shape == [images.count, unitCount], "block \(number) cannot have shape \(features.shape)")
    let writer = try AtomicFileWriter(file(ofBlock: number))
    var checksum = Checksum()
    let failure: (any Error)? = features.elements.withUnsafeBytes { bytes in
      checksum.update(bytes)
      do {
        try writer.append(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    try writer.commit()
    var next = contents
    next.blocks[number] = Block(
      firstImage: images.lowerBound, imageCount: images.count, checksum: checksum.hexadecimal(),
      correctCount: correctCount)
    try writeManifest(next, complete: false)
    contents = next
  }

  /// Says that all blocks are there.
  func finish(_ contents: inout Contents) throws {
    precondition(!contents.blocks.contains { $0 == nil }, "blocks are missing")
    try writeManifest(contents, complete: true)
    contents.isComplete = true
  }

  private func writeManifest(_ contents: Contents, complete: Bool) throws {
    try JSONFile.write(
      Manifest(
        key: key, toolVersion: RunEnvironment.toolVersion, imageCount: imageCount, unitCount: unitCount,
        imagesPerBlock: imagesPerBlock, blocks: contents.blocks.compactMap { $0 }, complete: complete),
      to: manifestFile)
  }
}
