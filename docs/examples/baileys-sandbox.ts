// Links an unmodified Baileys client to the sandbox, sends a message to a virtual phone, and ends with the phone's answer.
// SANDBOX_CONTROL_TOKEN is the token that the sandbox runs with; SANDBOX_URL says where it is.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import makeWASocket, { useMultiFileAuthState } from '@whiskeysockets/baileys'

const { SANDBOX_URL: url = 'http://127.0.0.1:8090', SANDBOX_CONTROL_TOKEN: token } = process.env
const control = async (path: string, body: object) => {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/control${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as { id: string; number: string; lid: string }
}
const alice = await control('/phones', { realm: 'example', name: 'Alice' })
const bob = await control('/phones', { realm: 'example', name: 'Bob' })

const { state: auth, saveCreds } = await useMultiFileAuthState(await mkdtemp(`${tmpdir()}/baileys-`))
const connect = () => {
  const socket = makeWASocket({ auth, waWebSocketUrl: `${url.replace('http', 'ws')}/ws/chat` })
  socket.ev.on('creds.update', saveCreds)
  socket.ev.on('connection.update', async ({ qr, connection }) => {
    if (qr) await control(`/phones/${alice.id}/scan`, { qr }) // what a person does with the phone's camera
    if (connection === 'close') connect() // after linking, the server asks for a new connection
  })
  // What the phone tells a new client first. Baileys may fail to encrypt for the phone while it decrypts this (docs/adr/0010).
  socket.ev.on('messaging-history.set', async () => {
    await socket.sendMessage(bob.lid, { text: 'hello Bob' })
    await control(`/phones/${bob.id}/messages`, { to: alice.number, text: 'hello Alice' })
  })
  socket.ev.on('messages.upsert', ({ messages }) => {
    const answer = messages.find(({ key, message }) => !key.fromMe && message?.conversation)
    if (!answer) return
    console.log(`Bob says: ${answer.message?.conversation}`)
    process.exit(0)
  })
}
connect()
