// A person at the dashboard: a browser context of their own, whose pages are judged one by one. When something is wrong, what the person
// saw is kept.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type Faults, watchFaults } from './faults.ts'
import { watchGuards } from './guards.ts'
import { faultsOf } from './judge.ts'
import { type Language, type Words, wordsOf } from './words.ts'

export type Surroundings = {
  browser: Browser
  /** Where the dashboard is. */
  site: string
  language: Language
  /** Default true. Without, only what forms and links do by themselves works. */
  javaScript?: boolean
  /** Default 1280 × 800, in the light. */
  width?: number
  theme?: 'light' | 'dark'
  /** What the browser has kept of an earlier visit, such as being signed in. */
  kept?: Kept
  /** Names the folder under `.data/journeys` in which a screenshot and a trace are kept when the visit fails. */
  name: string
}
export type Kept = Pick<BrowserContextOptions, 'storageState'>
export type Visitor = {
  page: Page
  t: Words
  language: Language
  open(path: string): Promise<void>
  /** The page as it is now is without fault; throws, saying what is wrong. Asked for each page at least once. */
  judge(): Promise<void>
  allowing: Faults['allowing']
  /** For steps during which the browser loads no document anew: whatever changes, changes by itself. */
  withoutReload<Result>(steps: () => Promise<Result>): Promise<Result>
}

/** Runs a visit to its end. Fails when a page was visited that nobody judged, too. */
export async function visit<Result>(around: Surroundings, run: (visitor: Visitor) => Promise<Result>): Promise<Result> {
  const { browser, site, language, javaScript = true, width = 1_280, theme = 'light', kept, name } = around
  const context = await browser.newContext({
    ...{ locale: language, javaScriptEnabled: javaScript, colorScheme: theme, reducedMotion: 'reduce' },
    ...{ viewport: { width, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] },
    ...kept,
  })
  context.setDefaultTimeout(30_000)
  await context.tracing.start({ snapshots: true, screenshots: false })
  const page = await context.newPage()
  const faults = watchFaults(page, javaScript)
  const guards = watchGuards(context, site)
  const [visited, judged] = [new Set<string>(), new Set<string>()]
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame() && frame.url() !== 'about:blank') visited.add(placeOf(frame.url()))
  })

  const visitor: Visitor = {
    ...{ page, language, t: wordsOf(language), allowing: faults.allowing },
    open: async (path) => void (await page.goto(new URL(path, site).href)),
    async judge() {
      await page.waitForLoadState('load')
      const url = page.url()
      judged.add(placeOf(url))
      const found = await faultsOf(page, { language, javaScript, ours: url.startsWith(site) })
      if (found.length > 0) throw new Error(`${url}:\n  ${found.join('\n  ')}`)
    },
    async withoutReload(steps) {
      await page.evaluate('window.sameDocument = true')
      const result = await steps()
      if (!(await page.evaluate('window.sameDocument'))) throw new Error(`${page.url()} was loaded anew`)
      return result
    },
  }
  try {
    const result = await run(visitor)
    const unjudged = [...visited].filter((place) => !judged.has(place)).map((place) => `nobody judged ${place}`)
    const wrong = [...faults.all(), ...unjudged, ...(await guards.missing())]
    if (wrong.length > 0) throw new Error(`the journey ended well, but:\n  ${wrong.join('\n  ')}`)
    return result
  } catch (error) {
    const kept = await keep(context, page, name, [String(error), ...faults.all()])
    throw new Error(`${error instanceof Error ? error.message : error}\n(kept in ${kept})`, { cause: error })
  } finally {
    await context.close()
  }
}

/** Ids are of one account or another: the page is the same. */
const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname.replace(/[a-z]{3}_[0-9A-Z]{26}/g, '…').replace(/\/mail\/[^/]+/, '/mail/…')}`
}

async function keep(context: BrowserContext, page: Page, name: string, told: string[]): Promise<string> {
  const folder = at('.data/journeys', name.replace(/[^\w-]+/g, '-'))
  await mkdir(folder, { recursive: true })
  const saved = await Promise.allSettled([
    page.screenshot({ path: join(folder, 'page.png'), fullPage: true }),
    context.tracing.stop({ path: join(folder, 'trace.zip') }),
    writeFile(join(folder, 'told.txt'), `${page.url()}\n\n${told.join('\n')}\n`),
  ])
  const failed = saved.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  return failed.length === 0 ? folder : `${folder}, but for: ${failed.join('; ')}`
}
