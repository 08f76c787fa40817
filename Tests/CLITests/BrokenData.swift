import Foundation
import Images
import Storage

/// Data sets that must be refused, each with the fault that it has.
let brokenData: [BrokenInput] = brokenIDX + brokenCIFAR + brokenImageFolders + brokenArrays

// MARK: IDX

private func bigEndian(_ values: [UInt32]) -> Data {
  Data(values.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } })
}

/// An IDX file of 8×8 images.
private func idxImages(_ count: UInt32, claiming claimed: [UInt32]? = nil, magic: UInt32 = 0x803) -> Data {
  bigEndian([magic] + (claimed ?? [count, 8, 8])) + Data((0..<count * 64).map { UInt8($0 % 251) })
}

private func idxLabels(_ labels: [UInt8], claiming count: UInt32? = nil, magic: UInt32 = 0x801) -> Data {
  bigEndian([magic, count ?? UInt32(labels.count)]) + labels
}

/// Bytes as a gzip stream that does not compress, with a wrong check sum unless `checksum` is right.
private func gzip(_ content: Data, checksum: UInt32 = 0) -> Data {
  func littleEndian(_ value: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }
  let length = UInt16(content.count)
  return Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]) + littleEndian(length) + littleEndian(~length)
    + content
    + littleEndian(checksum) + littleEndian(UInt32(content.count))
}

private let idxNames = (
  trainingImages: "train-images-idx3-ubyte", trainingLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte", testLabels: "t10k-labels-idx1-ubyte"
)

/// The four files, `file` replaced by `data` (nil: left out).
private func idx(
  _ fault: String, _ file: String, _ problem: String, _ data: Data?, renamed: String? = nil,
  classNames: String? = nil
) -> BrokenInput {
  BrokenInput(fault, .data("idx"), naming: data == nil ? "idx" : renamed ?? file, problem) { laboratory in
    var files: [String: Data] = [
      idxNames.trainingImages: idxImages(6), idxNames.trainingLabels: idxLabels([0, 1, 2, 0, 1, 2]),
      idxNames.testImages: idxImages(3), idxNames.testLabels: idxLabels([0, 1, 2]),
    ]
    files[file] = nil
    if let data { files[renamed ?? file] = data }
    if let classNames { files["class-names.txt"] = Data(classNames.utf8) }
    for (name, data) in files { try laboratory.write(data, to: "idx/\(name)") }
  }
}

private let brokenIDX: [BrokenInput] = [
  idx(
    "IDX: truncated images", idxNames.trainingImages, "expected", idxImages(6).dropLast(10)),
  idx("IDX: bytes behind the last image", idxNames.testImages, "expected", idxImages(3) + [0]),
  idx("IDX: wrong magic", idxNames.trainingImages, "magic", idxImages(6, magic: 0x804)),
  idx(
    "IDX: labels where images belong", idxNames.trainingImages, "magic",
    idxLabels([UInt8](repeating: 0, count: 20))),
  idx(
    "IDX: fewer labels than images", idxNames.trainingLabels, "has 5 labels: expected 6",
    idxLabels([0, 1, 2, 0, 1])),
  idx("IDX: labels claim another count", idxNames.testLabels, "expected", idxLabels([0, 1, 2], claiming: 9)),
  idx("IDX: a file without a byte", idxNames.trainingLabels, "expected", Data()),
  idx(
    "IDX: extents whose product overflows", idxNames.trainingImages, "expected more than 2⁶³",
    idxImages(1, claiming: [.max, .max, .max])),
  idx("IDX: no training images", idxNames.trainingImages, "holds no pixels: 0 images", idxImages(0)),
  idx("IDX: no held-out images", idxNames.testImages, "holds no pixels: 0 images", idxImages(0)),
  idx(
    "IDX: images without pixels", idxNames.trainingImages, "holds no pixels: 6 images of 0×8",
    idxImages(0, claiming: [6, 0, 8])),
  idx(
    "IDX: held-out images of another size", idxNames.testImages, "expected 1×8×8",
    bigEndian([0x803, 3, 2, 2]) + Data(count: 12)),
  idx(
    "IDX: a label beyond the class names", idxNames.trainingLabels, "expected 0…1",
    idxLabels([0, 1, 2, 0, 1, 2]),
    classNames: "one\ntwo\n"),
  idx("IDX: a class named twice", "class-names.txt", "twice", Data("one\none\none\n".utf8)),
  idx("IDX: a missing file", idxNames.testLabels, "lacks \(idxNames.testLabels)", nil),
  idx(
    "gzip: truncated", idxNames.trainingImages, "the gzip data end", gzip(idxImages(6)).dropLast(30),
    renamed: idxNames.trainingImages + ".gz"),
  idx(
    "gzip: wrong check sum", idxNames.trainingLabels, "incorrect data check",
    gzip(idxLabels([0, 1, 2, 0, 1, 2])),
    renamed: idxNames.trainingLabels + ".gz"),
  idx(
    "gzip: garbage behind the magic", idxNames.testImages, "is a damaged gzip file",
    Data([0x1F, 0x8B] + Array(repeating: 0xAA, count: 50)),
    renamed: idxNames.testImages + ".gz"),
]

