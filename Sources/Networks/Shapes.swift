/// Why a layer is not possible at its position; a clause that follows the node's name.
struct ShapeProblem: Error {
  let text: String
}

extension Layer {
  /// Shape of the result for one image, given the shapes of the inputs.
  func output(of inputs: [[Int]]) -> Result<[Int], ShapeProblem> {
    let input = inputs[0]
    func problem(_ text: String) -> Result<[Int], ShapeProblem> { .failure(ShapeProblem(text: text)) }
    func maps(_ body: (Int, Int, Int) -> Result<[Int], ShapeProblem>) -> Result<[Int], ShapeProblem> {
      input.count == 3
        ? body(input[0], input[1], input[2]) : problem("\(kind) needs maps, its input is \(input)")
    }

    switch self {
    case .normalise(let mean, let deviation):
      return maps { channels, _, _ in
        guard mean.count == channels, deviation.count == channels else {
          return problem("needs \(channels) means and deviations, got \(mean.count) and \(deviation.count)")
        }
        guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
          return problem("means must be finite and deviations positive")
        }
        return .success(input)
      }
    case .convolution(let c):
      return maps { channels, height, width in
        guard c.outputChannels > 0, c.groups > 0, channels % c.groups == 0, c.outputChannels % c.groups == 0
        else {
          return problem(
            "\(channels) input and \(c.outputChannels) output channels do not divide into \(c.groups) groups")
        }
        if let fault = outOfBounds(c.kernel, c.stride, c.padding, c.dilation) { return .failure(fault) }
        let reach = Extent(
          height: (c.kernel.height - 1) * c.dilation.height + 1,
          width: (c.kernel.width - 1) * c.dilation.width + 1)
        return window(reach, c.stride, c.padding, height, width).map { [c.outputChannels] + $0 }
      }
    case .linear(let outputs, _):
      return outputs > 0 ? .success([outputs]) : problem("outputs must be positive, got \(outputs)")
    case .maxPool(let p), .averagePool(let p):
      return maps { channels, height, width in
        if let fault = outOfBounds(p.kernel, p.stride, p.padding) { return .failure(fault) }
        guard p.padding.height * 2 <= p.kernel.height, p.padding.width * 2 <= p.kernel.width else {
          return problem("padding may be at most half of the kernel")
        }
        return window(p.kernel, p.stride, p.padding, height, width).map { [channels] + $0 }
      }
    case .globalAveragePool: return maps { channels, _, _ in .success([channels]) }
    case .relu, .sigmoid, .tanh: return .success(input)
    case .batchNorm(let epsilon, let momentum):
      return epsilon > 0 && (0...1).contains(momentum)
        ? .success(input) : problem("epsilon must be positive and momentum in 0…1")
    case .dropout(let rate):
      return rate >= 0 && rate < 1 ? .success(input) : problem("rate must be in 0..<1, got \(rate)")
    case .add:
      return inputs[0] == inputs[1]
        ? .success(input) : problem("adds shapes \(inputs[0]) and \(inputs[1]), which differ")
    case .flatten: return .success([input.reduce(1, *)])
    case .topK(let count):
      guard input.count == 1 else { return problem("topK needs a vector, its input is \(input)") }
      return (1...input[0]).contains(count)
        ? .success(input) : problem("count must be in 1...\(input[0]), got \(count)")
    case .maxout(let pieces):
      guard pieces > 0, input[0] % pieces == 0 else {
        return problem("\(input[0]) values or channels do not divide into groups of \(pieces) pieces")
      }
      return .success([input[0] / pieces] + input.dropFirst())
    case .rbf(let outputs):
      guard input.count == 1 else { return problem("rbf needs a vector, its input is \(input)") }
      return outputs > 0 ? .success([outputs]) : problem("outputs must be positive, got \(outputs)")
    }
  }

  /// The problem with a window's settings on their own. Within these bounds no arithmetic overflows.
  private func outOfBounds(
    _ kernel: Extent, _ stride: Extent, _ padding: Extent, _ dilation: Extent = 1
  ) -> ShapeProblem? {
    let largest = 1 << 16 - 1
    for (name, extent, least) in [
      ("kernel", kernel, 1), ("stride", stride, 1), ("dilation", dilation, 1), ("padding", padding, 0),
    ] where min(extent.height, extent.width) < least || max(extent.height, extent.width) > largest {
      let sign = least == 0 ? "non-negative" : "positive"
      return ShapeProblem(
        text: "\(name) must be \(sign) and at most \(largest), got \(extent.height)×\(extent.width)")
    }
    return nil
  }

  private func window(
    _ kernel: Extent, _ stride: Extent, _ padding: Extent, _ height: Int, _ width: Int
  ) -> Result<[Int], ShapeProblem> {
    let rows = height + 2 * padding.height - kernel.height
    let columns = width + 2 * padding.width - kernel.width
    guard rows >= 0, columns >= 0 else {
      return .failure(
        ShapeProblem(text: "a \(kernel.height)×\(kernel.width) window does not fit into \(height)×\(width)"))
    }
    return .success([rows / stride.height + 1, columns / stride.width + 1])
  }

  /// The parameters of a node with PyTorch's names, order and shapes.
  func parameters(of node: String, input: [Int]) -> [Parameter] {
    func parameter(_ suffix: String, _ role: Parameter.Role, _ shape: [Int]) -> Parameter {
      Parameter(name: "\(node).\(suffix)", role: role, shape: shape)
    }
    switch self {
    case .convolution(let c):
      let weight = parameter(
        "weight", .weight, [c.outputChannels, input[0] / c.groups, c.kernel.height, c.kernel.width])
      return c.bias ? [weight, parameter("bias", .bias, [c.outputChannels])] : [weight]
    case .linear(let outputs, let bias):
      let weight = parameter("weight", .weight, [outputs, input.reduce(1, *)])
      return bias ? [weight, parameter("bias", .bias, [outputs])] : [weight]
    case .rbf(let outputs):
      return [
        parameter("centre", .centre, [outputs, input[0]]),
        parameter("log_precision", .logPrecision, [outputs, input[0]]),
      ]
    case .batchNorm:
      return [
        parameter("weight", .scale, [input[0]]), parameter("bias", .shift, [input[0]]),
        parameter("running_mean", .runningMean, [input[0]]),
        parameter("running_var", .runningVariance, [input[0]]),
      ]
    default: return []
    }
  }
}

/// One array of a network's state.
public struct Parameter: Equatable, Sendable {
  public enum Role: Sendable {
    case weight, bias, scale, shift
    /// μ and γ = log β of an rbf layer.
    case centre, logPrecision
    /// Estimates kept by batch normalization: part of the state, not changed by the optimizer.
    case runningMean, runningVariance
  }

  public let name: String
  public let role: Role
  public let shape: [Int]

  public var count: Int { shape.reduce(1, *) }
  public var isTrained: Bool { role != .runningMean && role != .runningVariance }
}
