import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { at } from '@wagate/dev/paths.ts'
import { baseEnv } from '@wagate/dev/servers/process.ts'
import { writeEnvFile } from '@wagate/dev/stack/env-file.ts'
import { expect, test } from 'vitest'
import { startStack } from './stack.ts'

const run = promisify(execFile)

/** The lines of the page's shell blocks that begin so, without their comments. */
const commandsOf = (page: string, ...beginnings: string[]): string[] =>
  [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => beginnings.some((beginning) => line.startsWith(beginning)))
    .map((line) => line.replace(/\s+#.*$/, ''))

test('the commands about tenants, keys, the audit log and migrations that operations.md shows run with stack.env', {
  timeout: 240_000, // a dozen processes, one after another
}, async () => {
  const page = await readFile(at('docs/operations.md'), 'utf8')
  const admin = 'node services/gateway/src/admin.ts '
  const commands = commandsOf(page, `${admin}tenant`, `${admin}key`, 'DATABASE_URL=')
  expect(commands.length).toBeGreaterThan(8)

  await using stack = await startStack({ only: ['projector'], partitions: 1 })
  const dir = await mkdtemp(join(tmpdir(), 'wagate-env-'))
  writeEnvFile(dir, stack.wiring)
  const env = { ...baseEnv(), ...parseEnv(await readFile(join(dir, 'stack.env'), 'utf8')) }
  await rm(dir, { recursive: true })
  const shell = (command: string) => run('sh', ['-c', command], { cwd: at('.'), env })

  const made = await shell(`${admin}tenant create --name Ada --mode test`)
  const { tenant_id: tenantId, key_id: keyId } = JSON.parse(made.stdout)
  for (const command of commands) {
    const meant = command.replaceAll('ten_…', tenantId).replaceAll('<key id>', keyId)
    expect(meant, 'a placeholder that this test does not know').not.toMatch(/…|<|>/)
    await shell(meant) // rejects with what the command said, when it fails
  }
  const { stdout } = await shell(`${admin}tenant show --tenant ${tenantId}`)
  expect(JSON.parse(stdout)).toMatchObject({ tenant_id: tenantId, plan: 'pro' })
})
