import Datasets
import Networks
import Tensors
import Testing

@testable import Lab

@Suite struct NetworkRecipeTests {
  @Test("An architecture alone is trained as is usual, with the seed of the run")
  func plain() throws {
    let recipe = try NetworkRecipe("lenet", seed: 7)
    #expect(recipe.training == Architecture.Named.lenet.recommendedTraining(seed: 7))
    #expect(recipe.architecture == .named("lenet") && recipe.half == nil)
  }

  @Test("Every key changes what it names and nothing else")
  func keys() throws {
    let recipe = try NetworkRecipe("mlp:seed=3:half=2:lr=0.01:epochs=4:batch=32:decay=1e-5", seed: 1)
    var expected = Architecture.Named.mlp.recommendedTraining(seed: 3)
    expected.epochCount = 4
    expected.batchSize = 32
    expected.microBatch = 32
    expected.learningRate.initial = 0.01
    expected.optimizer = .adam(weightDecay: 1e-5)
    #expect(recipe.training == expected && recipe.half == 2)
    #expect(recipe.folderName == "mlp-seed=3-half=2-lr=0.01-epochs=4-batch=32-decay=1e-5")
  }

  @Test("Another optimizer takes a learning rate of its own unless one is given")
  func optimizer() throws {
    let adam = try NetworkRecipe("lenet:optimizer=adam", seed: 1)
    #expect(
      adam.training.optimizer == .adam(weightDecay: 1e-4) && adam.training.learningRate.initial == 0.002)
    let sgd = try NetworkRecipe("mlp:optimizer=sgd", seed: 1)
    #expect(
      sgd.training.optimizer == .sgd(momentum: 0.9, weightDecay: 1e-4)
        && sgd.training.learningRate.initial == 0.05)
    let given = try NetworkRecipe("lenet:optimizer=adamw:lr=0.1", seed: 1)
    #expect(given.training.learningRate.initial == 0.1)
    let same = try NetworkRecipe("mlp:optimizer=adam", seed: 1)
    #expect(same.training == Architecture.Named.mlp.recommendedTraining(seed: 1))
  }

  @Test("A file is an architecture too")
  func file() throws {
    let recipe = try NetworkRecipe("folder/net.json:epochs=2", seed: 1)
    #expect(recipe.architecture == .file(path: "folder/net.json") && recipe.training.epochCount == 2)
    #expect(recipe.folderName == "net.json-epochs=2")
  }

  @Test(
    "What cannot be read is refused in a sentence that names it",
    arguments: [
      ("lenett", "no architecture"), ("", "no architecture"), ("mlp:", "KEY=VALUE"),
      ("mlp:seed", "KEY=VALUE"),
      ("mlp:colour=2", "seed, half, optimizer"), ("mlp:seed=x", "whole number"),
      ("mlp:seed=-1", "whole number"),
      ("mlp:half=3", "from 1 to 2"), ("mlp:half=", "from 1 to 2"), ("mlp:lr=0", "positive"),
      ("mlp:lr=nan", "positive"), ("mlp:lr=inf", "positive"), ("mlp:decay=-1", "not below 0"),
      ("mlp:batch=0", "from 1"), ("mlp:epochs=-1", "from 0"),
      ("mlp:optimizer=lion", "sgd, adam, adamw or lbfgs"),
      ("mlp:seed=1:seed=2", "twice"), ("mlp:seed==1", "whole number"),
    ])
  func refused(text: String, part: String) {
    let error = #expect(throws: RecipeError.self) { try NetworkRecipe(text, seed: 1) }
    #expect(error?.description.contains("\"\(text)\"") == true)
    #expect(error?.problem.contains(part) == true, "\(error?.problem ?? "")")
  }

  @Test("Two entries that are one network are refused")
  func duplicates() throws {
    #expect(throws: RecipeError.self) { try NetworkRecipe.list(["mlp", "mlp:seed=1"], seed: 1) }
    #expect(throws: RecipeError.self) {
      try NetworkRecipe.list(["mlp:seed=2:half=1", "mlp:half=1:seed=2"], seed: 1)
    }
    #expect(try NetworkRecipe.list(["mlp", "mlp:seed=2"], seed: 1).count == 2)
    for seed in [0, 1, 2, UInt64.max] { #expect(NetworkRecipe.standard(seed: seed).count == 6) }
  }

  @Test("The halves of the training images are disjoint and together all of them, whatever the network")
  func halves() throws {
    try withTemporaryFolder { folder in
      let dataset = try MadeUpGallery(in: folder).dataset
      let first = try NetworkRecipe("softmax:half=1", seed: 4).data(of: dataset, seed: 1)
      let second = try NetworkRecipe("mlp:half=2:seed=9", seed: 1).data(of: dataset, seed: 1)
      #expect(first.training.count == 15 && second.training.count == 15)
      func rows(_ images: LabelledImages) -> [[Float]] {
        let tensor = images.tensor(of: Array(0..<images.count))
        return (0..<images.count).map { Array(tensor[row: $0]) }
      }
      func sorted(_ rows: [[Float]]) -> [[Float]] { rows.sorted { $0.lexicographicallyPrecedes($1) } }
      #expect(sorted(rows(first.training) + rows(second.training)) == sorted(rows(dataset.training)))
      #expect(first.heldOut.labels == dataset.heldOut.labels && first.checksum != second.checksum)
    }
  }
}
