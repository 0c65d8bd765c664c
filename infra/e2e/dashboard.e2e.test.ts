// The dashboard as somebody without scripts sees it: every form works by itself.
import { latestMail } from '@wagate/testing/mails.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFormBrowser } from './src/form-browser.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let site: string
const password = 'vier tische neben dem ofen'

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ only: ['ui', 'mail', 'sandbox'] })
  site = stack.url('ui')
})
afterAll(() => stack?.[Symbol.asyncDispose]())

const linkIn = async (to: string, subject: string) => (await latestMail(stack, to, { subject })).links[0] ?? ''

test('somebody signs up, confirms the address by the link, is in, signs out and in again', async () => {
  const browser = openFormBrowser(site)
  expect((await browser.open('/')).url.pathname).toBe('/sign-in')
  const email = 'ada@example.com'
  const weak = await browser.submit('/sign-up?/create', { email, password: 'short', name: 'Ada', company: 'Trattoria' })
  expect(weak.status).toBe(422)
  expect(weak.html).toContain('value="Ada"')
  expect(weak.html).not.toContain('value="short"')
  const mailed = await browser.submit('/sign-up?/create', { email, password, name: 'Ada', company: 'Trattoria' })
  expect(mailed.html).toContain('Look into your mail')

  const link = await linkIn(email, 'Confirm your e-mail address')
  expect(link.startsWith(`${site}/verify-email#`)).toBe(true)
  expect((await browser.open('/verify-email')).html).toContain('Link from the mail')
  const strangers = await browser.submit('/verify-email', { link, password: 'four tables near the oven' })
  expect([strangers.status, strangers.html.includes('Sign up again')]).toEqual([401, true])
  const start = await browser.submit('/verify-email', { link, password })
  expect(start.url.pathname).toMatch(/^\/ten_\w+\/test\/start$/)
  expect(start.html).toContain('Trattoria')
  const again = await openFormBrowser(site).submit('/verify-email', { link, password })
  expect(again.html).toContain('Sign up again')

  expect((await browser.submit('/sign-out', {})).url.pathname).toBe('/sign-in')
  expect(browser.cookies.has('wagate_session')).toBe(false)
  const wrong = await browser.submit('/sign-in', { email, password: 'four tables near the oven' })
  expect([wrong.status, wrong.html.includes('role="alert"')]).toEqual([401, true])
  expect((await browser.submit('/sign-in', { email, password })).html).toContain('Trattoria')
})

test('a password that was forgotten is replaced by the link that is mailed', async () => {
  const email = 'ben@example.com'
  const browser = openFormBrowser(site)
  await browser.submit('/sign-up?/create', { email, password, name: 'Ben', company: '' })
  await browser.submit('/verify-email', { link: await linkIn(email, 'Confirm your e-mail address'), password })
  const other = openFormBrowser(site)
  expect((await other.submit('/forgot-password', { email })).html).toContain('Look into your mail')
  const link = await linkIn(email, 'password')
  expect((await other.submit('/reset-password', { link, password: 'drei stühle vor der tür' })).html).toContain('Saved')
  expect((await browser.open('/')).url.pathname).toBe('/sign-in')
  expect((await other.submit('/sign-in', { email, password: 'drei stühle vor der tür' })).html).toContain(
    'Welcome, Ben',
  )
})

test('the first steps work without scripts, and the other mode and other accounts are kept apart', async () => {
  const browser = openFormBrowser(site)
  const email = 'cleo@example.com'
  await browser.submit('/sign-up?/create', { email, password, name: 'Cleo', company: 'Bakery' })
  const link = await linkIn(email, 'Confirm your e-mail address')
  const { url } = await browser.submit('/verify-email', { link, password })
  const first = await browser.open(url.pathname)
  expect(first.html).toContain('Welcome, Cleo')
  const place = url.pathname.replace('/start', '')
  expect((await browser.submit(`${place}/phones?/create`, { name: 'Kitchen', number: '' })).html).toContain('Kitchen')
  expect((await browser.submit(`${place}/sessions?/create`, { name: 'Shop', proxy: '' })).html).toContain('Shop')
  const wrong = await browser.submit(`${place}/sessions?/create`, { name: 'Bar', proxy: 'gopher://x' })
  expect([wrong.status, wrong.html.includes('aria-invalid="true"')]).toEqual([422, true])
  const unscoped = await browser.submit(`${place}/developers/keys?/create`, { name: 'till' })
  expect([unscoped.status, unscoped.html.includes('role="alert"')]).toEqual([422, true])
  expect((await browser.open(url.pathname.replace('/test/start', '/live/sessions'))).html).toContain('No session yet')
  expect((await browser.open('/ten_01KAJ3Q5V0G1HNTD1Q0D7X5W3A/test/sessions')).status).toBe(404)
})

test('pages keep strangers out: no script of others, no frame, no form from elsewhere, no cookie that scripts can read', async () => {
  const browser = openFormBrowser(site)
  const page = await browser.open('/sign-in')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+'/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const fields = { email: 'ada@example.com', password }
  expect((await browser.submit('/sign-in', fields, 'https://evil.example')).status).toBe(403)
  expect(browser.cookies.has('wagate_session')).toBe(false)
  await browser.submit('/sign-in', fields)
  const set = browser.setCookies.find((text) => text.startsWith('wagate_session='))
  expect(set).toMatch(/HttpOnly/i)
  expect(set).toMatch(/SameSite=Lax/i)
  const away = await browser.submit('/sign-in?next=//evil.example', fields)
  expect(away.url.origin).toBe(site)
})

test('pages speak the language of the browser or the one that was chosen, Arabic from right to left, in the light that was chosen', async () => {
  const browser = openFormBrowser(site, { 'accept-language': 'es-MX,es;q=0.9' })
  expect((await browser.open('/sign-in')).html).toContain('Iniciar sesión')
  const chosen = await browser.submit('/preferences', { language: 'ar', theme: 'dark', back: '/sign-up' })
  expect(chosen.url.pathname).toBe('/sign-up')
  expect(chosen.html).toMatch(/<html lang="ar" dir="rtl" data-theme="dark">/)
  expect(chosen.html).toContain('أنشئ حسابك')
})
