// swift-tools-version: 6.1
import PackageDescription

// Arrows of the house, lowest first; docs/architecture.md draws them.

/// The targets that every room may know.
let ground: [Target.Dependency] = [
  "Commands", "Lab", "Tensors", "Inference", "Storage", "Images", "Datasets", "Networks", "Directions",
  "Adversarial", "Figures", .product(name: "ArgumentParser", package: "swift-argument-parser"),
]

/// A question: the experiment beside its options, its measurement and its exhibits.
func room(_ name: String, beside others: [Target.Dependency] = []) -> Target {
  .target(name: "\(name)Room", dependencies: ground + others, path: "Sources/Rooms/\(name)")
}

let rooms: [Target] = [
  room("Train", beside: ["Privacy"]),
  room("Describe"),
  room("Evaluate"),
  room("Gallery"),
  room("Rank"),
  room("Compare", beside: ["GalleryRoom", "TrainRoom"]),
  room("Attack"),
  room("Pool", beside: ["AttackRoom"]),
  room("Transfer", beside: ["TrainRoom"]),
  room("Linearity"),
  room("Pattern"),
  room("Rubbish"),
  room("Substitute", beside: ["TrainRoom"]),
  room("Privacy", beside: ["Privacy", "TrainRoom"]),
  room("Smooth"),
  room("Shift", beside: ["TrainRoom"]),
  room("Poison", beside: ["Poisoning", "TrainRoom"]),
  room(
    "Reproduce",
    beside: [
      "Poisoning", "Privacy", "TrainRoom", "CompareRoom", "LinearityRoom", "PoisonRoom", "PrivacyRoom",
      "ShiftRoom", "SmoothRoom", "SubstituteRoom", "TransferRoom",
    ]),
]

/// Holds a whole pipeline with its page, and so stands above them.
let demo = room("Demo", beside: ["TrainRoom", "GalleryRoom", "AttackRoom", "Reports"])

