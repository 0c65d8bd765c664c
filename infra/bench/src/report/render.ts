// The results as text for a terminal.
import type { CpuUse } from '../measure/cpu.ts'
import type { Distribution } from '../measure/percentiles.ts'
import { servers, services } from '../pipeline/world.ts'
import { type Aim, aimsOf } from './aims.ts'
import {
  bytesPerMessage,
  perMessage,
  type Results,
  serversOf,
  servicesOf,
  workerOf,
  writesPerMessage,
} from './results.ts'
import { bytes, type Column, figure, tableLines } from './table.ts'

const left = (title: string): Column => ({ title, align: 'left' })
const right = (title: string): Column => ({ title, align: 'right' })

export function renderResults(results: Results): string {
  return [
    heading(results),
    section('Latency, ms', latencyLines(results)),
    section('Throughput, messages/s', throughputLines(results)),
    section('CPU, ms per message', cpuLines(results)),
    section('Broker, per message', brokerLines(results)),
    section(`Idle, ${results.idle.sessions} linked sessions`, idleLines(results)),
    section('The network and the phones, whole run', networkLines(results)),
    section('Aims', aimLines(aimsOf(results))),
  ].join('\n\n')
}

const section = (title: string, lines: string[]): string => [title, ...lines].join('\n')

function heading({ at, machine, config, elapsedMs, foreignCores }: Results): string {
  const noise = foreignCores > 0.1 ? `\n  Noisy: other programs used ${figure(foreignCores)} cores meanwhile.` : ''
  return [
    `Wagate bench, ${at.slice(0, 16).replace('T', ' ')}, ${Math.round(elapsedMs / 1_000)} s`,
    `  ${machine.cores} cores of ${machine.cpu}, ${bytes(machine.memoryBytes)}, Node ${machine.node}`,
    `  ${config.sessions} sessions to ${config.contacts} contacts, ${config.messages} messages${noise}`,
  ].join('\n')
}

function latencyLines({ accepting, endToEnd, inbound }: Results): string[] {
  const row = (name: string, { p50, p95, p99, max, count }: Distribution, cpu?: CpuUse): string[] => [
    name,
    ...[p50, p95, p99, max].map(figure),
    String(count),
    cpu ? figure(cpu.foreignCores) : '',
  ]
  return tableLines(
    [left(''), right('p50'), right('p95'), right('p99'), right('max'), right('samples'), right('others')],
    [
      row('accept, 200/s, outboxes paused', accepting.paused.latency, accepting.paused.cpu),
      row('accept, 50/s while they drain', accepting.draining.latency, accepting.draining.cpu),
      row(`accept, ${endToEnd.perSecond}/s, all at rest`, endToEnd.accepted),
      row('  POST to shown on the phone', endToEnd.shown),
      row('  POST to message.sent', endToEnd.sent),
      row('  POST to message.delivered', endToEnd.delivered),
      row('a person sends to message.received', inbound.received),
    ],
  )
}

function throughputLines({ bare, drain, inbound, accepting }: Results): string[] {
  return tableLines(
    [left(''), right('per s'), left('')],
    [
      ['bare Baileys, sent', figure(bare.sentPerSecond), 'one process'],
      [
        'pipeline, sent',
        figure(drain.sentPerSecond),
        `${figure(drain.sentPerSecond / bare.sentPerSecond)} × bare, while events are stored and viewed`,
      ],
      ['pipeline, accepted', figure(drain.acceptedPerSecond), 'as fast as the gateway can, outboxes paused'],
      ['pipeline, received', figure(inbound.burst.perSecond), 'until in every view'],
      ['requests refused', String(accepting.paused.refused + accepting.draining.refused), 'of the latency runs'],
    ],
  )
}

