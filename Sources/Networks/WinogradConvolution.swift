import CKernels
import OneDNN

/// A convolution computed by Winograd's minimal filtering, which takes fewer multiplications.
///
/// `Sources/CKernels/include/winograd.h` has the equations, for the result and for both gradients.
struct WinogradConvolution: Equatable {
  private let geometry: winograd_geometry

  /// Nil if the direct sum is faster, or the algorithm does not apply: kernels that are not square of size 3 or 5 with
  /// stride 1, channels that are not a multiple of 16, maps too small for its tiles.
  init?(_ graph: Graph, node position: Int) {
    let node = graph.nodes[position]
    guard case .convolution(let convolution) = node.layer else { return nil }
    let source = graph.storedExtents(of: node.inputs[0])
    let kernel = convolution.kernel.height
    guard kernel == 3 || kernel == 5, convolution.kernel.width == kernel,
      convolution.stride.height == 1, convolution.stride.width == 1,
      convolution.dilation.height == 1, convolution.dilation.width == 1,
      convolution.padding.height < kernel, convolution.padding.width < kernel,
      source[0] % 16 == 0, node.shape[0] % 16 == 0
    else { return nil }

    // In multiplications per image; transforming a value to and from the points costs about as much as ten.
    func cost(tile: Int) -> Double {
      let results = tile - kernel + 1
      let tileCount = ((node.shape[1] + results - 1) / results) * ((node.shape[2] + results - 1) / results)
      return Double(tile * tile * tileCount)
        * Double(source[0] * node.shape[0] + 10 * (source[0] + node.shape[0]))
    }
    let direct = Double(node.shape.reduce(kernel * kernel * source[0], *))
    // The larger tile has larger rounding errors and needs larger kernels: it must earn that.
    let tile = cost(tile: 8) < 0.8 * cost(tile: 6) ? 8 : 6
    guard cost(tile: tile) < 0.8 * direct else { return nil }
    geometry = winograd_geometry(
      tile: Int32(tile), kernel: Int32(kernel), in_channels: Int32(source[0]),
      out_channels: Int32(node.shape[0]), in_height: Int32(source[1]), in_width: Int32(source[2]),
      out_height: Int32(node.shape[1]), out_width: Int32(node.shape[2]),
      padding_top: Int32(convolution.padding.height), padding_left: Int32(convolution.padding.width))
  }

  private init(geometry: winograd_geometry) { self.geometry = geometry }

  /// The convolution that maps ∂loss/∂result to ∂loss/∂source.
  var turned: WinogradConvolution {
    let g = geometry
    return WinogradConvolution(
      geometry: winograd_geometry(
        tile: g.tile, kernel: g.kernel, in_channels: g.out_channels, out_channels: g.in_channels,
        in_height: g.out_height, in_width: g.out_width, out_height: g.in_height, out_width: g.in_width,
        padding_top: g.kernel - 1 - g.padding_top, padding_left: g.kernel - 1 - g.padding_left))
  }

  /// Floats of the transformed kernel.
  var transformedCount: Int { withUnsafePointer(to: geometry) { winograd_weights_count($0) } }

  /// Floats of scratch memory that a call needs.
  var scratchCount: Int { withUnsafePointer(to: geometry) { winograd_scratch_count($0) } }

  /// - Parameter isTurned: Whether for ``turned``; the geometry is that of the forward pass in both cases.
  func transform(_ weights: UnsafePointer<Float>, isTurned: Bool, to transformed: UnsafeMutablePointer<Float>)
  {
    withUnsafePointer(to: geometry) {
      if isTurned {
        winograd_transform_turned_weights($0, weights, transformed)
      } else {
        winograd_transform_weights($0, weights, transformed)
      }
    }
  }

