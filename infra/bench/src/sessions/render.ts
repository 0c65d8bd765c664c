// The results of `make bench-sessions` as text for a terminal.
import type { Distribution } from '../measure/percentiles.ts'
import { bytes, type Column, figure, tableLines } from '../report/table.ts'
import type { Counters } from '../sandbox/control.ts'
import type { SessionsConfig } from './config.ts'
import type { IdleSessions } from './idle.ts'
import type { Steady } from './steady.ts'
import type { Takeover } from './takeover.ts'

export type SessionsResults = {
  at: string
  machine: { cores: number; cpu: string; node: string }
  config: SessionsConfig
  elapsedMs: number
  foreignCores: number
  seededMs: number
  /** From the start of the worker until every session was connected. */
  startMs: number
  idle: IdleSessions
  host: Takeover
  engine: Takeover
  steady: Steady
  network: Counters
}

const left = (title: string): Column => ({ title, align: 'left' })
const right = (title: string): Column => ({ title, align: 'right' })
const seconds = (ms: number): string => `${figure(ms / 1_000)} s`
const section = (title: string, lines: string[]): string => [title, ...lines].join('\n')

export function renderSessions(results: SessionsResults): string {
  return [
    heading(results),
    section('At rest', restLines(results)),
    section('Taken over', takeoverLines(results)),
    section('With traffic, ms', steadyLines(results.steady)),
    section('Aims', aimLines(results)),
  ].join('\n\n')
}

function heading({ at, machine, config, elapsedMs, foreignCores }: SessionsResults): string {
  const noise = foreignCores > 0.1 ? `; other programs included, ${figure(foreignCores)} cores were busy` : ''
  return [
    `Wagate sessions, ${at.slice(0, 16).replace('T', ' ')}, ${seconds(elapsedMs)}`,
    `  ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}${noise}`,
    `  ${config.sessions} sessions in one engine, each with ${config.contacts} contacts and ${config.messages} messages`,
  ].join('\n')
}

function restLines({ idle, startMs, seededMs }: SessionsResults): string[] {
  const { empty, full, cpu } = idle
  const memory = (name: string, of: 'rssBytes' | 'heapBytes' | 'externalBytes', each: number): string[] => [
    name,
    bytes(empty[of]),
    bytes(full[of]),
    bytes(each),
  ]
  const share = (part: string): string => `${figure((100 * (cpu.byPart[part] ?? 0)) / cpu.elapsedMs)} %`
  return [
    ...tableLines(
      [left('engine'), right('empty'), right('full'), right('per session')],
      [
        memory('resident', 'rssBytes', idle.rssPerSession),
        memory('JavaScript heap', 'heapBytes', idle.heapPerSession),
        memory('buffers outside of it', 'externalBytes', idle.externalPerSession),
      ],
    ),
    `  CPU of a core: engine ${share('engine')}, supervisor ${share('supervisor')}, broker ${share('nats')}, sandbox ${share('sandbox')}`,
    `  event loop p99 of each second: median ${figure(idle.eventLoop.p50)} ms, worst ${figure(idle.eventLoop.max)} ms`,
    `  seeded in ${seconds(seededMs)}; all connected ${seconds(startMs)} after the start of the worker`,
  ]
}

function takeoverLines({ host, engine }: SessionsResults): string[] {
  const row = (name: string, { ownedMs, firstMs, halfMs, allMs, eventLoop }: Takeover): string[] => [
    name,
    ...[ownedMs, firstMs, halfMs, allMs].map(seconds),
    figure(eventLoop.p50),
    figure(eventLoop.max),
  ]
  return tableLines(
    [
      left('after kill -9 of'),
      right('owned'),
      right('first'),
      right('half'),
      right('all'),
      right('loop ms'),
      right('worst'),
    ],
    [row('the host', host), row('the engine', engine)],
  )
}

function steadyLines({ sendPerSecond, receivePerSecond, sending, receiving, eventLoop }: Steady): string[] {
  const row = (name: string, { p50, p95, p99, max, count }: Distribution): string[] => [
    name,
    ...[p50, p95, p99, max].map(figure),
    String(count),
  ]
  return tableLines(
    [left(''), right('p50'), right('p95'), right('p99'), right('max'), right('samples')],
    [
      row(`command to message.sent, ${sendPerSecond}/s`, sending),
      row(`person to message.received, ${receivePerSecond}/s`, receiving),
      row('event loop, p99 of each second', eventLoop),
    ],
  )
}

const mebibyte = 1024 ** 2

function aimLines({ idle, host, steady, network }: SessionsResults): string[] {
  const cpuShare = (idle.cpu.byPart.engine ?? 0) / idle.cpu.elapsedMs
  const aim = (text: string, met: boolean, is: string): string => `  ${met ? 'met   ' : 'missed'}  ${text}: ${is}`
  return [
    aim('resident per session < 1.5 MiB', idle.rssPerSession < 1.5 * mebibyte, bytes(idle.rssPerSession)),
    aim('idle CPU < 10 % of a core', cpuShare < 0.1, `${figure(cpuShare * 100)} %`),
    aim('all taken over after a host loss < 30 s', host.allMs < 30_000, seconds(host.allMs)),
    aim('event loop p99 with traffic < 50 ms', steady.eventLoop.p99 < 50, `${figure(steady.eventLoop.p99)} ms`),
    aim('undecryptable = 0', network.undecryptable === 0, String(network.undecryptable)),
  ]
}
