// What people see of the stack: one line per component, aligned; colour only on a terminal.
export type LineState = 'ready' | 'running' | 'done' | 'stopped' | 'killed' | 'down' | 'failed' | 'not started'

export type Report = {
  line(name: string, state: LineState, details?: { ms?: number; text?: string }): void
  say(text: string): void
}

const colours: Record<LineState, number> = {
  ready: 32,
  running: 32,
  done: 32,
  stopped: 0,
  killed: 33,
  down: 2,
  failed: 31,
  'not started': 31,
}

/** Writes to a terminal or a file; `isTerminal` decides about colour. */
export function createReport(out: { write(text: string): unknown }, isTerminal: boolean): Report {
  const paint = (text: string, colour: number) =>
    isTerminal && colour !== 0 ? `\u001B[${colour}m${text}\u001B[0m` : text
  return {
    line(name, state, { ms, text = '' } = {}) {
      const time = ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`
      const columns = [name.padEnd(11), paint(state.padEnd(12), colours[state]), time.padStart(7), ` ${text}`]
      out.write(`  ${columns.join(' ').trimEnd()}\n`)
    },
    say(text) {
      out.write(`${text}\n`)
    },
  }
}

/** For callers that watch the stack themselves. */
export const silentReport: Report = { line: () => {}, say: () => {} }