// MARK: CIFAR-10

private func cifar(_ fault: String, _ file: String, _ problem: String, _ data: Data?) -> BrokenInput {
  BrokenInput(fault, .data("cifar"), naming: "cifar/\(file)", problem) { laboratory in
    let record = { (label: UInt8) in Data([label]) + Data(repeating: label, count: 3072) }
    var files: [String: Data] = ["batches.meta.txt": Data((0...9).map { "class\($0)\n" }.joined().utf8)]
    for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] { files[name] = record(3) }
    files[file] = data
    for (name, data) in files { try laboratory.write(data, to: "cifar/\(name)") }
  }
}

private let brokenCIFAR: [BrokenInput] = [
  cifar("CIFAR-10: a truncated record", "data_batch_2.bin", "multiple of 3073", Data(count: 3072)),
  cifar("CIFAR-10: an empty batch", "test_batch.bin", "multiple of 3073", Data()),
  cifar("CIFAR-10: a label above 9", "data_batch_4.bin", "label 10", Data([10]) + Data(count: 3072)),
  cifar("CIFAR-10: a missing batch", "data_batch_5.bin", "does not exist", nil),
  cifar(
    "CIFAR-10: nine class names", "batches.meta.txt", "names 9 classes",
    Data((0...8).map { "c\($0)\n" }.joined().utf8)),
]

// MARK: Folders of images

