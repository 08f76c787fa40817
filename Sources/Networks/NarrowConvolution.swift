import CKernels
import OneDNN

/// A convolution with one to four input channels, with a dedicated kernel for the gradient with respect to its input.
///
/// `Sources/CKernels/include/narrow.h` has the equation.
struct NarrowConvolution {
  private let geometry: winograd_geometry
  private let kernel: Extent

  /// Nil where the kernel does not apply.
  init?(_ graph: Graph, node position: Int) {
    let node = graph.nodes[position]
    guard case .convolution(let convolution) = node.layer else { return nil }
    let source = graph.storedExtents(of: node.inputs[0])
    guard source[0] <= 4, convolution.groups == 1, node.shape[0] % 16 == 0,
      convolution.stride.height == 1, convolution.stride.width == 1,
      convolution.dilation.height == 1, convolution.dilation.width == 1,
      convolution.padding.height < convolution.kernel.height,
      convolution.padding.width < convolution.kernel.width
    else { return nil }
    kernel = convolution.kernel
    geometry = winograd_geometry(
      tile: 0, kernel: 0, in_channels: Int32(source[0]), out_channels: Int32(node.shape[0]),
      in_height: Int32(source[1]), in_width: Int32(source[2]), out_height: Int32(node.shape[1]),
      out_width: Int32(node.shape[2]), padding_top: Int32(convolution.padding.height),
      padding_left: Int32(convolution.padding.width))
  }

  var scratchCount: Int {
    withUnsafePointer(to: geometry) { narrow_scratch_count($0, Int32(kernel.height), Int32(kernel.width)) }
  }

  func run(
    images: Int, resultGradient: WinogradConvolution.Maps, weights: Memory, sourceGradient: Memory,
    scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: geometry) {
      narrow_source_gradient(
        $0, Int32(kernel.height), Int32(kernel.width), Int32(images), resultGradient.memory.floats,
        resultGradient.layout, weights.floats, sourceGradient.floats, scratch)
    }
  }
}

extension PlanBuilder {
  func lowerSourceGradient(
    _ position: Int, _ convolution: NarrowConvolution, _ source: Value, _ gradient: Memory
  ) throws {
    let node = graph.nodes[position]
    let images = microBatch
    let weightIndex = node.parameters.lowerBound
    let arriving = try maps(gradient, extents: [images] + node.shape)
    let weights = try store.memory(
      of: weightIndex, as: .outputsLast(graph.storedExtents(ofParameter: weightIndex)))
    let plain = try MemoryDescription.plain([images] + graph.storedExtents(of: node.inputs[0]))
    try contribute(to: source, in: plain) { target in
      emit("convolution of few channels, gradient of its input", scratch: convolution.scratchCount) {
        _, scratch in
        convolution.run(
          images: images, resultGradient: arriving, weights: weights, sourceGradient: target, scratch: scratch
        )
      }
    }
  }
}
