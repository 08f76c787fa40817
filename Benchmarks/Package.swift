// swift-tools-version: 6.1
import PackageDescription

// A package of its own: what measures the library is no part of it.
let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "Intrigue", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // In C, because what it measures are chosen instructions.
    .target(name: "CPeak", path: "Sources/CPeak"),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "CPeak",
        .product(name: "Intrigue", package: "Intrigue"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Benchmarks"),
  ]
)