function cpuLines({ bare, drain, inbound }: Results): string[] {
  const out = perMessage(drain.cpu, drain.messages)
  const fill = perMessage(drain.filling, drain.messages)
  const flow = perMessage(drain.draining, drain.messages)
  const into = perMessage(inbound.burst.cpu, inbound.burst.messages)
  const row = (name: string, value: (parts: Record<string, number>) => number): string[] => [
    name,
    figure(value(out)),
    `${figure(value(out) / bare.cpuMsPerMessage)} ×`,
    figure(value(fill)),
    figure(value(flow)),
    figure(value(into)),
    `${figure(value(into) / bare.inbound.cpuMsPerMessage)} ×`,
  ]
  const part = (name: string): string[] => row(`  ${name}`, (parts) => parts[name] ?? 0)
  return tableLines(
    [
      left(''),
      right('outbound'),
      right('to bare'),
      right('filling'),
      right('draining'),
      right('inbound'),
      right('to bare'),
    ],
    [
      ['bare Baileys', figure(bare.cpuMsPerMessage), '1 ×', '', '', figure(bare.inbound.cpuMsPerMessage), '1 ×'],
      row('worker', workerOf),
      ...services.map(part),
      row('all services', servicesOf),
      ...servers.map(part),
      row('services and servers', (parts) => servicesOf(parts) + serversOf(parts)),
      row('not counted: sandbox', (parts) => parts.sandbox ?? 0),
      row('not counted: load, bench', (parts) => (parts.load ?? 0) + (parts.bench ?? 0)),
    ],
  )
}

function brokerLines({ endToEnd, drain, inbound }: Results): string[] {
  const uses = [
    { use: endToEnd.broker, messages: endToEnd.messages },
    { use: drain.broker, messages: drain.messages },
    { use: inbound.broker, messages: inbound.messages },
  ]
  const names = [...new Set(uses.flatMap(({ use }) => Object.keys(use.writes)))].sort()
  return tableLines(
    [left('writes'), right('outbound alone'), right('outbound drained'), right('inbound alone')],
    [
      ...names.map((name) => [name, ...uses.map(({ use, messages }) => figure((use.writes[name] ?? 0) / messages))]),
      ['all', ...uses.map(({ use, messages }) => figure(writesPerMessage(use, messages)))],
      ['bytes', ...uses.map(({ use, messages }) => bytes(bytesPerMessage(use, messages)))],
      ['bytes to storage', '', bytes(drain.storageBytes / drain.messages), ''],
    ],
  )
}

function idleLines({ idle }: Results): string[] {
  const cores = (use: CpuUse, parts: readonly string[]): string =>
    `${figure((100 * parts.reduce((sum, name) => sum + (use.byPart[name] ?? 0), 0)) / use.elapsedMs)} % of a core`
  return tableLines(
    [left(''), right('')],
    [
      ['memory per session', bytes(idle.bytesPerSession)],
      ['engines without sessions', bytes(idle.emptyBytes)],
      ['engines with them', bytes(idle.bytes)],
      ['all back after a restart of the worker', `${figure(idle.backAfterMs / 1_000)} s`],
      ['CPU of the engines', cores(idle.cpu, ['engines'])],
      ['CPU of all services', cores(idle.cpu, services)],
      ['CPU of NATS and PostgreSQL', cores(idle.cpu, servers)],
      ['broker writes', `${figure(idle.brokerWritesPerSecond)} per s`],
    ],
  )
}

function networkLines({ network }: Results): string[] {
  const { messages_received, shown, duplicates_received, resends_received, undecryptable } = network
  return [
    `  ${messages_received} messages taken, ${shown} shown (own copies included),`,
    `  ${duplicates_received} sent twice, ${resends_received} asked for again, ${undecryptable} undecryptable`,
  ]
}

const aimLines = (aims: Aim[]): string[] =>
  tableLines(
    [left(''), right('measured'), right('aim'), left('')],
    aims.map(({ name, measured, wanted, met }) => [name, measured, wanted, met ? 'met' : 'missed']),
  )
