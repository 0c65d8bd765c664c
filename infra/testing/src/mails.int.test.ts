import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { startMailServer } from './mail-server.ts'
import { latestMail, mailsTo } from './mails.ts'

/** A mail in the words of SMTP, each said when the one before was answered. */
function say(port: number, to: string, subject: string): Promise<void> {
  const words = [
    'EHLO test',
    'MAIL FROM:<a@example.test>',
    `RCPT TO:<${to}>`,
    'DATA',
    `Subject: ${subject}\r\n\r\nhttp://x.test/y\r\n.`,
    'QUIT',
  ]
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('error', reject).once('close', () => resolve())
    socket.on('data', (bytes) => {
      const next = /^\d{3} [^\n]*\n$/m.test(bytes.toString()) ? words.shift() : undefined
      if (next !== undefined) socket.write(`${next}\r\n`)
    })
  })
}

test('a test waits for the mail that it means, and gets its links', async () => {
  await using server = await startMailServer()
  const stack = { url: () => server.url }
  const waiting = latestMail(stack, 'ada@example.test', { subject: 'second' })
  await say(server.smtpPort, 'ada@example.test', 'the first')
  await say(server.smtpPort, 'ada@example.test', 'the second')
  await say(server.smtpPort, 'ben@example.test', 'another second')
  expect(await waiting).toMatchObject({ subject: 'the second', links: ['http://x.test/y'] })
  expect((await mailsTo(stack, 'ada@example.test')).map(({ subject }) => subject)).toEqual(['the second', 'the first'])
  await expect(latestMail(stack, 'eve@example.test', { deadlineMs: 50 })).rejects.toThrow('a mail to eve@example.test')
})
