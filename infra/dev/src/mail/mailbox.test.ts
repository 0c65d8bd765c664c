import { expect, test } from 'vitest'
import { createMailbox, type KeptMail, linksOf } from './mailbox.ts'
import { listPage, mailPage } from './page.ts'

const mail = (id: string, change: Partial<KeptMail> = {}): KeptMail => ({
  ...{ id, receivedAt: '2026-11-21T10:00:00.000Z', to: ['ada@example.test'], from: 'wagate@example.test' },
  ...{ subject: `mail ${id}`, text: '', html: undefined, links: [], messageId: undefined, headers: {} },
  ...change,
})

test('the newest mail comes first, and the oldest goes when there are too many', () => {
  const mailbox = createMailbox(2)
  for (const id of ['a', 'b', 'c']) mailbox.add(mail(id))
  expect(mailbox.list().map(({ id }) => id)).toEqual(['c', 'b'])
  expect(mailbox.find('a')).toBeUndefined()
})

test('mails are found by the address they went to, however it is written', () => {
  const mailbox = createMailbox()
  mailbox.add(mail('a'))
  mailbox.add(mail('b', { to: ['ben@example.test'] }))
  expect(mailbox.list('Ada@Example.test').map(({ id }) => id)).toEqual(['a'])
  expect(mailbox.list('nobody@example.test')).toEqual([])
})

test('links are taken whole, once each, and without the sentence around them', () => {
  const text = 'Open http://127.0.0.1:8080/verify-email#token=a.b (or https://example.test/x?a=1&b=2).'
  const html = '<a href="https://example.test/x?a=1&amp;b=2">x</a> <a href="https://example.test/only">y</a>'
  expect(linksOf(text, html)).toEqual([
    'http://127.0.0.1:8080/verify-email#token=a.b',
    'https://example.test/x?a=1&b=2',
    'https://example.test/only',
  ])
})

test('the pages show what a mail says, and never run it', () => {
  const hostile = mail('"><script>', {
    subject: '<script>alert(1)</script>',
    from: '<b>',
    text: '</pre><script>',
    html: 'x',
  })
  for (const page of [listPage([hostile], '"><script>'), mailPage(hostile)]) {
    expect(page).not.toContain('<script')
    expect(page).not.toContain('<b>')
  }
  expect(mailPage(hostile)).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})
