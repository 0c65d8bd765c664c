// A program that somebody runs with copied credentials: logs in, is sent away, logs in again at once. Never acknowledges
// anything. Told by its parent where and as whom, tells each login, and ends with its parent.
import makeWASocket, { BufferJSON } from '@whiskeysockets/baileys'

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const againAfterMs = 200

process.on('disconnect', () => process.exit())
process.on('unhandledRejection', () => {})
process.once('message', ({ url, creds }: { url: string; creds: string }) => {
  const parsed = JSON.parse(creds, BufferJSON.reviver)
  const connect = (): void => {
    const socket = makeWASocket({
      auth: { creds: parsed, keys: { get: () => ({}), set: () => {} } },
      logger: silent,
      waWebSocketUrl: url,
      fireInitQueries: false,
      shouldIgnoreJid: () => true,
    })
    socket.ev.on('connection.update', ({ connection }) => {
      if (connection === 'open') process.send?.('logged in')
      if (connection === 'close') setTimeout(connect, againAfterMs)
    })
  }
  connect()
})
