// What the demo prints: one line per step, `ms  where  what  detail`, in columns that fit a terminal of 80.
import { columnsOf, oneLine, padEnd, wrap } from './text.ts'

export type Line = {
  /** Since the first step. */
  ms: number
  /** Which part of the world: api, mail, event, webhook, or a phone's owner. */
  where: string
  what: string
  detail?: string
}

export type Screen = ReturnType<typeof createScreen>

const indent = '  '
const msColumns = 7
const whereColumns = 8
const whatColumns = 24

export type Style = 'dim' | 'bold' | 'good' | 'bad'
const codes: Record<Style, number> = { dim: 2, bold: 1, good: 32, bad: 31 }

/** `columns`: of the terminal; lines are cut to them, but for lines that are meant to be copied. */
export function createScreen(options: {
  write: (text: string) => unknown
  columns: number
  colour: boolean
  /** A terminal, where a line that is waited for can be shown and replaced. */
  live: boolean
}) {
  const { write, live } = options
  const columns = Math.max(60, Math.min(options.columns, 120))
  const paint = (text: string, ...styles: Style[]): string =>
    options.colour && text !== '' ? `\u001B[${styles.map((style) => codes[style]).join(';')}m${text}\u001B[0m` : text
  const detailColumns = columns - indent.length - msColumns - whereColumns - whatColumns - 6
  let waiting = false

  function put(line: string): void {
    if (waiting) write('\r\u001B[2K')
    waiting = false
    write(`${line.trimEnd()}\n`)
  }

  const row = (ms: string, where: string, what: string, detail: string): string =>
    `${indent}${ms.padStart(msColumns)}  ${padEnd(where, whereColumns)}  ${padEnd(what, whatColumns)}  ${detail}`.trimEnd()

  return {
    columns,
    /** Room for the last column. */
    detailColumns,
    paint,
    say: (text = '') => put(text === '' ? '' : `${indent}${text}`),
    head: () => put(paint(row('ms', 'where', 'what', ''), 'dim')),
    /** Shows what is waited for, until the next line replaces it. Only on a terminal. */
    wait(where: string, what: string) {
      if (!live) return
      if (waiting) write('\r\u001B[2K')
      write(paint(row('…', where, what, ''), 'dim'))
      waiting = true
    },
    line({ ms, where, what, detail = '' }: Line) {
      const cells = [
        paint(Math.round(ms).toLocaleString('en-GB').padStart(msColumns), 'dim'),
        padEnd(where, whereColumns),
        padEnd(what, whatColumns),
        paint(oneLine(detail, detailColumns), 'dim'),
      ]
      put(`${indent}${cells.join('  ')}`)
    },
    /** A name and what belongs to it, under each other. */
    entry(name: string, text: string) {
      const [first = '', ...rest] = wrap(text, columns - indent.length - whereColumns - 2)
      put(`${indent}${paint(padEnd(name, whereColumns), 'dim')}  ${first}`)
      for (const line of rest) put(`${indent}${' '.repeat(whereColumns)}  ${line}`)
    },
    /** A block of lines of its own, such as a picture. */
    block(lines: readonly string[]) {
      put('')
      for (const line of lines) put(`${indent}${line}`)
      put('')
    },
    fits: (line: string): boolean => columnsOf(line) + indent.length <= columns,
  }
}
