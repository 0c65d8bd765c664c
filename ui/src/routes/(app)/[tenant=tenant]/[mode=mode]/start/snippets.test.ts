import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { curlFor, typescriptFor } from './snippets.ts'

const sending = {
  apiUrl: 'http://127.0.0.1:8080',
  apiKey: 'wgk_test_abc',
  sessionId: 'ses_1',
  to: '+999100200300',
  text: "it's $HOME",
}

test('a shell hands curl exactly the message, whatever is in it', () => {
  const printing = `curl() { for argument; do printf '%s\\0' "$argument"; done; }\n`
  fc.assert(
    fc.property(
      fc.string({ maxLength: 50 }).filter((text) => !text.includes('\0')),
      (text) => {
        const told = execFileSync('sh', ['-c', printing + curlFor({ ...sending, text })], { encoding: 'utf8' })
        const body = told.split('\0').at(-2) ?? ''
        expect(JSON.parse(body)).toEqual({ to: sending.to, type: 'text', text: { body: text } })
      },
    ),
    { numRuns: 25 },
  )
})

test('the TypeScript is a program', () => {
  expect(() => new Function(`return async () => { ${typescriptFor(sending)} }`)).not.toThrow()
})
