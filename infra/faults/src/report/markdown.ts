// `docs/fault-report.md`: what was broken, how often, and what came of it.
import type { Row } from './summary.ts'

export type ReportHead = { at: string; machine: string; command: string; minutes: number }

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

export function markdownOf(head: ReportHead, rows: readonly Row[]): string {
  const failed = rows.filter(({ verdict }) => verdict === 'failed').length
  const line = (row: Row): string => {
    const { takeover } = row
    const times = takeover ? [takeover.p50, takeover.p95, takeover.max].map(seconds) : ['–', '–', '–']
    const counts = [row.seeds.length, row.messages, row.lost, row.doubled, row.undecryptable, row.epochs]
    return `| ${[row.scenario, row.leg, ...counts, ...times, row.verdict].join(' | ')} |`
  }
  return `# Fault report

Written by \`make faults\` ([how to read it](../infra/faults/README.md)). ${head.at.slice(0, 10)}, ${head.machine}, \`${head.command}\`, ${head.minutes} minutes.
${failed === 0 ? 'No promise was broken.' : `**${failed} of ${rows.length} rows broke a promise.**`}

Legs: *short* is one nats-server and a lease of 4 s, *real* is three nats-servers with three replicas and the lease of 20 s. Takeovers in
seconds, from the fault until the session is connected again.

| Scenario | Leg | Seeds | Messages | Lost | Doubled | Undecryptable | Epochs | p50 | p95 | max | Verdict |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |
${rows.map(line).join('\n')}

## What each one did

${rows.map(detailsOf).join('\n')}
`
}

function detailsOf({ scenario, leg, title, seeds, remarks }: Row): string {
  const range = seeds.length > 1 ? `seeds ${seeds[0]}–${seeds.at(-1)}` : `seed ${seeds[0]}`
  return [`- **${scenario}**, ${leg}, ${range}: ${title}`, ...remarks.map((remark) => `  - ${remark}`)].join('\n')
}
