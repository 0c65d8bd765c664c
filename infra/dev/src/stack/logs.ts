import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { components } from './components.ts'
import { readableLine } from './log-line.ts'
import { logFile } from './start.ts'

/** Follows the log files of the named components, each line led by its component. Returns how to stop. */
export function followLogs(dir: string, only: string[] | undefined, write: (line: string) => void): () => void {
  const names = only ?? components.map(({ name }) => name)
  const width = Math.max(...names.map((name) => name.length))
  const tails = names
    .filter((name) => existsSync(logFile(dir, name)))
    .map((name) => {
      const tail = spawn('tail', ['-n', '30', '-F', logFile(dir, name)], { stdio: ['ignore', 'pipe', 'ignore'] })
      createInterface({ input: tail.stdout }).on('line', (line) =>
        write(`${name.padEnd(width)} │ ${readableLine(line)}\n`),
      )
      return tail
    })
  return () => {
    for (const tail of tails) tail.kill()
  }
}