private let brokenImageFolders: [BrokenInput] = [
  damagedPNG("PNG: an empty file", "is empty: expected a PNG or JPEG image") { _ in Data() },
  damagedPNG("PNG: truncated", "ends too early") { $0.prefix($0.count / 2) },
  damagedPNG("PNG: text in its place", "is neither a PNG nor a JPEG image") { _ in Data("no picture".utf8) },
  damagedPNG("PNG: a wrong chunk check sum", "IHDR: CRC error") { $0.replacing(at: 29, with: [1, 2, 3, 4]) },
  damagedPNG("PNG: an unknown critical chunk", "XHDR: unhandled critical chunk") {
    $0.prefix(33) + chunk("XHDR", Data(count: 4)) + $0.dropFirst(33)
  },
  damagedPNG("PNG: a chunk longer than the file", "ends too early") {
    $0.replacing(at: 33, with: [0x7F, 0xFF, 0xFF, 0xFF])
  },
  damagedPNG("PNG: extents beyond memory", "is 1073741824 pixels wide and 1073741824 high, ") {
    $0.prefix(8) + chunk("IHDR", bigEndian([1 << 30, 1 << 30]) + [8, 0, 0, 0, 0]) + $0.dropFirst(33)
  },
  damagedPNG("PNG: no rows", "is 8 pixels wide and 0 high, ") {
    $0.prefix(8) + chunk("IHDR", bigEndian([8, 0]) + [8, 0, 0, 0, 0]) + $0.dropFirst(33)
  },
  damagedPNG("PNG: a depth of 3 bits", "Invalid bit depth") {
    $0.prefix(8) + chunk("IHDR", bigEndian([8, 8]) + [3, 0, 0, 0, 0]) + $0.dropFirst(33)
  },
  damagedPNG("PNG: pixels that are no zlib stream", "is a damaged PNG image: IDAT") {
    $0.prefix(33) + chunk("IDAT", Data(repeating: 0xAA, count: 30)) + chunk("IEND", Data())
  },
  folder("images: a truncated JPEG", naming: "jpeg/a/3.jpg", "is a damaged JPEG image") { laboratory in
    for name in ["a", "b"] {
      for number in 0..<4 {
        let data = try JPEGFile.encode(
          Laboratory.picture(0, number), quality: 90, file: laboratory.file("made in memory"))
        try laboratory.write(
          name == "a" && number == 3 ? data.prefix(200) : data, to: "jpeg/\(name)/\(number).jpg")
      }
    }
  },
  folder("images: a class without images", naming: "images/empty", "has no images") { laboratory in
    try FileManager.default.createDirectory(
      at: laboratory.file("images/empty"), withIntermediateDirectories: true)
  },
  folder("images: another size", naming: "images/dot/5.png", "is 8 wide and 8 high") { laboratory in
    try laboratory.write(
      PNGFile.encode(Laboratory.picture(1, 5, side: 9), file: laboratory.file("made in memory")),
      to: "images/dot/5.png")
  },
  folder("images: one of each class", naming: "few", "expected at least two") { laboratory in
    try laboratory.writeImages(to: "few", perClass: 1)
  },
  folder("images: a test class that training lacks", naming: "split/test/new", "is a class that") {
    laboratory in
    try laboratory.writeImages(to: "split/train", perClass: 2)
    try laboratory.writeImages(to: "split/test", perClass: 2)
    try FileManager.default.moveItem(
      at: laboratory.file("split/test/dot"), to: laboratory.file("split/test/new"))
  },
  folder("images: no test folder", naming: "half", "has train and no part that is held out") { laboratory in
    try laboratory.writeImages(to: "half/train", perClass: 2)
  },
  folder("data: an empty folder", naming: "nothing", "holds no data set") { laboratory in
    try FileManager.default.createDirectory(
      at: laboratory.file("nothing"), withIntermediateDirectories: true)
  },
  folder("data: a file in place of a folder", naming: "network.json", "is not a folder") { _ in },
  folder("data: nothing of that name", naming: "no such data", "looked in") { _ in },
]

/// Given is the first component of what is named.
private func folder(
  _ fault: String, naming file: String, _ problem: String,
  prepare: @escaping @Sendable (Laboratory) throws -> Void
) -> BrokenInput {
  BrokenInput(
    fault, .data(String(file.prefix { $0 != "/" })), naming: file, problem, prepare: prepare)
}

/// One of the laboratory's images damaged.
private func damagedPNG(
  _ fault: String, _ problem: String, damage: @escaping @Sendable (Data) -> Data
) -> BrokenInput {
  folder(fault, naming: "images/dot/7.png", problem) { laboratory in
    try laboratory.write(damage(laboratory.read("images/dot/7.png")), to: "images/dot/7.png")
  }
}

/// A PNG chunk with the check sum that belongs to it (CRC-32 of ISO 3309).
private func chunk(_ type: String, _ content: Data) -> Data {
  let checked = Data(type.utf8) + content
  var remainder: UInt32 = .max
  for byte in checked {
    remainder ^= UInt32(byte)
    for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
  }
  return bigEndian([UInt32(content.count)]) + checked + bigEndian([~remainder])
}

// MARK: NumPy arrays

