// Brings what a fresh machine lacks into .tools/ and node_modules/: Node, pnpm, the packages, nats-server, and Chromium if the
// first argument is `browser`. Every make target runs it first; with nothing to do it takes some tens of milliseconds and prints nothing.
// Plain JavaScript for Node 20: it runs before there is a Node that strips types.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { ensureNatsServer } from './nats.mjs'
import { ensurePackages, ensureToolchain } from './packages.mjs'
import { failure, progress } from './progress.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const report = progress()

const results = await Promise.allSettled([
  ensureToolchain(root, report).then(() => ensurePackages(root, report)),
  ensureNatsServer(root, report),
  ...(process.argv[2] === 'browser' ? [ensureChromium(root, report)] : []),
])
for (const result of results) if (result.status === 'rejected') failure(result.reason)
