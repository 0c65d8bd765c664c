/** A distribution in a few numbers, in the unit of its samples. */
export type Distribution = { count: number; p50: number; p95: number; p99: number; max: number; mean: number }

/** Exact: by nearest rank over all samples. An empty sample is all NaN. */
export function distributionOf(samples: Iterable<number>): Distribution {
  const sorted = Float64Array.from(samples).sort()
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  const sum = sorted.reduce((total, sample) => total + sample, 0)
  return {
    count: sorted.length,
    p50: rank(0.5),
    p95: rank(0.95),
    p99: rank(0.99),
    max: rank(1),
    mean: sum / sorted.length,
  }
}
