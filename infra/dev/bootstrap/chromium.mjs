import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptIn } from './apt.mjs'
import { run } from './run.mjs'

/** One font for Latin and one for Arabic: without them a page is boxes. */
const packages = ['chromium', 'fonts-dejavu-core', 'fonts-noto-ui-core']

/**
 * A Chromium that starts, as .tools/bin/chromium: the machine's own, else Debian's, installed by root or unpacked by anybody.
 * @param {string} root
 * @param {import('./progress.mjs').Report} report
 */
export async function ensureChromium(root, report) {
  const target = join(root, '.tools/bin/chromium')
  if (existsSync(target) && (await run(target, ['--version']).catch(() => undefined))) return
  await report(async () => {
    mkdirSync(join(root, '.tools/bin'), { recursive: true })
    rmSync(target, { force: true }) // on the PATH it would be found, and call itself
    const reasons = []
    for (const [name, source] of sources) {
      const wrapper = `${target}.${process.pid}`
      try {
        await writeStarting(wrapper, await source(root))
        renameSync(wrapper, target) // last, so an interrupted run leaves nothing that looks whole
        return (await run(target, ['--version'])).replace(/^(Chromium \S+).*/s, '$1')
      } catch (error) {
        reasons.push(`${name}: ${error instanceof Error ? error.message : error}`)
      } finally {
        rmSync(wrapper, { force: true })
      }
    }
    throw new Error(whatToInstall(reasons))
  })
}

const whatToInstall = (
  reasons,
) => `The dashboard is tested in Chromium, and Wagate could not get it by itself. Install it and run make again:
  Debian           apt install ${packages.join(' ')}
  macOS            brew install --cask chromium
  anywhere else    put chromium on the PATH, or say where it is: WAGATE_CHROMIUM=/path/to/chromium
Without a browser: make test ring=unit,int
What was tried:
${reasons.map((reason) => `  - ${reason.trim().replaceAll('\n', '\n    ')}`).join('\n')}`

/** Each resolves with the script that starts its Chromium. @type {[string, (root: string) => Promise<string>][]} */
const sources = [
  ['WAGATE_CHROMIUM', async () => scriptFor(process.env.WAGATE_CHROMIUM || missing('it is not set'))],
  ['chromium on the PATH', async () => scriptFor(await run('sh', ['-c', 'command -v chromium']))],
  ["Debian's packages, installed", installed],
  ["Debian's packages, unpacked", unpacked],
]

const missing = (reason) => {
  throw new Error(reason)
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`
const scriptFor = (program, settings = '') => `#!/bin/sh\n${settings}exec ${quoted(program)} "$@"\n`

/** Writes the script, and resolves once its Chromium has shown a page. */
async function writeStarting(wrapper, script) {
  writeFileSync(wrapper, script, { mode: 0o755 })
  try {
    await start(wrapper)
  } catch (error) {
    // Containers refuse the namespaces that its sandbox is made of. It opens the pages of this repository and no others.
    if (!/No usable sandbox/.test(String(error))) throw error
    writeFileSync(wrapper, script.replace(/"\$@"\n$/, '--no-sandbox "$@"\n'))
    await start(wrapper)
  }
}

/** Shows a page: that a program tells its version says nothing of its libraries, fonts and sandbox. */
async function start(program) {
  const profile = mkdtempSync(join(tmpdir(), 'wagate-chromium-'))
  try {
    const flags = ['--headless=new', '--disable-gpu', '--no-first-run', '--disable-background-networking']
    if (process.getuid?.() === 0) flags.push('--no-sandbox')
    const page = 'data:text/html,<title>it starts</title>'
    const shown = await run('timeout', ['60', program, ...flags, `--user-data-dir=${profile}`, '--dump-dom', page])
    if (!shown.includes('it starts')) throw new Error(`it starts, and shows nothing:\n${shown.slice(0, 500)}`)
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function installed() {
  if (process.getuid?.() !== 0) throw new Error('only root can install packages')
  const install = () =>
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  await install().catch(async () => {
    await run('apt-get', ['update', '-q'])
    await install()
  })
  return scriptFor(await run('sh', ['-c', 'command -v chromium']))
}

/**
 * Into .tools/chromium, with every package that it needs and the machine lacks. Nothing of the machine's own package state is
 * written; what it has is read, to know what it lacks.
 */
async function unpacked(root) {
  const home = join(root, '.tools/chromium')
  const scratch = mkdtempSync(join(root, '.tools/chromium-'))
  try {
    const debs = join(scratch, 'debs')
    for (const folder of [debs, join(scratch, 'unpacked')]) mkdirSync(folder, { recursive: true })
    const apt = aptIn(scratch, { cwd: debs })
    await apt('update')
    const plan = await apt('install', '--simulate', '--no-install-recommends', ...packages)
    const lacking = [...plan.matchAll(/^Inst (\S+) /gm)].map(([, name]) => name)
    // Those that the machine has and that do not start are of no use: its own are unpacked too.
    await apt('download', ...new Set(['chromium', 'chromium-common', ...lacking]))
    for (const deb of readdirSync(debs)) await run('dpkg', ['-x', join(debs, deb), join(scratch, 'unpacked')])
    rmSync(home, { recursive: true, force: true })
    renameSync(join(scratch, 'unpacked'), home)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return scriptOfUnpacked(home)
}

function scriptOfUnpacked(home) {
  const triplets = ['usr/lib', 'lib'].flatMap((folder) => foldersIn(join(home, folder)))
  // Some packages keep what only their own libraries use one folder below.
  const libraries = triplets
    .filter((folder) => folder.endsWith('-linux-gnu'))
    .flatMap((folder) => [folder, ...foldersIn(folder)])
  const fonts = join(home, 'fonts.conf')
  const folders = [join(home, 'usr/share/fonts'), '/usr/share/fonts'].map((folder) => `<dir>${folder}</dir>`).join('')
  writeFileSync(
    fonts,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>${folders}<cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n`,
  )
  const own = [join(home, 'usr/lib/chromium'), ...libraries.filter(hasLibraries)].join(':')
  const settings = `export LD_LIBRARY_PATH=${quoted(own)}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\nexport FONTCONFIG_FILE=${quoted(fonts)}\n`
  return scriptFor(join(home, 'usr/lib/chromium/chromium'), settings)
}

const foldersIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(folder, name))
    : []
const hasLibraries = (folder) => readdirSync(folder).some((name) => /\.so(\.|$)/.test(name))
