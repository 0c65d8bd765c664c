import { request } from 'node:http'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startMailServer } from './server.ts'

const send = async (smtpPort: number, to: string[], subject: string, text = 'Open http://127.0.0.1/x#token=1.') => {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, secure: false })
  await transport.sendMail({ from: 'Wagate <wagate@example.test>', to, subject, text, html: `<p>${text}</p>` })
  transport.close()
}

const mail = z.looseObject({ id: z.string() })
const list = z.object({ mails: z.array(mail) })
const jsonOf = async (url: string): Promise<unknown> => (await fetch(url)).json()

test('what is sent to it can be read by address, newest first', async () => {
  await using server = await startMailServer()
  await send(server.smtpPort, ['ada@example.test', 'Ben@Example.test'], 'first – ü')
  await send(server.smtpPort, ['ada@example.test'], 'second')
  const { mails } = list.parse(await jsonOf(`${server.url}/mails?to=ADA@example.test`))
  expect(mails).toMatchObject([
    { subject: 'second', to: ['ada@example.test'], links: ['http://127.0.0.1/x#token=1'] },
    { subject: 'first – ü', to: ['ada@example.test', 'ben@example.test'] },
  ])
  expect(await jsonOf(`${server.url}/mails?to=ben@example.test`)).toMatchObject({ mails: [mails[1]] })
  expect(await jsonOf(`${server.url}/mails/${mails[0]?.id}`)).toEqual(mails[0])
  expect((await fetch(`${server.url}/mails/other`)).status).toBe(404)
})

test('the pages show the list and a mail, and a mail may do nothing there', async () => {
  await using server = await startMailServer()
  await send(server.smtpPort, ['ada@example.test'], 'hello', '<script>alert(1)</script>')
  const [mail] = server.mails()
  expect(await (await fetch(server.url)).text()).toContain('hello')
  const page = await fetch(`${server.url}/mail/${mail?.id}`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).not.toContain('<script')
  const frame = await fetch(`${server.url}/mail/${mail?.id}/html`)
  expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox;/)
})

test('a page elsewhere whose name leads here reads nothing', async () => {
  await using server = await startMailServer()
  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(server.url)
    const asked = request({ host: '127.0.0.1', port, path: '/mails', headers: { host: 'evil.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.once('error', reject).end()
  })
  expect(status).toBe(403)
})

test('a mail that is too large is refused and not kept', async () => {
  await using server = await startMailServer()
  await expect(send(server.smtpPort, ['ada@example.test'], 'big', 'x'.repeat(400_000))).rejects.toThrow('552')
  expect(server.mails()).toEqual([])
})
