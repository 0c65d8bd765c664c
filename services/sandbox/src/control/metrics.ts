import type { StatsSnapshot } from '../stats.ts'

/** A few gauges and every counter, in Prometheus' text format. */
export function renderMetrics(gauges: Record<string, number>, { duplicate_ids, ...counters }: StatsSnapshot): string {
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  const values = {
    ...gauges,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    resident_memory_bytes: memory.rss,
    heap_used_bytes: memory.heapUsed,
    remembered_duplicate_ids: duplicate_ids.length,
  }
  const lines = [
    ...Object.entries(values).flatMap(([name, value]) => [`# TYPE sandbox_${name} gauge`, `sandbox_${name} ${value}`]),
    ...Object.entries(counters).flatMap(([name, value]) => [
      `# TYPE sandbox_${name}_total counter`,
      `sandbox_${name}_total ${value}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}
