// swift-tools-version: 6.1
import PackageDescription

// A package of its own: built with coverage and the address sanitizer, which the library is not.
// scripts/fuzz-parsers.sh builds and runs it.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "Intrigue", path: "..")],
  targets: [
    // libFuzzer's own mutations and zlib, for Swift.
    .target(name: "CFuzzer", path: "Sources/CFuzzer", linkerSettings: [.linkedLibrary("z")]),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", .product(name: "Intrigue", package: "Intrigue")],
      path: "Sources/fuzz"),
  ]
)
