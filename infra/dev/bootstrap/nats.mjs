import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptIn } from './apt.mjs'
import { run } from './run.mjs'

/**
 * A nats-server of at least 2.11: the one on PATH, else Debian's unpacked into .tools/bin, else the official archive.
 * @param {string} root
 * @param {import('./progress.mjs').Report} report
 */
export async function ensureNatsServer(root, report) {
  const target = join(root, '.tools/bin/nats-server')
  if (existsSync(target) || (await isRecentEnough('nats-server'))) return
  await report(async () => {
    mkdirSync(join(root, '.tools/bin'), { recursive: true })
    const reasons = []
    for (const [name, source] of sources) {
      const scratch = mkdtempSync(join(root, '.tools/nats-'))
      try {
        const binary = await source(scratch)
        chmodSync(binary, 0o755)
        if (!(await isRecentEnough(binary))) throw new Error('the program does not run here')
        renameSync(binary, target) // last, so an interrupted run leaves nothing that looks whole
        return (await run(target, ['--version'])).replace(': v', ' ')
      } catch (error) {
        reasons.push(`${name}: ${error instanceof Error ? error.message : error}`)
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    }
    throw new Error(whatToInstall(reasons))
  })
}

const whatToInstall = (
  reasons,
) => `Wagate needs nats-server 2.11 or newer and could not get it by itself. Install it and run make again:
  macOS            brew install nats-server
  Debian 14        apt install nats-server
  anywhere else    put the program from https://github.com/nats-io/nats-server/releases on the PATH or at .tools/bin/nats-server
What was tried:
${reasons.map((reason) => `  - ${reason.trim().replaceAll('\n', '\n    ')}`).join('\n')}`

/** @type {[string, (scratch: string) => Promise<string>][]} */
const sources = [
  ['Debian package', fromDebian],
  ['official archive', fromOfficialRelease],
]

async function isRecentEnough(command) {
  const text = await run(command, ['--version']).catch(() => '')
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(text) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 11)
}

/**
 * Debian's package of the suite that carries 2.15, unpacked without installing: no root, and nothing of the machine's
 * own package state is read or written but its mirror, proxy and keys.
 */
async function fromDebian(scratch) {
  const mirror = await debianMirror()
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  mkdirSync(join(scratch, 'unpacked'), { recursive: true })
  writeFileSync(
    join(scratch, 'forky.sources'),
    [
      ...['Types: deb', `URIs: ${mirror}`, 'Suites: forky', 'Components: main', 'Targets: Packages'],
      ...(existsSync(keyring) ? [`Signed-By: ${keyring}`] : []),
      '',
    ].join('\n'),
  )
  const apt = aptIn(scratch, {
    settings: [
      `Dir::Etc::SourceList "${scratch}/forky.sources";`,
      ...['SourceParts', 'Preferences', 'PreferencesParts'].map((name) => `Dir::Etc::${name} "/dev/null";`),
    ],
  })
  await apt('update', '--error-on=any')
  await apt('download', 'nats-server')
  await run('sh', ['-c', 'dpkg -x nats-server_*.deb unpacked'], { cwd: scratch })
  return join(scratch, 'unpacked/usr/sbin/nats-server')
}

/** The archive that this machine gets its own release from, as its apt configuration names it. */
async function debianMirror() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(release)?.[1]
  if (!/^ID=debian$/m.test(release) || !codename) throw new Error('this is not a Debian machine')
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(RELEASE) $(COMPONENT) $(REPO_URI)',
    'Created-By: Packages',
  ])
  const own = targets.split('\n').find((line) => new RegExp(`^(${codename}|stable|testing|unstable) main `).test(line))
  const uri = own?.split(' ')[2]
  if (!uri) throw new Error(`apt's configuration names no mirror for ${codename}`)
  return uri
}

const version = '2.15.0'
const release = `https://github.com/nats-io/nats-server/releases/download/v${version}`

// As the NATS project's own container recipes pin them. Elsewhere the release's SHA256SUMS is asked, which guards
// against a damaged download but not against a replaced release.
const pinned = {
  'linux-amd64': '5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92',
  'linux-arm64': 'cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112',
}

async function fromOfficialRelease(scratch) {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const name = `nats-server-v${version}-${platform}`
  const archive = await download(`${release}/${name}.tar.gz`)
  const actual = createHash('sha256').update(archive).digest('hex')
  const expected = pinned[platform] ?? (await publishedChecksum(`${name}.tar.gz`))
  if (actual !== expected) throw new Error(`${name}.tar.gz has checksum ${actual}, expected ${expected}`)
  writeFileSync(join(scratch, 'archive.tar.gz'), archive)
  await run('tar', ['-xzf', 'archive.tar.gz'], { cwd: scratch })
  return join(scratch, name, 'nats-server')
}

async function publishedChecksum(file) {
  const sums = (await download(`${release}/SHA256SUMS`)).toString('utf8')
  const line = sums.split('\n').find((entry) => entry.trim().split(/\s+\*?/)[1] === file)
  if (!line) throw new Error(`SHA256SUMS does not list ${file}`)
  return line.trim().split(/\s+/)[0]
}

async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((cause) => {
    throw new Error(`${url} cannot be reached (${cause.cause?.code ?? cause.message})`)
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}
