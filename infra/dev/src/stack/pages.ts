// The pages of the dashboard, built when their sources have changed since.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { at } from '../paths.ts'
import { runProgram } from '../servers/process.ts'

/** All that the pages are made of. */
const sources = [
  'ui/src/**/*',
  'ui/static/**/*',
  'ui/*.{ts,json}',
  'schemas/{api,messages}/src/**/*.ts',
  'pnpm-lock.yaml',
]

export async function buildPages(logFile: string): Promise<void> {
  const stamp = at('ui/build/.sources')
  const wanted = hashOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await runProgram({
    name: 'pages',
    command: process.execPath,
    args: [at('ui/node_modules/vite/bin/vite.js'), 'build'],
    cwd: at('ui'),
    env: {},
    logFile,
  })
  // Last, so that a build that broke off is done again.
  writeFileSync(stamp, wanted)
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = globSync(sources, { cwd: at('.'), withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => `${entry.parentPath}/${entry.name}`).toSorted()
  for (const path of paths) hash.update(path).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}
