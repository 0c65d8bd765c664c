// What people do with the dashboard, from one end to the other, in a browser.
import { components } from '@wagate/dev/stack/components.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { answering } from './src/answering.ts'
import { openBrowser } from './src/browser.ts'
import { draining } from './src/draining.ts'
import { everyPage } from './src/every-page.ts'
import { firstMessage } from './src/first-message.ts'
import { inviting } from './src/inviting.ts'
import { resending } from './src/resending.ts'
import { signingUp } from './src/signing-up.ts'

let stack: TestStack
let browser: Browser
const disposables = new AsyncDisposableStack()

beforeAll(async () => {
  stack = disposables.use(await startStack({ only: components.map(({ name }) => name) }))
  browser = await openBrowser()
  disposables.defer(() => browser.close())
})
afterAll(() => disposables.disposeAsync())

const around = (name: string) => ({ browser, site: stack.url('ui'), name })

test.each([
  { language: 'en', width: 1_280 },
  { language: 'ar', width: 360, theme: 'dark' },
] as const)(
  'somebody new signs up, links a phone, writes, gets an answer, and sends by a copied command: $language, $width px',
  async (how) => {
    await firstMessage({ ...around(`first message ${how.language}`), ...how }, stack)
  },
)

test.each([
  { language: 'en', width: 360 },
  { language: 'ar', width: 1_280 },
] as const)('without scripts somebody signs up, confirms, signs out and in: $language, $width px', async (how) => {
  await signingUp({ ...around(`sign up without scripts ${how.language}`), ...how, javaScript: false }, stack)
})

test('an operator drains a worker and watches its sessions move to another one', async () => {
  await draining({ ...around('draining'), language: 'en' }, stack)
})

test('an agent answers three chats and assigns one to the owner, who sees it come', async () => {
  const agent = { ...around('answering'), language: 'id' } as const
  await answering(agent, { ...around('assigned'), language: 'pt-BR', width: 360, theme: 'dark' }, stack)
})

test('a developer adds an endpoint, sees a failed attempt, mends the server and sends the event again', async () => {
  await resending({ ...around('resending'), language: 'es', width: 360 }, stack)
})

test('an owner invites somebody, who sees what the role allows, then what the next role allows, then nothing', async () => {
  const owner = { ...around('inviting'), language: 'pt-BR' } as const
  await inviting(owner, { ...around('invited'), language: 'id', width: 360 }, stack)
})

/** Some ninety pages, a second and a half each: more than a test may take by itself on a machine that is busy. */
const everyPageMs = 600_000
test(
  'every page is without fault for a stranger, a customer and an operator, wide and narrow, in the light and in the dark',
  async () => {
    await everyPage(around('every page'), stack)
  },
  everyPageMs,
)
