// Who looks at pages, as browsers keep them: nobody, somebody who is signed in, somebody halfway in, somebody who runs the installation.
import type { TestStack } from '@wagate/testing/stack.ts'
import type { Browser } from 'playwright-core'
import { createOperator } from './operator.ts'
import type { Page } from './pages.ts'
import type { Sample } from './sample.ts'
import type { SignIn } from './signing-in.ts'
import type { Kept } from './visitor.ts'

export type Looker = NonNullable<Page['by']> | 'person'

export async function lookersAt(
  stack: Pick<TestStack, 'url' | 'wiring'>,
  browser: Browser,
  sample: Sample,
): Promise<Record<Looker, Kept>> {
  const site = stack.url('ui')
  const oskar = await signIn(browser, site, await createOperator(stack, 'Oskar'))
  const ada = await signIn(browser, site, sample)
  return { stranger: {}, halfway: oskar.halfway, person: ada.in, operator: oskar.in }
}

/** `halfway`: before the code of their app was asked for. */
export async function signIn(browser: Browser, site: string, who: SignIn): Promise<{ halfway: Kept; in: Kept }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site}/sign-in`)
  await page.locator('input[name=email]').fill(who.email)
  await page.locator('input[name=password]').fill(who.password)
  await page.locator('form:has(input[name=password]) button').click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  const halfway = { storageState: await context.storageState() }
  if (who.nextCode) {
    await page.locator('input[name=code]').fill(who.nextCode())
    await page.locator('form:has(input[name=code]) button').click()
    await page.waitForURL((url) => url.pathname !== '/second-factor')
  }
  const signedIn = { storageState: await context.storageState() }
  await context.close()
  return { halfway, in: signedIn }
}
