import { expect, test } from 'vitest'
import { lacksOf } from './guards.ts'

const nonce = 'gzRPl/wXVM3/7RNUMLDtmw=='
const policy = [
  "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; script-src 'self' 'nonce-",
  `${nonce}'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
].join('')
const good = {
  ...{ 'content-type': 'text/html', 'content-security-policy': policy, 'cache-control': 'no-store' },
  ...{ 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' },
}
const html = `<script nonce="${nonce}">start()</script><script type="module" src="/a.js"></script><p title="on">x</p>`

test('a document with a strict policy, whose scripts have its nonce, lacks nothing', () => {
  expect(lacksOf(good, html)).toEqual([])
  expect(lacksOf({ 'content-type': 'text/javascript', 'x-content-type-options': 'nosniff' }, '')).toEqual([])
})

test.each([
  ['a script without the nonce', good, `${html}<script>alert(1)</script>`, '1 scripts without the nonce'],
  ['the nonce of another answer', good, html.replace(nonce, 'AAAA'), '1 scripts without the nonce'],
  ['code in an attribute', good, '<a href="/" onclick="alert(1)">', 'code in an attribute: <a href="/" onclick='],
  [
    'any inline script',
    { ...good, 'content-security-policy': policy.replace("'nonce-", "'unsafe-inline' 'nonce-") },
    html,
    /^scripts may come from/,
  ],
  [
    'frames',
    { ...good, 'content-security-policy': policy.replace('frame-ancestors', 'x') },
    html,
    /^the policy lacks frame-ancestors/,
  ],
  ['a copy in a cache', { ...good, 'cache-control': 'private' }, html, 'cache-control is private, not no-store'],
  ['a guessed type', { 'content-type': 'image/png' }, '', 'x-content-type-options is undefined, not nosniff'],
])('it is noticed: %s', (_, headers, text, told) => {
  expect(lacksOf(headers as Record<string, string>, text)).toEqual([
    typeof told === 'string' ? told : expect.stringMatching(told),
  ])
})
