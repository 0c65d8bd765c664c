// Signing in with what somebody signed up with, and with the code of their app where there is one.
import type { Login } from './people.ts'
import type { Visitor } from './visitor.ts'

/** Ends on the page that shows first. */
export async function signIn({ page, t, open, judge }: Visitor, who: SignIn): Promise<void> {
  await open('/sign-in')
  await judge()
  await page.getByLabel(t('fields.email')).fill(who.email)
  await page.getByLabel(t('fields.password')).fill(who.password)
  await page.getByRole('button', { name: t('sign_in.submit') }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  if (!who.nextCode) return
  await page.waitForURL('**/second-factor**')
  await judge()
  await page.getByLabel(t('fields.code')).fill(who.nextCode())
  await page.getByRole('button', { name: t('second_factor.submit') }).click()
  await page.waitForURL((url) => url.pathname !== '/second-factor')
}

export type SignIn = Pick<Login, 'email' | 'password'> & { nextCode?: () => string }
