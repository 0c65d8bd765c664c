import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { components } from './components.ts'
import { logFile } from './start.ts'

/** Follows the log files of the named components, each line led by its component. Ends with the terminal's Ctrl-C. */
export function followLogs(dir: string, names: string[] = components.map(({ name }) => name)): void {
  const width = Math.max(...names.map((name) => name.length))
  for (const name of names) {
    const file = logFile(dir, name)
    if (!existsSync(file)) continue
    const tail = spawn('tail', ['-n', '30', '-F', file], { stdio: ['ignore', 'pipe', 'ignore'] })
    createInterface({ input: tail.stdout }).on('line', (line) => console.log(`${name.padEnd(width)} │ ${line}`))
  }
}
