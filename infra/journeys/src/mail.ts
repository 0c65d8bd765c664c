// The development stack's mail page, as the one who is written to looks at it.
import { latestMail } from '@wagate/testing/mails.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import type { Visitor } from './visitor.ts'

type Meant = {
  to: string
  /** A part of its subject; the newest mail unless it is given. */
  subject?: string
  /** The page of the dashboard that its link leads to. */
  leadsTo: 'verify-email' | 'invitation'
}

/** Opens the mail and follows its link; resolves with the link's address. */
export async function followMail(visitor: Visitor, stack: Pick<TestStack, 'url'>, meant: Meant): Promise<string> {
  const { page, judge } = visitor
  const { to, leadsTo, ...about } = meant
  const { id, subject } = await latestMail(stack, to, about)
  await page.goto(`${stack.url('mail')}/?to=${encodeURIComponent(to)}`)
  await judge()
  await page.getByRole('link', { name: subject }).click()
  await page.waitForURL(`**/mail/${id}`)
  await judge()
  const link = page.getByRole('link', { name: `/${leadsTo}#token=` })
  const address = (await link.getAttribute('href')) ?? ''
  await link.click()
  await page.waitForURL(`**/${leadsTo}**`)
  return address
}
