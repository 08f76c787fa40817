import OneDNN

/// A kind of layer with its settings: all that the rest of the program asks about a layer.
///
/// A conforming type is a file in `Layers` and a line in ``Layer/kinds``, and nothing else: model files, plans, bounds
/// and captions ask here. A requirement with a default below is written only where the default is wrong.
protocol LayerKind: Equatable, Sendable {
  // MARK: Model files

  /// The word for it in architecture files and in tables.
  static var word: String { get }
  /// Keys of its settings in architecture files.
  static var keys: [SettingKey] { get }
  init(from settings: LayerSettings) throws
  /// Writes every setting, defaults included.
  func write(to settings: inout LayerSettingsWriter) throws

  // MARK: Shape and parameters

  /// Number of nodes it reads.
  var inputCount: Int { get }
  /// The shape of the result for one image.
  ///
  /// - Parameter inputs: Shapes of what it reads, `[channels, height, width]` or `[length]`; as many as ``inputCount``.
  /// - Throws: Why it cannot stand there.
  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int]
  /// Its parameters with PyTorch's names, order and shapes.
  ///
  /// - Parameters:
  ///   - node: Prefix of the names.
  ///   - input: A shape with which ``shape(of:)`` succeeds.
  func parameters(of node: String, input: [Int]) -> [Parameter]

  // MARK: What its values are

  /// Whether it can map features to classes: the features are the input of the last such layer.
  var isReadout: Bool { get }
  /// Whether outside of training its result has the very values that it reads, in the same order.
  var passesOnValues: Bool { get }
  /// Whether it is an activation: what it reads and what it gives are the two sides of one.
  var isActivation: Bool { get }
  /// Its function, if oneDNN can apply it to each value; nil for a layer that does something else.
  var activation: Elementwise? { get }
  /// Whether its values are what an activation behind it is meant for, as sums of products are.
  var entersActivation: Bool { get }
  /// Whether it may stand between a layer and the activation of that layer.
  var standsBeforeActivation: Bool { get }
  /// What its values are called in captions.
  var stage: FeatureStage { get }
  /// What it asks of weights in front of it when they are drawn.
  var weightsBefore: WeightsBefore { get }
  /// What besides parameters and the image decides its result in training; nil: nothing.
  var influence: TrainingInfluence? { get }

  // MARK: Bounds

  /// How large its values can become; see ``ValueBound``.
  ///
  /// - Parameters:
  ///   - inputs: Bounds of what it reads.
  ///   - parameters: Values of its parameters, in their order.
  /// - Returns: ∞ where there is no bound.
  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double
  /// See ``Layer/lipschitzBound(input:parameters:)``.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double?

  // MARK: Plans

  /// Emits the forward steps, and leaves to `plan.onGradient` what emits the backward steps.
  ///
  /// - Parameters:
  ///   - position: Of its node in the graph of the plan.
  ///   - sources: What it reads.
  /// - Returns: Where its result is.
  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  /// Whether it can apply an activation as it stores the result.
  func fuses(_ activation: Elementwise, in graph: Graph, at position: Int) -> Bool
  /// Whether an activation that alone reads its result may write over it: the result is memory of its own, and its
  /// gradient is not computed from it.
  var mayBeOverwritten: Bool { get }

  // MARK: Storage

  /// Whether it treats each value alike, wherever in an image it is.
  var isElementwise: Bool { get }
  /// Whether it reads maps as a vector in (channel, row, column) order.
  var readsMapsAsVector: Bool { get }
  /// Extents under which its result for one image is stored; see `Graph.storedExtents(of:)`.
  func storedExtents(in graph: Graph, at position: Int) -> [Int]
  /// Extents that oneDNN requires for a parameter; the order of its elements in a row-major array is the same.
  ///
  /// - Parameter input: Extents under which the first input is stored.
  func storedExtents(of parameter: Parameter, input: [Int]) -> [Int]
  /// Home layouts in training that are not row-major, by parameter index: those in which gradients are computed.
  func homeLayouts(_ graph: Graph, at position: Int, microBatch: Int, on device: Device) throws
    -> [Int: MemoryDescription]
}

extension LayerKind {
  var inputCount: Int { 1 }
  func parameters(of node: String, input: [Int]) -> [Parameter] { [] }

  var isReadout: Bool { false }
  var passesOnValues: Bool { false }
  var isActivation: Bool { activation != nil }
  var activation: Elementwise? { nil }
  var entersActivation: Bool { false }
  var standsBeforeActivation: Bool { passesOnValues }
  var stage: FeatureStage { passesOnValues ? .asRead : .raw }
  var weightsBefore: WeightsBefore { passesOnValues ? .asBehind : .any }
  var influence: TrainingInfluence? { nil }

  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { nil }

  func fuses(_ activation: Elementwise, in graph: Graph, at position: Int) -> Bool { false }
  var mayBeOverwritten: Bool { false }

  var isElementwise: Bool { false }
  var readsMapsAsVector: Bool { false }
  func storedExtents(in graph: Graph, at position: Int) -> [Int] {
    let node = graph.nodes[position]
    return isElementwise ? graph.storedExtents(of: node.inputs[0]) : node.shape
  }
  func storedExtents(of parameter: Parameter, input: [Int]) -> [Int] { parameter.shape }
  func homeLayouts(_ graph: Graph, at position: Int, microBatch: Int, on device: Device) throws
    -> [Int: MemoryDescription]
  { [:] }

  func equals(_ other: any LayerKind) -> Bool { other as? Self == self }
}

/// A kind without settings.
protocol SettingFreeLayer: LayerKind {
  init()
}

extension SettingFreeLayer {
  static var keys: [SettingKey] { [] }
  init(from settings: LayerSettings) { self.init() }
  func write(to settings: inout LayerSettingsWriter) {}
}

/// What a layer asks of weights in front of it when they are drawn; ``Network/init(initializing:seed:)``.
enum WeightsBefore {
  /// Nothing: Glorot's variance.
  case any
  /// The variance that preserves the mean square of what passes through.
  ///
  /// - Parameters:
  ///   - meanSquare: Mean square of the layer's result for standard normal input.
  ///   - onlyDirectly: Not past other layers, nor if others read the weights' result.
  case scaled(meanSquare: Double, onlyDirectly: Bool)
  /// What the layer behind it asks.
  case asBehind
}

/// What besides parameters and the image decides a layer's result in training. The words name it in errors.
enum TrainingInfluence {
  case draws(words: String)
  case otherImages(words: String)

  var words: String {
    switch self {
    case .draws(let words), .otherImages(let words): words
    }
  }
}
