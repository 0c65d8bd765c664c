// One prom-client registry per process, served at /metrics.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>
  gauge<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>
  /** Buckets in seconds; the default spans 1 ms to 30 s. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
    buckets?: number[],
  ): Histogram<Label>
  contentType: string
  /** The exposition text. */
  text(): Promise<string>
}

const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Names get the prefix `wagate_`. `processMetrics: false` leaves out those of Node, which start a timer. */
export function createMetrics(options: { service: string; processMetrics?: boolean }): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service: options.service })
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry })
  const named = <Label extends string>(name: string, help: string, labels: readonly Label[]) => ({
    name: `wagate_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
  return {
    counter: (name, help, labels = []) => new Counter(named(name, help, labels)),
    gauge: (name, help, labels = []) => new Gauge(named(name, help, labels)),
    histogram: (name, help, labels = [], buckets = durations) =>
      new Histogram({ ...named(name, help, labels), buckets }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
