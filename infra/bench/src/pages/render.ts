// The results of `make bench-pages` as text for a terminal.
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { type Column, figure, tableLines } from '../report/table.ts'
import type { PagesConfig } from './config.ts'
import type { Load } from './load.ts'
import type { Scrolled } from './scroll.ts'

export type PagesResults = {
  at: string
  machine: { cores: number; cpu: string; node: string; browser: string }
  config: PagesConfig
  elapsedMs: number
  foreignCores: number
  loads: Record<string, readonly Load[]>
  scrolled: readonly Record<'chats' | 'messages', Scrolled>[]
}

const left = (title: string): Column => ({ title, align: 'left' })
const right = (title: string): Column => ({ title, align: 'right' })
const section = (title: string, lines: string[]): string => [title, ...lines].join('\n')

const maxScriptKb = 150
const maxPaintMs = 1_500
const maxFrameMs = 50

export function renderPages({ at, machine, config, elapsedMs, foreignCores, loads, scrolled }: PagesResults): string {
  const noise = foreignCores > 0.1 ? `; other programs used ${figure(foreignCores)} cores` : ''
  const pages = Object.entries(loads)
  const of = (page: readonly Load[], name: keyof Load): Distribution => distributionOf(page.map((load) => load[name]))
  const kb = (page: readonly Load[], name: 'scriptBytes' | 'allBytes') => of(page, name).max / 1_000
  const worst = (value: (page: readonly Load[]) => number) => Math.max(...pages.map(([, page]) => value(page)))
  const frames = (list: 'chats' | 'messages') => distributionOf(scrolled.flatMap((run) => run[list].framesMs))
  const far = (list: 'chats' | 'messages') => distributionOf(scrolled.map((run) => run[list].pixels)).p50
  const aim = (text: string, is: number, limit: number, unit: string): string =>
    `  ${is < limit ? 'met   ' : 'missed'}  ${text} < ${limit} ${unit}: ${figure(is)} ${unit}`
  return [
    [
      `Wagate pages, ${at.slice(0, 16).replace('T', ' ')}, ${figure(elapsedMs / 1_000)} s`,
      `  ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, Chromium ${machine.browser}${noise}`,
      `  each page ${config.runs} times, by a browser that has kept nothing of it`,
    ].join('\n'),
    section(
      'Over the wire, kB, and from asking for it, ms',
      tableLines(
        [left(''), ...['scripts', 'all', 'first byte', 'painted', 'p95', 'usable', 'p95'].map(right)],
        pages.map(([name, page]) => [
          name,
          ...[kb(page, 'scriptBytes'), kb(page, 'allBytes'), of(page, 'firstByteMs').p50].map(figure),
          ...[of(page, 'paintMs'), of(page, 'usableMs')].flatMap(({ p50, p95 }) => [figure(p50), figure(p95)]),
        ]),
      ),
    ),
    section(
      `From frame to frame while scrolling, ${config.messages} messages in ${config.chats} chats, ms`,
      tableLines(
        [left(''), ...['p50', 'p95', 'p99', 'max', 'frames', 'pixels a run'].map(right)],
        (['chats', 'messages'] as const).map((list) => {
          const { p50, p95, p99, max, count } = frames(list)
          return [list, ...[p50, p95, p99, max].map(figure), String(count), figure(far(list))]
        }),
      ),
    ),
    section('Aims, of the worst page', [
      aim(
        'compressed scripts',
        worst((page) => kb(page, 'scriptBytes')),
        maxScriptKb,
        'kB',
      ),
      aim(
        'largest contentful paint, p95',
        worst((page) => of(page, 'paintMs').p95),
        maxPaintMs,
        'ms',
      ),
      aim('frame while scrolling, p95', Math.max(frames('chats').p95, frames('messages').p95), maxFrameMs, 'ms'),
    ]),
  ].join('\n\n')
}