private func arrays(
  _ fault: String, naming file: String, _ problem: String, images: Data? = nil, labels: Data? = nil,
  classNames: String? = nil
) -> BrokenInput {
  BrokenInput(fault, .data("arrays"), naming: "arrays/\(file)", problem) { laboratory in
    let pixels = NPYFile(shape: [6, 8, 8], elements: .bytes((0..<384).map { UInt8($0 % 251) }))
    try laboratory.write(images ?? pixels.encoded(), to: "arrays/images.npy")
    try laboratory.write(labels ?? npyLabels([0, 1, 2, 0, 1, 2]), to: "arrays/labels.npy")
    if let classNames { try laboratory.write(classNames, to: "arrays/class-names.txt") }
  }
}

private func npyLabels(_ labels: [Int]) -> Data {
  NPYFile(shape: [labels.count], elements: .integers(labels)).encoded()
}

private func npyFloats(_ values: [Float]) -> Data {
  NPYFile(shape: [6, 8, 8], elements: .floats((0..<384).map { $0 < values.count ? values[$0] : 0.5 }))
    .encoded()
}

/// An .npy file with a header of one's own.
private func npy(_ header: String, byteCount: Int) -> Data {
  let text = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
  return Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]) + Data(text.utf8) + Data(count: byteCount)
}

private let brokenArrays: [BrokenInput] = [
  arrays("npy: an empty file", naming: "images.npy", "is empty", images: Data()),
  arrays("npy: wrong magic", naming: "labels.npy", "wrong magic", labels: Data("0 1 2 0 1 2\n".utf8)),
  arrays("npy: truncated", naming: "images.npy", "needs 1536 bytes", images: npyFloats([]).dropLast(9)),
  arrays(
    "npy: Fortran order", naming: "images.npy", "Fortran",
    images: npy("{'descr': '|u1', 'fortran_order': True, 'shape': (6, 8, 8), }", byteCount: 384)),
  arrays(
    "npy: complex numbers", naming: "images.npy", "<c8",
    images: npy("{'descr': '<c8', 'fortran_order': False, 'shape': (6, 8, 8), }", byteCount: 3072)),
  arrays(
    "npy: Python objects", naming: "images.npy", "|O",
    images: npy("{'descr': '|O', 'fortran_order': False, 'shape': (6, 8, 8), }", byteCount: 3072)),
  arrays(
    "npy: a negative extent", naming: "images.npy", "unreadable .npy header",
    images: npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-6, 8, 8), }", byteCount: 384)),
  arrays(
    "npy: extents whose product overflows", naming: "images.npy", "impossible shape",
    images: npy(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 8), }", byteCount: 384)),
  arrays(
    "npy: images of two axes", naming: "images.npy", "has shape [6, 64]",
    images: NPYFile(shape: [6, 64], elements: .bytes([UInt8](repeating: 0, count: 384))).encoded()),
  arrays(
    "npy: no images", naming: "images.npy", "holds no pixels",
    images: NPYFile(shape: [0, 8, 8], elements: .bytes([])).encoded(), labels: npyLabels([])),
  arrays(
    "npy: a NaN pixel", naming: "images.npy", "expected values in [0, 1]", images: npyFloats([0, .nan])),
  arrays(
    "npy: pixels up to 255 as floats", naming: "images.npy", "expected values in [0, 1]",
    images: npyFloats([255])),
  arrays(
    "npy: fewer labels than images", naming: "labels.npy", "has 4 labels: expected 6",
    labels: npyLabels([0, 1, 0, 1])),
  arrays("npy: a negative label", naming: "labels.npy", "label -1", labels: npyLabels([0, 1, -1, 0, 1, 1])),
  arrays(
    "npy: labels that are no integers", naming: "labels.npy", "expected integer labels",
    labels: NPYFile(shape: [6], elements: .floats([0, 1, 2, 0, 1, 2])).encoded()),
  arrays("npy: a label beyond the class names", naming: "labels.npy", "label 2", classNames: "one\ntwo\n"),
]

extension Data {
  /// The bytes with those from `offset` on replaced.
  func replacing(at offset: Int, with bytes: [UInt8]) -> Data {
    var copy = self
    copy.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return copy
  }
}
