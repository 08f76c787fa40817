// swift-tools-version: 6.1
import PackageDescription

// A package of its own: what measures the library is no part of it.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Intrigue", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmarks", dependencies: [.product(name: "Intrigue", package: "Intrigue")],
      path: "Sources/Benchmarks")
  ]
)
