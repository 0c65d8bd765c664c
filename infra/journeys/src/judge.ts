// What every page has to be, whatever it shows: readable with assistive technology, in the right language and direction, and no wider than
// the screen.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { directionOf, type Language } from './words.ts'

/** `ours`: a page of the dashboard, and not of the development stack's mail server, which speaks English only. */
export type Wanted = { language: Language; ours: boolean; javaScript: boolean }

type Layout = { lang: string; dir: string; direction: string; wide: number }
// As text: it runs in the page, whose types are not this program's.
const layoutInPage = `({
  lang: document.documentElement.lang,
  dir: document.documentElement.dir,
  direction: getComputedStyle(document.body).direction,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})`

/** What is wrong with the page as it is now. */
export async function faultsOf(page: Page, { language, ours, javaScript }: Wanted): Promise<string[]> {
  const faults: string[] = []
  const { lang, dir, direction, wide } = await page.evaluate<Layout>(layoutInPage)
  const wanted = directionOf(language)
  if (ours && lang !== language) faults.push(`its language is ${lang}, not ${language}`)
  if (ours && (dir !== wanted || direction !== wanted)) faults.push(`it runs ${dir} (${direction}), not ${wanted}`)
  if (wide > 0) faults.push(`it is ${wide} px wider than the screen`)
  // Without scripts axe cannot run; the page is the same.
  return javaScript ? [...faults, ...(await barriersIn(page))] : faults
}

async function barriersIn(page: Page): Promise<string[]> {
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] })
  // A mail is shown in a frame that runs no script: axe would wait there for half a minute, and learn nothing.
  const { violations } = await builder.exclude('iframe[sandbox]').analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => {
      const where = nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`)
      return `axe ${id}: ${help}\n    ${where.join('\n').replaceAll('\n', '\n    ')}`
    })
}
