// One Chromium for a run, without what it would do by itself: no update, no sync, nothing over the network that no page asked for.
import { existsSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'
import { type Browser, chromium } from 'playwright-core'

const flags = [
  ...['--headless=new', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** The one that the bootstrap has found or brought. Its sandbox does not work for root. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = at('.tools/bin/chromium')
  if (!existsSync(executablePath))
    throw new Error(
      'There is no .tools/bin/chromium: `make test` brings it, or node infra/dev/bootstrap/main.mjs browser',
    )
  return chromium.launch({ executablePath, args: flags, chromiumSandbox: process.getuid?.() !== 0 })
}