  func run(
    images: Int, source: Maps, kernel: Memory, bias: Memory?, rectifies: Bool, result: Maps,
    scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: geometry) {
      winograd_convolution(
        $0, Int32(images), source.memory.floats, source.layout, kernel.floats, bias?.floats,
        rectifies ? 1 : 0, result.memory.floats, result.layout, scratch)
    }
  }

  func runWeightsGradient(
    images: Int, source: Maps, resultGradient: Maps, weightsGradient: Memory, biasGradient: Memory?,
    scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: geometry) {
      winograd_weights_gradient(
        $0, Int32(images), source.memory.floats, source.layout, resultGradient.memory.floats,
        resultGradient.layout, weightsGradient.floats, biasGradient?.floats, scratch)
    }
  }

  /// Feature maps in a layout that the kernels can walk.
  struct Maps {
    let memory: Memory
    let layout: winograd_layout

    /// - Parameter extents: `[images, channels, height, width]`.
    /// - Returns: Nil where the memory is in another layout.
    init?(_ memory: Memory, extents: [Int]) throws {
      let (channels, height, width) = (extents[1], extents[2], extents[3])
      let imageLength = channels * height * width
      if memory.description == (try .channelsLast(extents)) {
        layout = winograd_layout(
          image: imageLength, channel_block: 16, row: width * channels, pixel: channels)
      } else if memory.description == (try .channelsInSixteens(extents)) {
        layout = winograd_layout(
          image: imageLength, channel_block: 16 * height * width, row: 16 * width, pixel: 16)
      } else {
        return nil
      }
      self.memory = memory
    }
  }

  static func == (first: WinogradConvolution, second: WinogradConvolution) -> Bool {
    let (a, b) = (first.geometry, second.geometry)
    return a.tile == b.tile && a.kernel == b.kernel && a.in_channels == b.in_channels
      && a.out_channels == b.out_channels && a.in_height == b.in_height && a.in_width == b.in_width
      && a.out_height == b.out_height && a.out_width == b.out_width && a.padding_top == b.padding_top
      && a.padding_left == b.padding_left
  }
}

extension PlanBuilder {
  func lowerWinograd(_ position: Int, _ convolution: WinogradConvolution, _ source: Value) throws -> Value {
    let node = graph.nodes[position]
    let training = trains(position)
    let images = microBatch
    let sourceExtents = [images] + graph.storedExtents(of: node.inputs[0])
    let resultExtents = [images] + node.shape
    let weightIndex = node.parameters.lowerBound
    let hasBias = node.parameters.count == 2

    let from = try maps(source.memory, extents: sourceExtents)
    let isBlocked = from.memory.description == (try .channelsInSixteens(sourceExtents))
    let result = Value(
      try allocate(isBlocked ? .channelsInSixteens(resultExtents) : .channelsLast(resultExtents)),
      needsGradient: training || source.needsGradient)
    let to = try maps(result.memory, extents: resultExtents)
    let kernel = try store.transformedKernel(of: weightIndex, for: convolution, isTurned: false)
    let bias = hasBias ? store.home(of: weightIndex + 1) : nil
    let rectifies = fusedActivation(after: position) == .relu
    emit("Winograd convolution", scratch: convolution.scratchCount) { _, scratch in
      convolution.run(
        images: images, source: from, kernel: kernel, bias: bias, rectifies: rectifies, result: to,
        scratch: scratch)
    }

    onGradient { [self] in
      guard let gradient = result.gradient else { return }
      let arriving = try maps(gradient, extents: resultExtents)
      if training, let parameterGradients {
        let home = try store.gradient(of: weightIndex, in: parameterGradients)
        let layout = try MemoryDescription.outputsLast(graph.storedExtents(ofParameter: weightIndex))
        let weightsGradient = home.description == layout ? home : try allocate(layout)
        let biasGradient = hasBias ? try store.gradient(of: weightIndex + 1, in: parameterGradients) : nil
        emit("Winograd convolution, gradient of its weights", scratch: convolution.scratchCount) {
          _, scratch in
          convolution.runWeightsGradient(
            images: images, source: from, resultGradient: arriving, weightsGradient: weightsGradient,
            biasGradient: biasGradient, scratch: scratch)
        }
        if weightsGradient !== home { try copy(weightsGradient, to: home) }
      }
      guard source.needsGradient else { return }
      let turned = convolution.turned
      let turnedKernel = try store.transformedKernel(of: weightIndex, for: convolution, isTurned: true)
      try contribute(to: source, in: from.memory.description) { target in
        let target = try maps(target, extents: sourceExtents)
        emit("Winograd convolution, gradient of its input", scratch: turned.scratchCount) { _, scratch in
          turned.run(
            images: images, source: arriving, kernel: turnedKernel, bias: nil, rectifies: false,
            result: target, scratch: scratch)
        }
      }
    }
    return result
  }

  /// Maps in a layout that the kernels can walk, copied where they are in another.
  func maps(_ memory: Memory, extents: [Int]) throws -> WinogradConvolution.Maps {
    if let maps = try WinogradConvolution.Maps(memory, extents: extents) { return maps }
    let copy = try converted(memory, to: .channelsLast(extents))
    guard let maps = try WinogradConvolution.Maps(copy, extents: extents) else {
      preconditionFailure("maps of \(extents) with the channels last are readable")
    }
    return maps
  }
}
