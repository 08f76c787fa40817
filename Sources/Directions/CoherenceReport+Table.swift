extension CoherenceReport {
  /// One number of a row or of a basis, with its column name.
  public struct Metric: Equatable, Sendable {
    public let name: String
    /// `nil` if undefined.
    public let value: Double?
  }

  /// The mean of each metric over the chosen rows, if all of them have it: a mean over only those that do would be
  /// biased by selection.
  ///
  /// - Parameter include: Dead and constant directions have numbers too, which are not representative of the others.
  public func means(where include: (Row) -> Bool = \.isAlive) -> [Metric] {
    let chosen = rows.filter(include).map(\.metrics)
    return rows[0].metrics.indices.map { column in
      let values = chosen.compactMap { $0[column].value }
      return Metric(
        name: rows[0].metrics[column].name,
        value: values.isEmpty || values.count < chosen.count
          ? nil : values.reduce(0, +) / Double(values.count))
    }
  }

  /// Header of a table with one line per direction.
  public var tableColumns: [String] {
    ["id"] + rows[0].metrics.map(\.name) + ["top_class", "auc_class", "nearest", "duplicates", "remarks"]
  }

  /// A direction in the order of ``tableColumns``; `nil` for undefined values.
  public struct TableRow: Equatable, Sendable {
    public let id: String
    public let metrics: [Double?]
    public let classes: [Int?]
    /// The nearest direction, duplicates, and why values are undefined.
    public let texts: [String]
  }

  public var tableRows: [TableRow] {
    rows.map { row in
      let reasons =
        [row.selectivityIndex.reason.map { "class selectivity index: \($0)" }]
        + row.choices.map { choice in choice.reason.map { "\(choice.columnName): \($0)" } }
      return TableRow(
        id: row.id, metrics: row.metrics.map(\.value),
        classes: [row.agreement.topClass, row.selectivity.topClass],
        texts: [
          row.redundancy.nearestID ?? "", row.redundancy.duplicateIDs.joined(separator: " "),
          reasons.compactMap { $0 }.joined(separator: "; "),
        ])
    }
  }

  /// Metrics of the basis as a whole.
  public var basisMetrics: [Metric] {
    let numbers: [(String, Double?)] = [
      ("directions", Double(rows.count)),
      ("dead", Double(rows.count { $0.statistics.isDead })),
      ("constant", Double(rows.count { $0.statistics.isConstant })),
      ("always_on", Double(rows.count { $0.statistics.isAlwaysOn })),
      ("duplicate", Double(rows.count { !$0.redundancy.duplicateIDs.isEmpty })),
      ("mean_jaccard", overlap.meanJaccard), ("chance_jaccard", overlap.chanceJaccard),
      ("unique_share", overlap.uniqueShare), ("chance_unique_share", overlap.chanceUniqueShare),
      ("max_hits", Double(overlap.maxHits)), ("half_correlation", stability.correlation),
      ("chance_purity", chancePurity.value), ("chance_entropy_bits", chanceEntropy.bits),
      ("chance_entropy_corrected_bits", chanceEntropy.correctedBits),
    ]
    return numbers.map { Metric(name: $0.0, value: $0.1) }
      + encoders.map { Metric(name: "\($0.name)_chance_coherence", value: $0.chanceCoherence) }
  }
}

extension CoherenceReport.Row {
  /// All metrics of the row, in table order; flags are 0 or 1.
  public var metrics: [CoherenceReport.Metric] {
    var numbers: [(String, Double?)] = [
      ("kappa", agreement.kappa), ("purity", agreement.purity), ("adjusted_purity", adjustedPurity),
      ("entropy_bits", entropy.bits), ("entropy_corrected_bits", entropy.correctedBits),
      ("perplexity", entropy.perplexity), ("auc_max", selectivity.aucMax),
      ("d_prime", selectivity.dPrime),
      ("class_selectivity_index", selectivityIndex.index), ("ccmas", selectivityIndex.ccmas),
    ]
    for encoder in encoderCoherences {
      numbers.append(("\(encoder.encoder)_coherence", encoder.coherence))
      numbers.append(("\(encoder.encoder)_residual", encoder.residual))
    }
    for choice in choices {
      numbers.append(("\(choice.columnName)_hard", choice.hardScore))
      numbers.append(("\(choice.columnName)_soft", choice.softScore))
    }
    numbers += [
      ("mean", statistics.mean), ("standard_deviation", statistics.standardDeviation),
      ("skewness", statistics.skewness), ("excess_kurtosis", statistics.excessKurtosis),
      ("hoyer_sparsity", statistics.hoyerSparsity), ("minimum", Double(statistics.minimum)),
      ("maximum", Double(statistics.maximum)),
    ]
    for (probability, quantile) in zip(ActivationStatistics.probabilities, statistics.quantiles) {
      numbers.append(("quantile_\(probability)", quantile))
    }
    numbers += [
      ("positive_share", statistics.positive.value), ("zero_share", statistics.zero.value),
      ("tail_gap", statistics.tailGap), ("top_threshold", Double(statistics.topThreshold)),
      ("ties_at_last_rank", Double(statistics.tiesAtLastRank)),
      ("is_dead", statistics.isDead ? 1 : 0), ("is_constant", statistics.isConstant ? 1 : 0),
      ("is_always_on", statistics.isAlwaysOn ? 1 : 0), ("nearest_cosine", redundancy.nearestCosine),
    ]
    return numbers.map { CoherenceReport.Metric(name: $0.0, value: $0.1) }
  }
}

extension TwoAlternativeChoice {
  /// For example `pixels_choice_vsRandom`.
  var columnName: String { "\(encoder)_choice_\(variant.rawValue)" }
}