let package = Package(
  name: "Intrigue",
  products: [
    .executable(name: "intrigue", targets: ["CLI"]),
    .library(name: "Intrigue", targets: ["Intrigue"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // C libraries made visible.
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLAPACK", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLBFGSB", providers: [.apt(["liblbfgsb-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CEXIF", linkerSettings: [.linkedLibrary("exif")]),
    .target(name: "CJPEG", dependencies: ["CEXIF"], linkerSettings: [.linkedLibrary("jpeg")]),

    // Distribution functions of Boost.Math, C++ headers alone, as plain C: libboost-math-dev.
    .target(name: "CStatistics"),

    // The commit that the program was built from.
    .plugin(name: "CommitPlugin", capability: .buildTool()),
    .target(name: "Commit", plugins: ["CommitPlugin"]),

    // Inner loops that need a processor's own instructions.
    .target(name: "CKernels"),

    // What the program does before its libraries are initialised.
    .target(name: "CStartup"),

    // The library.
    .target(name: "Escapes"),
    .target(name: "OneDNN", dependencies: ["COneDNN"]),
    .target(name: "Tensors", dependencies: ["CLAPACK", "CLBFGSB"]),
    .target(name: "Inference", dependencies: ["CStatistics", "Tensors"]),
    .target(name: "Privacy", dependencies: ["Tensors"]),
    .target(name: "Storage", dependencies: ["Escapes", "Tensors", "CZlib", "CCrypto"]),
    .target(name: "Images", dependencies: ["Storage", "CPNG", "CJPEG", "CEXIF", "CCairo"]),
    .target(name: "Datasets", dependencies: ["CKernels", "Tensors", "Storage", "Images"]),
    .target(
      name: "Networks", dependencies: ["CKernels", "OneDNN", "Tensors", "Storage", "Datasets"]),
    .target(name: "Directions", dependencies: ["CKernels", "Tensors"]),
    .target(name: "Adversarial", dependencies: ["Inference", "Networks", "Tensors"]),
    .target(name: "Poisoning", dependencies: ["Datasets", "Networks", "Directions", "Tensors"]),
    .target(name: "Figures", dependencies: ["Escapes", "Images", "Storage", "Tensors"]),
    .target(
      name: "Lab",
      dependencies: [
        "Commit", "Escapes", "Tensors", "Inference", "Storage", "Images", "Datasets", "Networks",
        "Directions", "Adversarial", "Figures",
      ]),
    .target(
      name: "Commands",
      dependencies: [
        "Lab", "Tensors", "Storage", "Datasets", "Networks", "Adversarial",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "LocalServer",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    .target(
      name: "Study",
      dependencies: [
        "Escapes", "Tensors", "Inference", "Storage", "Images", "Datasets", "Networks", "Directions",
        "Figures",
        "Lab", "Commands", "LocalServer",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: ["study.html", "study.css", "study.js", "organiser.html", "organiser.js"].map {
        .embedInCode("Page/\($0)")
      }),
    .target(
      name: "Reports",
      dependencies: [
        "Escapes", "Tensors", "Storage", "Images", "Figures", "Lab", "Commands", "Study",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "SwiftCSV", package: "SwiftCSV"),
      ] + rooms.map { .target(name: $0.name) },
      resources: [
        "Page/report.html", "Page/report.css", "Page/report.js", "Article/writeup.tex",
        "Article/references.bib",
      ].map { .embedInCode($0) }),
    .target(
      name: "Explorer",
      dependencies: [
        "Tensors", "Storage", "Images", "Datasets", "Networks", "Directions", "Adversarial", "Figures",
        "Lab", "Commands", "LocalServer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: ["explorer.html", "explorer.css", "explorer.js", "charts.js"].map {
        .embedInCode("Page/\($0)")
      }),
    .target(
      name: "Intrigue",
      dependencies: [
        "Escapes", "Tensors", "Inference", "Privacy", "Storage", "Images", "Datasets", "Networks",
        "Directions",
        "Adversarial", "Poisoning", "Figures", "Lab", "Reports", "LocalServer", "Explorer", "Study",
      ] + (rooms + [demo]).map { .target(name: $0.name) }),

    // The command line.
    .executableTarget(
      name: "CLI",
      dependencies: [
        "CStartup", "Commands", "Lab", "Tensors", "Reports", "Explorer", "Study", "Storage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ] + (rooms + [demo]).map { .target(name: $0.name) }),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["Tensors", "Storage", "Networks"],
      path: "Tests/TestSupport"),
    // Counts what malloc is asked for. A program of its own: whatever links the counter has it in every thread.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .executableTarget(
      name: "AllocationProbe",
      dependencies: ["CAllocations", "Adversarial", "Datasets", "Networks", "Tensors"],
      path: "Tests/AllocationProbe"),
    .testTarget(name: "AllocationTests", dependencies: ["AllocationProbe"]),
    .testTarget(name: "EscapesTests", dependencies: ["Escapes"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "Tensors"]),
    .testTarget(name: "OneDNNTests", dependencies: ["OneDNN"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
    .testTarget(name: "InferenceTests", dependencies: ["Inference", "Tensors"]),
    .testTarget(name: "PrivacyTests", dependencies: ["Privacy", "Tensors"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "Tensors"]),
    .testTarget(name: "ImagesTests", dependencies: ["Images", "Storage"], exclude: ["Fixtures"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Images", "Storage", "Tensors"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["CKernels", "Networks", "Datasets", "Storage", "Tensors", "TestSupport"]),
    .testTarget(name: "DirectionsTests", dependencies: ["Directions", "CKernels", "Tensors"]),
    .testTarget(
      name: "AdversarialTests",
      dependencies: [
        "Adversarial", "Inference", "Networks", "Datasets", "Storage", "Tensors", "TestSupport",
      ]),
    .testTarget(
      name: "PoisoningTests",
      dependencies: ["Poisoning", "Datasets", "Networks", "Directions", "Tensors", "TestSupport"]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "Images", "Storage", "Tensors"]),
    .testTarget(
      name: "LabTests",
      dependencies: [
        "Lab", "Adversarial", "Datasets", "Directions", "Figures", "Images", "Inference", "Networks",
        "Storage",
        "Tensors", "TestSupport",
      ], exclude: ["Pins"]),
    .testTarget(
      name: "RoomsTests",
      dependencies: [
        "Lab", "Commands", "Inference", "Privacy", "Adversarial", "Datasets", "Directions", "Figures",
        "Images",
        "Networks", "Poisoning", "Storage", "Tensors", "TestSupport",
      ] + rooms.map { .target(name: $0.name) }, exclude: ["Pins"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Lab", "Adversarial", "Datasets", "Directions", "Images", "Networks", "Storage",
        "Tensors", "TestSupport",
      ] + rooms.map { .target(name: $0.name) }, exclude: ["Pins"]),
    .testTarget(
      name: "LocalServerTests",
      dependencies: ["LocalServer", .product(name: "NIOCore", package: "swift-nio")]),
    .testTarget(
      name: "ExplorerTests",
      dependencies: [
        "Explorer", "Lab", "LinearityRoom", "LocalServer", "Adversarial", "Datasets", "Directions", "Images",
        "Networks", "Storage",
        "Tensors",
      ]),
    .testTarget(
      name: "StudyTests",
      dependencies: [
        "Study", "Directions", "Lab", "Inference", "LocalServer", "Storage", "Tensors", "TestSupport",
      ], exclude: ["Pins"]),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "Lab", "Images", "Networks", "Storage", "Tensors", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], exclude: ["Pins"]),
  ] + rooms + [demo]
)
