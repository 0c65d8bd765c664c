// What the figures should be, and whether they are. A missed aim is a finding, never a failed run.
import type { Results } from './results.ts'
import { perMessage, serversOf, servicesOf, workerOf, writesPerMessage } from './results.ts'
import { figure } from './table.ts'

export type Aim = { name: string; measured: string; wanted: string; met: boolean }

type Rule = { name: string; value: (results: Results) => number; limit: number; unit: string }

const rules: readonly Rule[] = [
  {
    name: 'accept p95, 200/s, outboxes paused',
    value: ({ accepting }) => accepting.paused.latency.p95,
    limit: 25,
    unit: ' ms',
  },
  {
    name: 'accept p95, 50/s while they drain',
    value: ({ accepting }) => accepting.draining.latency.p95,
    limit: 25,
    unit: ' ms',
  },
  {
    name: 'CPU of the worker, to bare Baileys',
    value: (results) => workerOf(outbound(results)) / results.bare.cpuMsPerMessage,
    limit: 1.5,
    unit: ' ×',
  },
  {
    name: 'CPU of all services, NATS and PostgreSQL',
    value: (results) => (servicesOf(outbound(results)) + serversOf(outbound(results))) / results.bare.cpuMsPerMessage,
    limit: 4,
    unit: ' ×',
  },
  {
    name: 'broker writes, outbound message',
    value: ({ endToEnd }) => writesPerMessage(endToEnd.broker, endToEnd.messages),
    limit: 6,
    unit: '',
  },
  {
    name: 'broker writes, inbound message',
    value: ({ inbound }) => writesPerMessage(inbound.broker, inbound.messages),
    limit: 3,
    unit: '',
  },
]

const outbound = ({ drain }: Results): Record<string, number> => perMessage(drain.cpu, drain.messages)

export const aimsOf = (results: Results): Aim[] =>
  rules.map(({ name, value, limit, unit }) => {
    const measured = value(results)
    return { name, measured: `${figure(measured)}${unit}`, wanted: `≤ ${limit}${unit}`, met: measured <= limit }
  })
