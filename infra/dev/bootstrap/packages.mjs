import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'

const wanted = ['node@24', 'pnpm@12']

/**
 * Node and pnpm, through npm. A stamp is written last, so an interrupted install is done again.
 * @param {string} root
 * @param {import('./progress.mjs').Report} report
 */
export async function ensureToolchain(root, report) {
  const stamp = join(root, '.tools/toolchain.stamp')
  if (read(stamp) === wanted.join(' ')) return
  await report(async () => {
    const home = join(root, '.tools')
    const modules = join(home, 'node_modules')
    const interrupted = existsSync(modules)
    mkdirSync(home, { recursive: true })
    // Run inside .tools, with a manifest to find there: `--prefix` would also move npm's global configuration, and with
    // it the proxy or certificates that the machine has set up.
    if (!existsSync(join(home, 'package.json'))) writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
    const install = () =>
      run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], { cwd: home })
    await install().catch(async (error) => {
      if (!interrupted) throw error
      // Half a tree from an interrupted run can make npm stumble: once more from nothing.
      rmSync(modules, { recursive: true, force: true })
      await install()
    })
    const [node, pnpm] = await Promise.all(
      ['node', 'pnpm'].map((name) => run(tool(root, name), ['--version'], { env: env(root) })),
    )
    writeFileSync(stamp, wanted.join(' '))
    return `node ${node.replace('v', '')}, pnpm ${pnpm}`
  })
}

/**
 * The workspace's packages, exactly as the lockfile says.
 * @param {string} root
 * @param {import('./progress.mjs').Report} report
 */
export async function ensurePackages(root, report) {
  const stamp = join(root, 'node_modules/.wagate-packages')
  const fingerprint = fingerprintOfManifests(root)
  if (read(stamp) === fingerprint) return
  await report(async () => {
    await run(tool(root, 'pnpm'), ['install', '--frozen-lockfile'], { cwd: root, env: env(root) })
    // Writes the types and the tsconfig that SvelteKit makes up; without them not even a test of the dashboard can be read.
    await run(join(root, 'ui/node_modules/.bin/svelte-kit'), ['sync'], { cwd: join(root, 'ui'), env: env(root) })
    writeFileSync(stamp, fingerprint)
    return 'workspace packages'
  })
}

const tool = (root, name) => join(root, '.tools/node_modules/.bin', name)

// pnpm is a script that asks the PATH for its node. CI keeps it from asking questions.
const env = (root) => ({
  ...process.env,
  CI: 'true',
  PATH: [join(root, '.tools/node_modules/.bin'), process.env.PATH].join(delimiter),
})

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

function fingerprintOfManifests(root) {
  const members = ['schemas', 'services', 'infra'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  )
  const files = [
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'docs/examples/package.json',
    'ui/package.json',
    ...members.sort(),
  ]
  const hash = createHash('sha256')
  for (const file of files) hash.update(read(join(root, file)) ?? '')
  return hash.digest('hex')
}
