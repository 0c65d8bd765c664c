import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mail, MailKind } from './mail.ts'
import { renderMail } from './render.ts'

const to = 'ada@example.com'
const link = 'https://app.example.com/verify-email#token=abc'
const at = new Date('2026-11-21T14:38:00Z')

/** One of each kind, with the words that people choose themselves. */
const mails = (name: string, tenantName = name, userAgent = name): Mail[] => [
  { to, kind: 'verify_email', name, link, validMinutes: 30 },
  { to, kind: 'already_registered', name, signInLink: link, resetLink: link },
  { to, kind: 'reset_password', name, link, validMinutes: 120 },
  { to, kind: 'password_changed', name },
  { to, kind: 'invitation', tenantName, inviterName: name, role: 'agent', link, validDays: 7 },
  { to, kind: 'new_sign_in', name, at, userAgent },
  { to, kind: 'two_factor_changed', name, enabled: true },
  { to, kind: 'two_factor_changed', name, enabled: false },
  { to, kind: 'ownership_transfer', tenantName, name },
  { to, kind: 'ownership_handed_over', tenantName, name, toName: name },
  { to, kind: 'confirm_new_email', name, link, validMinutes: 60 },
  { to, kind: 'address_taken', resetLink: link },
  { to, kind: 'email_change_asked', name },
  { to, kind: 'email_changed', name },
  { to, kind: 'person_deleted', name },
  { to, kind: 'member_removed', tenantName, name },
  { to, kind: 'deletion_asked', tenantName, name, byName: name, at, link },
  { to, kind: 'deletion_taken_back', tenantName, name, byName: name },
  { to, kind: 'tenant_suspended', tenantName, name, reason: name },
  { to, kind: 'tenant_activated', tenantName, name },
  { to, kind: 'support_access_opened', tenantName, name, reason: name, until: at },
]

const tagsOf = (html: string): string[] => html.match(/<[^>]*>/g) ?? []
const shapeOf = ({ html, text }: { html: string; text: string }) => ({
  tags: tagsOf(html),
  lines: text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).length,
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '"><img src=x onerror=x>',
          "' onclick='x",
          '&lt;b&gt;',
          '</title>',
          '</style>',
        ],
        ...[
          '\r\nBcc: eve@example.com',
          '\n\n',
          '\u2028',
          '\u0000',
          '\u202E',
          '=?utf-8?q?x?=',
          'http://evil.example/',
          'Ada',
        ],
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
)

test('whatever people call themselves, a mail has the tags and the lines of its template, and one line of subject', () => {
  const usual = mails('Ada', 'Shoes').map((mail) => shapeOf(renderMail(mail)))
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, tenantName, userAgent) => {
      for (const [index, mail] of mails(name, tenantName, userAgent).entries()) {
        const rendered = renderMail(mail)
        expect(shapeOf(rendered)).toEqual(usual[index])
        expect(rendered.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(rendered.subject.length).toBeLessThanOrEqual(300)
        expect(rendered.html.length + rendered.text.length).toBeLessThan(16_000)
      }
    }),
  )
})

test('a link stays whole and cannot end its attribute, whatever is in it', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), hostile, (base, tail) => {
      fc.pre(URL.canParse(base + tail))
      const wanted = new URL(base + tail).href
      const { html, text } = renderMail({ to, kind: 'verify_email', name: 'Ada', link: base + tail, validMinutes: 30 })
      const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) =>
        href.replaceAll('&#39;', "'").replaceAll('&amp;', '&'),
      )
      expect(hrefs).toEqual([wanted, wanted])
      expect(text).toContain(`:\n${wanted}\n`)
      expect(tagsOf(html).every((tag) => !/\son\w+=|<script/i.test(tag.replace(/href="[^"]*"/, '')))).toBe(true)
    }),
  )
})

test.each(['javascript:alert(1)', 'data:text/html,x', '//example.com', 'verify'])('%s is no link for a mail', (bad) => {
  expect(() => renderMail({ to, kind: 'verify_email', name: 'Ada', link: bad, validMinutes: 30 })).toThrow(RangeError)
})

test('a name that looks like an address does not become a link in somebody’s mail program', () => {
  const { text, subject } = renderMail({
    ...{ to, kind: 'invitation', inviterName: 'Win at https://evil.example/x', role: 'agent', link, validDays: 1 },
    tenantName: 'Dr. Shoes.com',
  })
  for (const shown of [text.replaceAll(link, ''), subject]) {
    expect(shown).not.toMatch(/https?:\/\/\w|\w\.example|\w\.com/)
    expect(shown.replaceAll('\u200C', '')).toContain('Win at https://evil.example/x')
    expect(shown.replaceAll('\u200C', '')).toContain('Dr. Shoes.com')
  }
})

test('each kind has a subject of its own, and the text says what the HTML says', () => {
  const rendered = mails('Ada', 'Shoes & Co', 'curl/8.5').map(renderMail)
  expect(new Set(rendered.map(({ subject }) => subject)).size).toBe(rendered.length)
  for (const { html, text } of rendered) {
    const words = html
      .replace(/<style>.*?<\/style>|<title>.*?<\/title>/gs, '')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&amp;', '&')
    for (const line of text.split('\n').filter((one) => /^\w.*\.$/.test(one))) expect(words).toContain(line)
  }
})

test('the links and the time that they hold are in the mail', () => {
  const textOf = (kind: MailKind) => renderMail(mails('Ada').find((mail) => mail.kind === kind) ?? fail()).text
  expect(textOf('verify_email')).toContain(`Confirm address:\n${link}\n`)
  expect(textOf('verify_email')).toContain('works once, for 30 minutes.')
  expect(textOf('reset_password')).toContain('works once, for 2 hours.')
  expect(textOf('invitation')).toContain('holds for 7 days.')
  expect(textOf('new_sign_in')).toContain('When: 21 November 2026')
  expect(textOf('confirm_new_email')).toContain(`Confirm new address:\n${link}\n`)
  expect(textOf('deletion_asked')).toContain('When: 21 November 2026 at 14:38 UTC')
  expect(textOf('deletion_asked')).toContain(`Keep or export it:\n${link}\n`)
})

test('a mail fetches nothing and runs nothing', () => {
  for (const mail of mails('Ada'))
    expect(renderMail(mail).html).not.toMatch(/<(img|link|script|iframe|form)|url\(|@import/)
})

const fail = (): never => {
  throw new Error('there is no such mail')
}
