// `make screenshots`: every page of the table in both themes and two widths, with a sample made through the API.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import { components } from '@wagate/dev/stack/components.ts'
import { startStack } from '@wagate/testing/stack.ts'
import type { Browser, BrowserContext } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { createOperator } from '../operator.ts'
import { type Pictured, pictured } from './pages.ts'
import { createSample, type Sample } from './sample.ts'

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
const signedIn = await signIn(sample)
const operating = await signIn(await createOperator(stack, 'Olga'))
for (const theme of themes)
  for (const width of widths) {
    const look = {
      colorScheme: theme,
      viewport: { width, height: 800 },
      locale: 'en',
      reducedMotion: 'reduce',
    } as const
    const stranger = await browser.newContext(look)
    const person = await browser.newContext({ ...look, storageState: signedIn })
    const operator = await browser.newContext({ ...look, storageState: operating })
    const lookers = { stranger, person, operator }
    for (const page of pictured)
      await picture(lookers[page.by ?? 'person'], page, {
        name: `${page.name}-${theme}-${width}`,
        theme,
        width,
      })
    for (const context of Object.values(lookers)) await context.close()
  }
console.log(`${pictured.length} pages, ${themes.length * widths.length} pictures of each: ${everything}`)

async function signIn({ email, password, nextCode }: Pick<Sample, 'email' | 'password'> & { nextCode?: () => string }) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site}/sign-in`)
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.locator('form:has(input[name=password]) button').click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  if (nextCode) {
    await page.locator('input[name=code]').fill(nextCode())
    await page.locator('form:has(input[name=code]) button').click()
    await page.waitForURL((url) => url.pathname !== '/second-factor')
  }
  const state = await context.storageState()
  await context.close()
  return state
}

type Picture = { name: string; theme: (typeof themes)[number]; width: (typeof widths)[number] }

async function picture(context: BrowserContext, { name, path, inReadme }: Pictured, taken: Picture): Promise<void> {
  const page = await context.newPage()
  const filled = path.replace(/\{(\w+)\}/g, (_, id: string) => idOf(id))
  const answer = await page.goto(new URL(filled, site).href)
  if (!answer?.ok()) throw new Error(`${filled} answered ${answer?.status()}`)
  await page.evaluate('document.fonts.ready')
  const still = { animations: 'disabled', caret: 'hide' } as const
  await page.screenshot({ ...still, path: join(everything, `${taken.name}.png`), fullPage: true })
  if (inReadme && taken.theme === 'light' && taken.width === 1_280)
    await page.screenshot({ ...still, path: join(forReadme, `${name}.png`) })
  await page.close()
}

function idOf(name: string): string {
  const found = Object.entries(sample.ids).find(([known]) => known === name)
  if (!found) throw new Error(`the sample has no {${name}}`)
  return found[1]
}
