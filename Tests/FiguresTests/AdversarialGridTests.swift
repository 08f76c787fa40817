import Foundation
import Images
import Tensors
import Testing

@testable import Figures

@Suite struct AdversarialGridTests {
  private func grid(channels: Int = 1, count: Int = 5) -> AdversarialGrid {
    let outcomes: [AdversarialGrid.Outcome] = [.success, .success, .failed, .skipped]
    let entries = (0..<count).map { index in
      let clean = noise(index, side: 12, channels: channels)
      var generator = SeededGenerator(seed: 5, stream: UInt64(index))
      return AdversarialGrid.Entry(
        id: "#\(index)", trueClass: index % 10, clean: clean,
        adversarial: noise(100 + index, side: 12, channels: channels),
        perturbation: clean.samples.map { _ in Float(generator.uniform() - 0.5) / 5 },
        cleanPrediction: .init(classIndex: index % 10, confidence: 0.97),
        adversarialPrediction: .init(classIndex: 9, confidence: 0.5), l2: 1.5, linf: 0.1,
        outcome: outcomes[index % 4], rounding: index == 0 ? .survived : .lost)
    }
    return AdversarialGrid(
      caption: FigureCaption(title: "FGSM", footer: ["epsilon 0.1"]), classNames: fashionNames,
      entries: entries,
      amplification: 5, columns: 2, scale: 4)
  }

  @Test("Mid-grey is no change, the amplification multiplies, what leaves [0, 1] is clipped")
  func perturbationPicture() {
    let picture = AdversarialGrid.picture(
      ofPerturbation: [0, 0.1, -0.1, 0.02, 0.3, -0.3],
      like: Bitmap(width: 6, height: 1, channels: 1, samples: [0, 0, 0, 0, 0, 0]),
      amplification: 5)
    #expect(picture.samples == [128, 255, 0, 153, 255, 0])
  }

  @Test("Clean image, perturbation and adversarial image stand in this order, row by row", arguments: [1, 3])
  func placement(channels: Int) throws {
    let grid = grid(channels: channels)
    let drawn = grid.drawn()
    var starts: [Place] = []
    for entry in grid.entries {
      let perturbation = AdversarialGrid.picture(
        ofPerturbation: entry.perturbation, like: entry.clean, amplification: 5)
      let places = try [entry.clean, perturbation, entry.adversarial].map { image in
        let found = drawn.places(of: image.enlarged(by: 4))
        try #require(found.count == 1, "\(entry.id): \(found)")
        return found[0]
      }
      #expect(Set(places.map(\.y)).count == 1)
      #expect(places[0].x < places[1].x && places[1].x < places[2].x)
      #expect(places[1].x - places[0].x == places[2].x - places[1].x)
      starts.append(places[0])
    }
    #expect(starts[0].y == starts[1].y && starts[0].x < starts[1].x)
    #expect(starts[2].x == starts[0].x && starts[2].y > starts[0].y && starts[4].y > starts[2].y)
  }

  @Test("The transcript names prediction, confidence, distances and what became of the attack")
  func transcript() {
    let lines = grid().transcript
    #expect(lines[0] == "perturbation ×5, mid-grey = 0")
    #expect(
      lines[1]
        == "#0: true class T-shirt/top; clean T-shirt/top 97.0 %; perturbed Ankle boot 50.0 %; L₂ 1.50; L∞ 0.100; fooled; survives PNG"
    )
    #expect(lines[2].hasSuffix("fooled; lost in PNG"))
    #expect(lines[3].hasSuffix("attack failed"))
    #expect(lines[4].hasSuffix("skipped: already wrong"))
  }

  @Test("One image alone is drawn with the same caption and amplification, and fits its margins")
  func single() throws {
    let single = grid().single(3)
    #expect(single.entries.map(\.id) == ["#3"])
    #expect(single.amplification == 5 && single.caption.title == "FGSM")
    #expect(single.drawn().hasWhiteMargin(Style.margin - 6))
    #expect(grid().drawn().hasWhiteMargin(Style.margin - 6))
  }

  @Test("The same grid gives the same bytes, and the text travels in the file")
  func file() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (folder.appending(path: "1.png"), folder.appending(path: "2.png"))
      try grid().write(to: first)
      try grid().write(to: second)
      #expect(try Data(contentsOf: first) == Data(contentsOf: second))
      #expect(try PNGFile.readText(first).map(\.key) == ["Title", "Description", "Transcript"])
    }
  }

  @Test("A grid without images is drawn all the same")
  func empty() {
    #expect(grid(count: 0).drawn().width > 0)
  }
}
