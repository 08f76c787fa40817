import Foundation
import Networks
import Tensors

/// The forward pass of a graph in Double, written as the equations stand: slow and plain, to judge the engine by.
public struct DoubleReference {
  public enum Mode { case inference, training }

  public let graph: Graph
  /// By parameter name.
  public var parameters: [String: [Double]]

  public init(_ network: Network) {
    graph = network.graph
    parameters = [:]
    for (parameter, tensor) in zip(network.graph.parameters, network.parameters) {
      parameters[parameter.name] = tensor.elements.map(Double.init)
    }
  }

  /// Mean softmax cross-entropy over a batch.
  public func loss(_ images: [[Double]], _ labels: [Int], _ mode: Mode) -> Double {
    zip(logits(images, mode), labels).map { row, label in
      let largest = row.max()!
      return log(row.map { exp($0 - largest) }.reduce(0, +)) + largest - row[label]
    }.reduce(0, +) / Double(images.count)
  }

  public func logits(_ images: [[Double]], _ mode: Mode) -> [[Double]] {
    results(images, mode)[graph.nodes.count - 1]
  }

  /// `[node][image][element]`.
  public func results(_ images: [[Double]], _ mode: Mode) -> [[[Double]]] {
    let input = graph.architecture.input
    var results: [[[Double]]] = []
    for node in graph.nodes {
      let sources = node.inputs.map { $0.map { results[$0] } ?? images }
      let shape = node.inputs[0].map { graph.nodes[$0].shape } ?? [input.channels, input.height, input.width]
      results.append(apply(node, sources, shape, mode))
    }
    return results
  }

  private func apply(_ node: Graph.Node, _ sources: [[[Double]]], _ shape: [Int], _ mode: Mode) -> [[Double]]
  {
    let batch = sources[0]
    let area = shape.dropFirst().reduce(1, *)
    func channel(_ index: Int) -> Int { index / area }
    switch node.layer {
    case .normalise(let mean, let deviation):
      return batch.map { image in
        image.indices.map { (image[$0] - Double(mean[channel($0)])) / Double(deviation[channel($0)]) }
      }
    case .convolution(let c): return batch.map { convolved($0, node, c, shape) }
    case .linear(let outputs, let hasBias):
      let weights = parameters["\(node.name).weight"]!
      let bias = hasBias ? parameters["\(node.name).bias"]! : Array(repeating: 0, count: outputs)
      return batch.map { image in
        (0..<outputs).map { row in
          image.indices.reduce(bias[row]) { $0 + weights[row * image.count + $1] * image[$1] }
        }
      }
    case .maxPool(let p): return batch.map { pooled($0, p, shape, node.shape) { $0.max()! } }
    case .averagePool(let p):
      let size = Double(p.kernel.height * p.kernel.width)
      return batch.map { pooled($0, p, shape, node.shape) { $0.reduce(0, +) / size } }
    case .globalAveragePool:
      return batch.map { image in
        (0..<shape[0]).map { image[$0 * area..<($0 + 1) * area].reduce(0, +) / Double(area) }
      }
    case .relu: return batch.map { $0.map { max($0, 0) } }
    case .sigmoid: return batch.map { $0.map { 1 / (1 + exp(-$0)) } }
    case .tanh: return batch.map { $0.map { Foundation.tanh($0) } }
    case .batchNorm(let epsilon, _):
      return normalised(batch, node, Double(epsilon), area, mode)
    case .dropout, .flatten: return batch
    case .topK(let count):
      return batch.map { row in
        let kept = Set(row.indices.sorted { (-row[$0], $0) < (-row[$1], $1) }.prefix(count))
        return row.indices.map { kept.contains($0) ? row[$0] : 0 }
      }
    case .maxout(let pieces):
      return batch.map { image in
        (0..<image.count / pieces).map { index in
          let (plane, place) = (index / area, index % area)
          return (0..<pieces).map { image[(plane * pieces + $0) * area + place] }.max()!
        }
      }
    case .rbf(let outputs):
      let (centres, logs) = (parameters["\(node.name).centre"]!, parameters["\(node.name).log_precision"]!)
      return batch.map { image in
        (0..<outputs).map { output in
          image.indices.reduce(0) { sum, index in
            let (entry, value) = (output * image.count + index, image[index])
            return sum - exp(logs[entry]) * (value - centres[entry]) * (value - centres[entry])
          }
        }
      }
    case .add: return zip(sources[0], sources[1]).map { zip($0, $1).map(+) }
    }
  }

  private func normalised(
    _ batch: [[Double]], _ node: Graph.Node, _ epsilon: Double, _ area: Int, _ mode: Mode
  ) -> [[Double]] {
    let (scale, shift) = (parameters["\(node.name).weight"]!, parameters["\(node.name).bias"]!)
    var means = parameters["\(node.name).running_mean"]!
    var variances = parameters["\(node.name).running_var"]!
    if mode == .training {
      for channel in means.indices {
        let values = batch.flatMap { $0[channel * area..<(channel + 1) * area] }
        means[channel] = values.reduce(0, +) / Double(values.count)
        variances[channel] =
          values.map { ($0 - means[channel]) * ($0 - means[channel]) }.reduce(0, +) / Double(values.count)
      }
    }
    return batch.map { image in
      image.indices.map { index in
        let channel = index / area
        return scale[channel] * (image[index] - means[channel]) / (variances[channel] + epsilon).squareRoot()
          + shift[channel]
      }
    }
  }

  private func convolved(_ image: [Double], _ node: Graph.Node, _ c: Convolution, _ shape: [Int]) -> [Double]
  {
    let weights = parameters["\(node.name).weight"]!
    let bias = c.bias ? parameters["\(node.name).bias"]! : Array(repeating: 0, count: c.outputChannels)
    let (height, width) = (shape[1], shape[2])
    let groupInputs = shape[0] / c.groups
    let groupOutputs = c.outputChannels / c.groups
    var result: [Double] = []
    for output in 0..<c.outputChannels {
      for row in 0..<node.shape[1] {
        for column in 0..<node.shape[2] {
          var sum = bias[output]
          for inner in 0..<groupInputs {
            let channel = output / groupOutputs * groupInputs + inner
            for kernelRow in 0..<c.kernel.height {
              let y = row * c.stride.height - c.padding.height + kernelRow * c.dilation.height
              guard (0..<height).contains(y) else { continue }
              for kernelColumn in 0..<c.kernel.width {
                let x = column * c.stride.width - c.padding.width + kernelColumn * c.dilation.width
                guard (0..<width).contains(x) else { continue }
                let weight =
                  ((output * groupInputs + inner) * c.kernel.height + kernelRow) * c.kernel.width
                  + kernelColumn
                sum += weights[weight] * image[(channel * height + y) * width + x]
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  private func pooled(
    _ image: [Double], _ p: Pooling, _ shape: [Int], _ outputShape: [Int], _ combine: ([Double]) -> Double
  ) -> [Double] {
    var result: [Double] = []
    for channel in 0..<shape[0] {
      for row in 0..<outputShape[1] {
        for column in 0..<outputShape[2] {
          var values: [Double] = []
          for kernelRow in 0..<p.kernel.height {
            for kernelColumn in 0..<p.kernel.width {
              let y = row * p.stride.height - p.padding.height + kernelRow
              let x = column * p.stride.width - p.padding.width + kernelColumn
              guard (0..<shape[1]).contains(y), (0..<shape[2]).contains(x) else { continue }
              values.append(image[(channel * shape[1] + y) * shape[2] + x])
            }
          }
          result.append(combine(values))
        }
      }
    }
    return result
  }
}
