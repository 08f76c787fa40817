import Foundation
import Testing

@Suite struct ArgumentTests {
  @Test("Every command explains itself on standard output")
  func help() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let paths = try await CommandTree.paths(in: laboratory)
    #expect(paths.contains(["intrigue", "datasets", "fetch"]) && paths.contains(["intrigue", "train"]))
    for path in paths {
      let outcome = try await Program(laboratory: laboratory).run(path.dropFirst() + ["--help"])
      expectSuccess(outcome)
      let words = path.joined(separator: " ")
      #expect(outcome.output.hasPrefix("OVERVIEW: ") && outcome.output.contains("USAGE: \(words)"))
    }
    expectSuccess(try await laboratory.run())
  }

  @Test("The version is three numbers")
  func version() async throws {
    let outcome = try await Laboratory(hasResults: false).run("--version")
    expectSuccess(outcome)
    #expect(
      outcome.output.split(separator: ".").count { Int($0.filter { $0 != "\n" }) != nil } == 3,
      "\(outcome.output)")
  }

  private static let training = ["train", "--data", "images", "--architecture", "network.json"]
  static let wrong: [[String]] =
    [
      ["nonsense"], ["train"], ["train", "--data", "images"], ["evaluate"],
      ["evaluate", "model", "--data", ""], ["inspect"],
      ["train", "--data", "images", "--architecture", "lenett"],
      ["inspect", "model", "--weights", "weights", "--architecture", "network.json"],
      ["inspect", "--weights", "weights"], ["inspect", "--architecture", "network.json"],
      ["datasets", "fetch"], ["datasets", "fetch", "imagenet"], ["datasets", "verify", "images"],
      ["datasets", "show"], ["datasets", "show", "images", "--per-class", "0"],
      ["datasets", "show", "images", "--split", "all"],
      ["gallery", "model", "--data", "images", "--directions", "9223372036854775807"],
      ["gallery", "model", "--data", "images", "--neurons", "0"],
      ["gallery", "model", "--data", "images", "--top", "100000"],
      Self.training + ["--instruction-set", "avx1024"], ["merge", "run", "--instruction-set", "avx2"],
      ["compare", "--data", "images"],
      ["compare", "--data", "images", "--architecture", "mlp", "--models", "run/model.safetensors"],
      ["compare", "--data", "images", "--architecture", "nothing"],
      ["compare", "--data", "images", "--architecture", "mlp", "--rotations", "3"],
      ["compare", "--data", "images", "--architecture", "mlp", "--margin", "0"],
      ["compare", "--data", "images", "--architecture", "mlp", "--top", "1"],
      ["gallery", "model", "--data", "images", "--rows", "n1,x2"],
      ["gallery", "model", "--data", "images", "--rows", "n1,n01"],
      ["gallery", "model", "--data", "images", "--preset", "a3"],
      ["gallery", "model", "--data", "images", "--against", "neurons"],
      ["gallery", "model", "--data", "images", "--against", "vectors"],
      ["rank", "model", "--data", "images", "--basis", "vectors"],
      ["gallery", "model", "--data", "images", "--blind", "--strata"],
      ["gallery", "model", "--data", "images", "--blind", "--per-class"],
      ["attack", "fgsm", "model", "--data", "images"],
      ["attack", "fgsm", "model", "--data", "images", "--epsilon", "8"],
      ["attack", "fgsm", "model", "--data", "images", "--epsilon", "nan"],
      ["attack", "fgsm", "model", "--data", "images", "--epsilon", "0.1", "--norm", "l7"],
      ["attack", "fgsm", "model", "--labels", "y.npy", "--epsilon", "0.1"],
      ["attack", "fgsm", "model", "--images", "x.npy", "--epsilon", "0.1"],
      [
        "attack", "fgsm", "model", "--data", "images", "--images", "x.npy", "--labels", "y.npy", "--epsilon",
        "0.1",
      ],
      ["attack", "fgsm", "model", "--data", "images", "--epsilon", "0.1", "--norm", "l0"],
      ["attack", "apgd", "model", "--data", "images", "--epsilon", "1", "--norm", "l1"],
      [
        "attack", "apgd", "model", "--data", "images", "--epsilon", "0.1", "--objective", "targets",
        "--targeted", "next",
      ],
      ["attack", "pgd", "model", "--data", "images", "--epsilon", "0.1", "--steps", "0"],
      ["attack", "pgd", "model", "--data", "images", "--epsilon", "0.1", "--step-size", "-1"],
      ["attack", "lbfgs", "model", "--data", "images", "--bisections", "-1"],
      ["attack", "lbfgs", "model", "--data", "images", "--epsilon", "0.1"],
      ["attack", "deepfool", "model", "--data", "images", "--norm", "l1"],
      ["attack", "ddn", "model", "--data", "images", "--targeted", "all", "--bounds"],
      ["attack", "minimal-fgsm", "model", "--data", "images", "--step", "0"],
      ["attack", "newton", "model", "--data", "images"],
      ["attack", "pool"], ["attack", "pool", "model", "--data", "images", "--count", "0"],
      ["attack", "pool", "model", "--data", "images", "--epsilon", "0"],
      ["attack", "pool", "model", "--data", "images", "--epsilon", "8"],
      ["attack", "pool", "model", "--data", "images", "--epsilon", "0.1", "--norm", "l0"],
      ["attack", "pool", "model", "--data", "images", "--methods", "newton"],
      ["attack", "pool", "model", "--data", "images", "--methods", "ddn,"],
      ["attack", "pool", "model", "--data", "images", "--methods", "ddn,ddn"],
      ["attack", "pool", "model", "--data", "images", "--methods", "pgd"],
      ["attack", "pool", "model", "--data", "images", "--methods", "ddn", "--norm", "l1"],
      ["attack", "pool", "model", "--data", "images", "--methods", "ddn", "--epsilon", "0.1"],
      ["attack", "pool", "model", "--data", "images", "--transferred-from", "other"],
      ["transfer", "--data", "images", "--networks", "mlp:lr=x"],
      ["transfer", "--data", "images", "--attack", "newton"],
      ["explore"], ["explore", "run", "--port", "70000"], ["explore", "run", "--workers", "0"],
      ["report"], ["reproduce"], ["reproduce", "szegedy-table9"], ["reproduce", "all", "szegedy-table1"],
      ["reproduce", "szegedy-table1", "--epochs", "3"],
      ["linearity", "model", "--data", "images", "--steps", "0"], ["pattern"], ["rubbish"],
      ["rubbish", "model", "--data", "images", "--count", "0"],
      ["attack", "square", "model", "--data", "images"],
      ["attack", "square", "model", "--data", "images", "--epsilon", "0.1", "--queries", "0"],
      ["attack", "nes", "model", "--data", "images", "--epsilon", "0.1", "--samples", "7"],
      ["attack", "spsa", "model", "--data", "images", "--epsilon", "0.1", "--radius", "0"],
      ["attack", "spsa", "model", "--data", "images", "--epsilon", "0.1", "--radius", "1e-30"],
      ["attack", "spsa", "model", "--data", "images", "--epsilon", "0.1", "--queries", "2"],
      ["attack", "nes", "model", "--data", "images", "--epsilon", "0.1", "--queries", "2"],
      [
        "attack", "pool", "model", "--data", "images", "--epsilon", "0.1", "--knowledge", "black-box",
        "--queries", "2",
      ],
      ["substitute", "model", "--data", "images", "--substitute", "softmax:half=1"],
      ["substitute", "model", "--data", "images", "--substitute", "ae400-10"],
      ["attack", "few-pixel", "model", "--data", "images", "--pixels", "0"],
      ["attack", "few-pixel", "model", "--data", "images", "--population", "3"],
      ["attack", "hop-skip-jump", "model", "--data", "images", "--norm", "l1"],
      ["attack", "finite-differences", "model", "--data", "images", "--epsilon", "0.1", "--offset", "2"],
      ["attack", "pool", "model", "--data", "images", "--queries", "100"],
      ["attack", "pool", "model", "--data", "images", "--norm", "l1", "--knowledge", "black-box"],
      ["attack", "list", "--knowledge", "everything"],
      ["substitute", "model", "--data", "images", "--substitute", "odd"],
      ["substitute", "model", "--data", "images", "--attack", "ddn"],
      ["substitute", "model", "--data", "images", "--rounds", "21"],
      ["substitute", "model", "--data", "images", "--epsilon", "2"],
      ["rubbish", "model", "--data", "images", "--fooling-count", "-1"],
      ["rubbish", "model", "--data", "images", "--epsilon", "0"],
      ["rubbish", "model", "--data", "images", "--epsilon", "inf"],
      ["rubbish", "model", "--data", "images", "--threshold", "1"],
      ["rubbish", "model", "--data", "images", "--threshold", "nan"],
      ["rubbish", "model", "--data", "images", "--scores", "logit"],
      ["poison", "labels"], ["poison", "labels", "--data", "images", "--shares", "0.1,2"],
      ["smooth", "--data", "images"], ["smooth", "model", "--data", "images", "--sigma", "0"],
      ["smooth", "model", "--data", "images", "--sigma", "0.25", "0.25"],
      ["smooth", "model", "other", "--data", "images", "--sigma", "0.25", "0.5", "1"],
      ["smooth", "model", "--data", "images", "--alpha", "1"],
      ["smooth", "model", "--data", "images", "--samples", "0"],
      ["smooth", "model", "--data", "images", "--no-attack", "--epsilon", "1"],
      ["smooth", "model", "--data", "images", "--epsilon", "-1"],
      ["shift"], ["shift", "--data", "images", "--networks", "0"],
      ["shift", "--data", "images", "--recipes", "plain,rain"],
      ["shift", "--data", "images", "--noise", "0"], ["shift", "--data", "images", "--epsilon", "inf"],
      ["shift", "--data", "images", "--architecture", "lenett"],
      ["poison", "labels"], ["poison", "labels", "--data", "images", "--shares", "0.1,2"],
      ["poison", "labels", "--data", "images", "--from", "0"],
      ["poison", "labels", "--data", "images", "--trim", "most"],
      ["poison", "labels", "--data", "images", "--trim", "known,known"],
      ["poison", "labels", "--data", "images", "--rounds", "0"],
      ["poison", "labels", "--data", "images", "--networks", "0"],
      ["poison", "labels", "--data", "images", "--training-count", "1"],
      ["poison", "labels", "--data", "images", "--architecture", "lenett"],
      ["poison", "backdoor", "--data", "images", "--patch", "0"],
      ["poison", "backdoor", "--data", "images", "--blend", "nan"],
      ["poison", "backdoor", "--data", "images", "--components", "0"],
      ["poison", "backdoor", "--data", "images", "--size-limit", "2"],
      ["poison", "backdoor", "--data", "images", "--silhouette", "nan"],
      ["poison", "backdoor", "--data", "images", "--reduction", "umap"],
      ["poison", "collision", "--data", "images", "--victim", "everybody"],
      ["poison", "collision", "--data", "images", "--pairs", "0"],
      ["poison", "collision", "--data", "images", "--watermark", "1.5"],
      ["poison", "collision", "--data", "images", "--similarity", "nan"],
      ["poison", "collision", "--data", "images", "--decay", "0"],
      ["poison", "collision", "--data", "images", "--learning-rate", "0"],
      ["poison", "linear", "--data", "images", "--pairs", "7"],
      ["poison", "linear", "--data", "images", "--pairs", "7,7"],
      ["poison", "linear", "--data", "images", "--pairs", "Ankle boot,"],
      ["poison", "linear", "--data", "images", "--pairs", "Ankle boot,Sneaker Bag,Coat"],
      ["poison", "collision", "--data", "images", "--epochs", "-1"],
      ["poison", "linear", "--data", "images", "--points", "0"],
      ["poison", "linear", "--data", "images", "--step-size", "inf"],
      ["poison", "linear", "--data", "images", "--decay", "-1"],
      ["demo", "--epochs", "9000000000000000000"], ["demo", "--architecture", "lenett"],
    ]
    + [
      ["--epochs", "-1"], ["--epochs", "9000000000000000000"], ["--epochs", "three"],
      ["--epochs", "99999999999999999999"], ["--batch", "0"],
      ["--batch", "9223372036854775807"], ["--batch", "1000000"], ["--micro-batch", "-4"],
      ["--learning-rate", "nan"],
      ["--learning-rate", "inf"], ["--learning-rate", "0"], ["--momentum", "1"], ["--weight-decay", "-1"],
      ["--decay-form", "square"],
      ["--warmup", "inf"], ["--validation", "1"], ["--validation", "nan"], ["--crop", "65"],
      ["--patience", "0"], ["--patience", "2", "--validation", "0"], ["--schedule", "sometimes"],
      ["--schedule", "step:0:0.5"], ["--schedule", "step:2:nan"], ["--optimizer", "rmsprop"],
      ["--loss", "hinge"], ["--noise", "-0.1"], ["--noise", "nan"], ["--rotate", "181"],
      ["--corrupt", "rain"],
      ["--noise", "0.1", "--optimizer", "lbfgs"], ["--noise", "0.1", "--adversarial", "fgsm"],
      ["--workers", "0"], ["--workers", "100000"], ["--seed", "-1"], ["--resize", "8"], ["--resize", "0x8"],
      ["--resize", "8x99999999"], ["--held-out", "1"], ["--held-out", "nan"], ["--colour", "purple"],
      ["--array-layout", "sideways"], ["--no-such-option"], ["surplus"],
    ].map { training + $0 }

  @Test("A negative number is a value, and what is wrong with it is said")
  func negative() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    for (arguments, problem) in [
      (
        ["train", "--data", "images", "--architecture", "mlp", "--epochs", "-3"],
        "--epochs must be in 0...100000, got -3"
      ),
      (["gallery", "model", "--top", "-1"], "got -1"),
      (["attack", "fgsm", "model", "--epsilon", "-0.1"], "--epsilon"),
      (["shift", "--data", "images", "--seed", "-1"], "--seed"),
      (["rank", "model", "--data", "images", "-3"], "-3"),
    ] {
      let outcome = try await Program(laboratory: laboratory).run(arguments)
      #expect(outcome.exitCode == 64 && outcome.errors.contains(problem), "\(arguments): \(outcome.errors)")
      #expect(!outcome.errors.contains("Missing value"), "\(arguments): \(outcome.errors)")
    }
  }

  @Test("Wrong arguments give exit code 64 and the usage, and nothing is written", arguments: wrong)
  func refused(arguments: [String]) async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let before = try laboratory.content(of: ".").keys.sorted()
    let outcome = try await Program(laboratory: laboratory).run(arguments)
    #expect(outcome.exitCode == 64, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains("\nUsage: intrigue"))
    #expect(try laboratory.content(of: ".").keys.sorted() == before)
  }
}
