// The results of `make bench-access` as text for a terminal.
import type { Distribution } from '../measure/percentiles.ts'
import { bytes, type Column, figure, tableLines } from '../report/table.ts'
import type { CheckFigures } from './check.ts'
import type { AccessConfig } from './config.ts'
import type { HttpFigures } from './over-http.ts'
import type { RevocationFigures } from './revocation.ts'

export type AccessResults = {
  at: string
  machine: { cores: number; cpu: string; node: string }
  config: AccessConfig
  elapsedMs: number
  foreignCores: number
  /** Until all tenants and keys were in Postgres and the mirror. */
  filledMs: number
  check: CheckFigures
  http: HttpFigures
  revocation: RevocationFigures
}

const left = (title: string): Column => ({ title, align: 'left' })
const right = (title: string): Column => ({ title, align: 'right' })
const section = (title: string, lines: string[]): string => [title, ...lines].join('\n')

const distributionLines = (rows: readonly [string, Distribution][]): string[] =>
  tableLines(
    [left(''), ...['p50', 'p95', 'p99', 'max', 'count'].map(right)],
    rows.map(([name, { p50, p95, p99, max, count }]) => [name, ...[p50, p95, p99, max].map(figure), String(count)]),
  )

/** ms that the key adds to the median request. */
export const addedMs = ({ http }: Pick<AccessResults, 'http'>): number => http.withKey.p50 - http.without.p50

export function renderAccess(results: AccessResults): string {
  const { at, machine, config, elapsedMs, foreignCores, filledMs, check, http, revocation } = results
  const noise = foreignCores > 0.1 ? `; other programs included, ${figure(foreignCores)} cores were busy` : ''
  const aim = (text: string, met: boolean, is: string): string => `  ${met ? 'met   ' : 'missed'}  ${text}: ${is}`
  return [
    [
      `Wagate access, ${at.slice(0, 16).replace('T', ' ')}, ${figure(elapsedMs / 1_000)} s`,
      `  ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}${noise}`,
      `  ${check.tenants} tenants and ${check.keys} keys in the mirror, made in ${figure(filledMs / 1_000)} s; 3 gateways`,
    ].join('\n'),
    section(
      'The key check by itself, µs',
      distributionLines([
        ['one key, again and again', check.one],
        [`${config.keys} keys in turn`, check.all],
      ]),
    ),
    section('Over HTTP, one request at a time, ms', [
      ...distributionLines([
        ['without a key', http.without],
        ['with one of them', http.withKey],
      ]),
      `  the key adds ${figure(addedMs(results))} ms to the median, and ${figure(http.cpu.withKey - http.cpu.without)} ms to ${figure(http.cpu.without)} ms of CPU`,
    ]),
    section('Memory', [
      `  the mirrors take ${bytes(check.heapBytes)} of heap, ${bytes(check.heapBytes / (check.keys + check.tenants))} a record`,
    ]),
    section(
      'A revoked key, ms',
      distributionLines([
        ['DELETE → its answer', revocation.answer],
        ['answer → refused by the gateway that was asked', revocation.asked],
        ['answer → refused by another', revocation.others],
        ['answer → refused by all three', revocation.all],
      ]),
    ),
    section('Aims', [
      aim('the key check adds < 0.1 ms', addedMs(results) < 0.1, `${figure(addedMs(results))} ms`),
      aim('a revocation reaches all gateways in < 2 s', revocation.all.max < 2_000, `${figure(revocation.all.max)} ms`),
    ]),
  ].join('\n\n')
}
