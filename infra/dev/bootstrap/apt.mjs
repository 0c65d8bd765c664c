import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

/**
 * An apt-get whose lists, cache and settings lie in a folder: nothing of the machine's own package state is written.
 * @param {string} scratch
 * @param {{ settings?: string[], cwd?: string }} options `settings`: more lines of its configuration
 * @returns {(...args: string[]) => Promise<string>}
 */
export function aptIn(scratch, { settings = [], cwd = scratch } = {}) {
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(scratch, folder), { recursive: true })
  const file = join(scratch, 'apt.conf')
  writeFileSync(
    file,
    [
      // Hooks of the machine's own configuration refresh desktop caches; they have no business here.
      ...['#clear APT::Update::Post-Invoke;', '#clear APT::Update::Post-Invoke-Success;'],
      ...settings,
      `Dir::State::Lists "${scratch}/lists";`,
      `Dir::Cache "${scratch}/cache";`,
      'APT::Sandbox::User "root";', // the download user cannot enter a private checkout
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      '',
    ].join('\n'),
  )
  return (...args) => run('apt-get', ['-c', file, '-q', ...args], { cwd })
}
