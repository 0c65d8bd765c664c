// `make screenshots`: every page of the table in both themes and two widths, with a sample made through the API.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import { components } from '@wagate/dev/stack/components.ts'
import { startStack } from '@wagate/testing/stack.ts'
import type { Browser, BrowserContext } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { lookersAt } from '../lookers.ts'
import { type Page, pages, pathOf } from '../pages.ts'
import { createSample } from '../sample.ts'

const themes = ['light', 'dark'] as const
const widths = [360, 1_280] as const
const everything = at('.data/screenshots')
const forReadme = at('docs/screenshots')

await using disposables = new AsyncDisposableStack()
const stack = disposables.use(await startStack({ only: components.map(({ name }) => name) }))
const browser: Browser = await openBrowser()
disposables.defer(() => browser.close())
const site = stack.url('ui')
const sample = await createSample(stack)

await rm(everything, { recursive: true, force: true })
for (const folder of [everything, forReadme]) await mkdir(folder, { recursive: true })
const lookers = await lookersAt(stack, browser, sample)
for (const theme of themes)
  for (const width of widths) {
    const look = {
      colorScheme: theme,
      viewport: { width, height: 800 },
      locale: 'en',
      reducedMotion: 'reduce',
    } as const
    const contexts = {
      stranger: await browser.newContext({ ...look, ...lookers.stranger }),
      halfway: await browser.newContext({ ...look, ...lookers.halfway }),
      person: await browser.newContext({ ...look, ...lookers.person }),
      operator: await browser.newContext({ ...look, ...lookers.operator }),
    }
    for (const page of pages)
      await picture(contexts[page.by ?? 'person'], page, {
        name: `${page.name}-${theme}-${width}`,
        theme,
        width,
      })
    for (const context of Object.values(contexts)) await context.close()
  }
console.log(`${pages.length} pages, ${themes.length * widths.length} pictures of each: ${everything}`)

type Picture = { name: string; theme: (typeof themes)[number]; width: (typeof widths)[number] }

async function picture(context: BrowserContext, { name, path, inReadme }: Page, taken: Picture): Promise<void> {
  const page = await context.newPage()
  const filled = pathOf(path, sample.ids)
  const answer = await page.goto(new URL(filled, site).href)
  if (!answer?.ok()) throw new Error(`${filled} answered ${answer?.status()}`)
  await page.evaluate('document.fonts.ready')
  const still = { animations: 'disabled', caret: 'hide' } as const
  await page.screenshot({ ...still, path: join(everything, `${taken.name}.png`), fullPage: true })
  if (inReadme && taken.theme === 'light' && taken.width === 1_280)
    await page.screenshot({ ...still, path: join(forReadme, `${name}.png`) })
  await page.close()
}
