/// Operation of one node of a network.
public enum Layer: Equatable, Sendable {
  /// `(x − mean) / standardDeviation` per channel. Only as the first node.
  case normalise(mean: [Float], standardDeviation: [Float])
  case convolution(Convolution)
  /// `y = W x + b`, W `[outputs, inputs]`. Maps are read in (channel, row, column) order.
  case linear(outputs: Int, bias: Bool)
  case maxPool(Pooling)
  /// Padding counts as zeros.
  case averagePool(Pooling)
  /// Mean of each map: `[channels]`.
  case globalAveragePool
  case relu
  case sigmoid
  case tanh
  /// `y = γ (x − μ) / √(σ² + epsilon) + β` per channel.
  ///
  /// In training μ and σ² are of the micro-batch, and running = (1 − momentum) · running + momentum · batch;
  /// everywhere else they are the running ones. Ioffe, Szegedy (2015). <https://arxiv.org/abs/1502.03167>
  case batchNorm(epsilon: Float, momentum: Float)
  /// In training each value is set to zero with probability `rate` and divided by 1 − rate otherwise.
  case dropout(rate: Float)
  /// Sum of two nodes of the same shape.
  case add
  /// Flattens maps to a vector in (channel, row, column) order.
  case flatten
  /// Keeps the `count` largest values of a vector and sets the others to zero.
  case topK(count: Int)
  /// The largest of each `pieces` neighbours: of values of a vector, or of channels at each position of maps.
  ///
  ///     y_j = max_{p < pieces} x_{j · pieces + p}
  ///
  /// After a linear layer or a convolution without another activation it gives maxout units. Goodfellow et al. (2013),
  /// "Maxout networks". <https://arxiv.org/abs/1302.4389>
  case maxout(pieces: Int)
  /// Minus the squared distance of a vector from a centre per output, scaled along each axis.
  ///
  ///     z_k = −Σ_i β_ki (x_i − μ_ki)²,   β = exp(γ)
  ///
  /// The shallow RBF network of Goodfellow, Shlens, Szegedy (2015), section 7, with a diagonal β. The paper prints no
  /// minus sign, gives no form for several classes and leaves β general; here γ is trained, so that scores are never
  /// positive and exp(z_k) is the paper's unnormalised p(y = k | x).
  case rbf(outputs: Int)

  /// Number of nodes it reads.
  var inputCount: Int { self == .add ? 2 : 1 }

  /// Whether it can map features to classes: the features are the input of the last such layer.
  var isReadout: Bool {
    switch self {
    case .linear, .rbf: true
    default: false
    }
  }

  /// The word used in architecture files and in tables.
  public var kind: String {
    switch self {
    case .normalise: "normalise"
    case .convolution: "conv2d"
    case .linear: "linear"
    case .maxPool: "maxPool"
    case .averagePool: "averagePool"
    case .globalAveragePool: "globalAveragePool"
    case .relu: "relu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .batchNorm: "batchNorm"
    case .dropout: "dropout"
    case .add: "add"
    case .flatten: "flatten"
    case .topK: "topK"
    case .maxout: "maxout"
    case .rbf: "rbf"
    }
  }
}

/// Height and width of a kernel, a stride or a padding.
public struct Extent: Equatable, Sendable, ExpressibleByIntegerLiteral {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same value in both directions.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }
}

/// Two-dimensional convolution (a cross-correlation, as everywhere in the field).
///
/// Weights are `[outputChannels, inputChannels / groups, kernel height, kernel width]`.
public struct Convolution: Equatable, Sendable {
  public var outputChannels: Int
  public var kernel: Extent
  public var stride: Extent
  /// Zeros added on each side.
  public var padding: Extent
  /// Distance between neighbouring kernel elements: 1 is dense.
  public var dilation: Extent
  public var groups: Int
  public var bias: Bool

  public init(
    outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1,
    groups: Int = 1, bias: Bool = true
  ) {
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
  }
}

public struct Pooling: Equatable, Sendable {
  public var kernel: Extent
  public var stride: Extent
  public var padding: Extent

  public init(kernel: Extent, stride: Extent, padding: Extent = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }
}
