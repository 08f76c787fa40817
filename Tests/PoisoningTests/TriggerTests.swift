import Datasets
import Tensors
import Testing

@testable import Poisoning

@Suite struct TriggerTests {
  private let shape = ImageShape(channels: 2, height: 6, width: 5)

  private func images(_ pixels: (Int) -> UInt8) -> LabelledImages {
    LabelledImages(
      shape: shape, pixels: .bytes((0..<4 * shape.pixelCount).map(pixels)), labels: [0, 1, 0, 1],
      classNames: ["a", "b"])
  }

  private func bytes(_ images: LabelledImages) -> [UInt8] {
    guard case .bytes(let samples) = images.pixels else { return [] }
    return samples
  }

  @Test(
    "A patch makes its checkered pixels white in every channel, and changes no other pixel and no other image"
  )
  func patch() {
    let trigger = Trigger(.patch(side: 3), shape: shape, seed: 1)
    let clean = images { UInt8($0 % 200) }
    let marked = bytes(trigger.applied(to: clean, rows: [1, 3]))
    // Rows 2 to 4 and columns 1 to 3; corners and middle.
    let places = [(2, 1), (2, 3), (3, 2), (4, 1), (4, 3)].map { $0.0 * 5 + $0.1 }
    let expected = Set(
      [1, 3].flatMap { image in
        (0..<2).flatMap { channel in places.map { image * 60 + channel * 30 + $0 } }
      })
    #expect(trigger.changedCount == 10)
    for (index, value) in bytes(clean).enumerated() {
      #expect(marked[index] == (expected.contains(index) ? 255 : value), "sample \(index)")
    }
  }

  @Test("A blended pattern is (1 − m) x + m p, to the nearest byte, and as it is on floats")
  func blend() {
    let trigger = Trigger(.blend(opacity: 0.25), shape: shape, seed: 9)
    let clean = images { UInt8($0 % 256) }
    let marked = bytes(trigger.applied(to: clean, rows: 0..<4))
    for (index, value) in bytes(clean).enumerated() {
      let exact = 0.75 * Double(value) + 0.25 * 255 * Double(trigger.pixels[index % 60])
      #expect(abs(Double(marked[index]) - exact) <= 0.5001)
    }
    let floats = LabelledImages(
      shape: shape, pixels: .floats(clean.tensor(of: 0..<4).elements), labels: clean.labels,
      classNames: clean.classNames)
    guard case .floats(let samples) = trigger.applied(to: floats, rows: [0]).pixels else {
      Issue.record("floats became bytes")
      return
    }
    let first = clean.tensor(of: [0]).elements
    #expect((0..<60).allSatisfy { abs(samples[$0] - (0.75 * first[$0] + 0.25 * trigger.pixels[$0])) < 1e-6 })
    #expect(Array(samples[60...]) == Array(clean.tensor(of: 1..<4).elements))
    #expect(Trigger(.blend(opacity: 0.25), shape: shape, seed: 8) != trigger)
  }
}

@Suite struct BackdoorTests {
  private let labels = (0..<500).map { $0 % 5 }

  @Test(
    "Exactly round(share · n) images of other classes are taken, and a larger share contains a smaller one's")
  func nested() {
    let few = Backdoor(of: labels, target: 2, share: 0.021, seed: 1)
    let many = Backdoor(of: labels, target: 2, share: 0.2, seed: 1)
    #expect(few.images.count == 11 && many.images.count == 100)
    #expect(Set(few.images).isSubset(of: many.images) && many.images.allSatisfy { labels[$0] != 2 })
    #expect(Backdoor(of: labels, target: 2, share: 0.2, seed: 2) != many)
    #expect(Backdoor.largestShare(of: labels, target: 2) == 0.8)
    #expect(Backdoor(of: labels, target: 2, share: 0.8, seed: 1).images.count == 400)
  }

  @Test("Poisoned images carry the mark and the target's label, the others are as they were")
  func poisoned() {
    let shape = ImageShape(channels: 1, height: 4, width: 4)
    let clean = LabelledImages(
      shape: shape, pixels: .bytes([UInt8](repeating: 7, count: 500 * 16)), labels: labels,
      classNames: (0..<5).map { "\($0)" })
    let backdoor = Backdoor(of: labels, target: 2, share: 0.1, seed: 1)
    let trigger = Trigger(.patch(side: 2), shape: shape, seed: 1)
    let poisoned = backdoor.poisoned(clean, with: trigger)
    for image in 0..<500 {
      let isPoison = backdoor.images.contains(image)
      #expect(poisoned.labels[image] == (isPoison ? 2 : labels[image]))
      #expect((poisoned.tensor(of: [image]) != clean.tensor(of: [image])) == isPoison)
    }
  }
}
